package output

import (
	"strings"

	"github.com/charmbracelet/lipgloss"
)

// Fold breaks the lines of a text that are wider than a terminal at spaces, and indents the rest of each. A line with a command stays
// whole, so that it can be copied.
func Fold(text string, look Look) string {
	width := look.columns()
	var out strings.Builder
	for line := range strings.Lines(text) {
		body := strings.TrimSuffix(line, "\n")
		if lipgloss.Width(body) <= width || strings.Contains(body, " sem trace ") {
			out.WriteString(line)
			continue
		}
		bare := strings.TrimLeft(body, " ")
		indent := strings.Repeat(" ", len(body)-len(bare))
		pieces := wrap(bare, width-len(indent)-4)
		out.WriteString(indent + strings.Join(pieces, "\n"+indent+"    ") + "\n")
	}
	return out.String()
}
