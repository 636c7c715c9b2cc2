package source

import (
	"regexp"
	"strconv"
	"strings"
)

var yamlLine = regexp.MustCompile(`^line (\d+): `)

// syntax words a mistake that the YAML parser met.
func syntax(f *File, ch chunk, err error) Problem {
	message := strings.TrimPrefix(err.Error(), "yaml: ")
	line := int32(1)
	if m := yamlLine.FindStringSubmatch(message); m != nil {
		n, _ := strconv.Atoi(m[1])
		line, message = int32(n), message[len(m[0]):]
	}
	line += ch.line
	text := f.Line(int(line))
	indent := len(text) - len(strings.TrimLeft(text, " \t"))
	return Problem{
		Trouble: Syntax, File: f, Message: "not valid YAML: " + message,
		Range: Range{Line: line, Column: int32(indent) + 1, EndLine: line, EndColumn: int32(len([]rune(text))) + 1},
	}
}
