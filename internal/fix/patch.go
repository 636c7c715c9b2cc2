package fix

import (
	"bytes"
	"strings"

	"github.com/rogpeppe/go-internal/diff"
)

// Patch returns the difference of two texts of a file as git apply and patch -p1 read it. The name is seen from the folder in
// which the patch is applied, with slashes.
func Patch(name string, before, after []byte) []byte {
	text := diff.Diff(quotedName("a/"+name), before, quotedName("b/"+name), after)
	_, text, _ = bytes.Cut(text, []byte{'\n'}) // the line of a command, which patches of git have in another form
	return text
}

// quotedName writes a name as git does where it has characters that end a name.
func quotedName(name string) string {
	if strings.ContainsAny(name, "\"\\\n\t\r") {
		return `"` + strings.NewReplacer(`"`, `\"`, `\`, `\\`, "\n", `\n`, "\t", `\t`, "\r", `\r`).Replace(name) + `"`
	}
	if strings.Contains(name, " ") {
		return name + "\t"
	}
	return name
}
