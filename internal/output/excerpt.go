package output

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/lipgloss"

	"sem.example/internal/source"
)

// excerpt writes the line of a place with the place underlined, under a title that may be empty.
func (p *reportPrinter) excerpt(at source.Place, title string, ink lipgloss.Style) {
	r, file := at.Range(), at.Source()
	if file == nil || !r.Known() {
		return
	}
	number := fmt.Sprintf("%4d", r.Line)
	margin := p.palette.dim.Render(strings.Repeat(" ", len(number)) + " |")
	line, from, to := window(at.Excerpt(), r, p.look.columns()-len(number)-3)
	if title != "" {
		if at.Doc.Label != "" {
			title += ", from " + Quote(at.Doc.Label)
		}
		for _, part := range wrap(title, p.look.columns()-len(number)-4) {
			p.WriteString(margin + p.palette.dim.Render("  "+part) + "\n")
		}
	}
	if strings.TrimSpace(line) == "" {
		return
	}
	p.WriteString(strings.TrimRight(p.palette.dim.Render(number+" |")+" "+line, " ") + "\n")
	p.WriteString(margin + " " + strings.Repeat(" ", lipgloss.Width(string([]rune(line)[:from]))) +
		ink.Render(strings.Repeat("^", max(1, lipgloss.Width(string([]rune(line)[from:to]))))) + "\n")
}

// window cuts a line to a width such that the beginning of a range stays in sight, and returns where in it the part of
// the range that is on the line begins and ends, in characters.
func window(text string, r source.Range, width int) (line string, from, to int) {
	runes := visible(text)
	from = max(0, min(int(r.Column)-1, len(runes)))
	to = len(runes)
	if r.EndLine == r.Line {
		to = min(int(r.EndColumn)-1, len(runes))
	}
	to = max(from, to)
	if len(runes) <= width {
		return string(runes), from, to
	}
	start := max(0, min(from-width/3, len(runes)-width))
	end := min(len(runes), start+width)
	cut := append([]rune{}, runes[start:end]...)
	if start > 0 {
		cut[0] = '…'
	}
	if end < len(runes) {
		cut[len(cut)-1] = '…'
	}
	return string(cut), from - start, max(from, min(to, end)) - start
}
