package output

import (
	"strings"

	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/ansi"
)

// wrap breaks a text at spaces, and within a word only where the word alone is wider than the line. Spaces that separate columns
// stay as they are.
func wrap(text string, width int) []string {
	width = max(width, 20)
	var lines []string
	line, gap := "", ""
	for _, word := range strings.Split(text, " ") {
		if line != "" && word != "" && lipgloss.Width(line+gap+word) > width {
			lines = append(lines, line)
			line, gap = "", ""
		}
		if word == "" {
			gap += " "
			continue
		}
		pieces := strings.Split(ansi.Wrap(word, width, "/|-"), "\n")
		pieces[0] = line + gap + pieces[0]
		last := len(pieces) - 1
		lines = append(lines, pieces[:last]...)
		line, gap = pieces[last], " "
	}
	return append(lines, line)
}
