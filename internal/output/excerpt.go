package output

import (
	"fmt"
	"strings"
	"unicode/utf8"

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
	length := utf8.RuneCountInString(text)
	from = max(0, min(int(r.Column)-1, length))
	to = length
	if r.EndLine == r.Line {
		to = min(int(r.EndColumn)-1, length)
	}
	to = max(from, to)
	if length <= width {
		return string(visible(text)), from, to
	}
	start := max(0, min(from-width/3, length-width))
	end := min(length, start+width)
	cut := visible(characters(text, start, end))
	if start > 0 {
		cut[0] = '…'
	}
	if end < length {
		cut[len(cut)-1] = '…'
	}
	return string(cut), from - start, max(from, min(to, end)) - start
}

// characters is a part of a text, from a character up to another.
func characters(text string, from, to int) string {
	n, start := 0, len(text)
	for i := range text {
		if n == from {
			start = i
		}
		if n == to {
			return text[start:i]
		}
		n++
	}
	return text[start:]
}
