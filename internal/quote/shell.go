package quote

import "strings"

// plain are the characters that mean only themselves in every shell.
const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:%+,=@"

// Shell quotes a word for a shell, where it has to be. Every word of the input in a command that the reader is told to run passes
// through here: a name with a backquote in it would run another command.
func Shell(word string) string {
	if word != "" && strings.Trim(word, plain) == "" {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
