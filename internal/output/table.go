package output

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/ansi"

	"sem.example/simulate"
)

// A row is one decision of a trace.
type row struct {
	stage, chose, because, place string
}

func rowOf(s simulate.Step) row {
	r := row{stage: s.Stage, chose: s.Chose, because: s.Because}
	if len(s.Origins) > 0 {
		r.place = placeText(&s.Origins[0])
	}
	return r
}

// placeText is a place as a terminal makes it clickable.
func placeText(at *simulate.Place) string {
	switch {
	case at.File != "" && at.Line > 0:
		return fmt.Sprintf("%s:%d", at.File, at.Line)
	case at.File != "":
		return at.File
	case at.Name != "":
		return fmt.Sprintf("%s %s/%s", at.Kind, at.Namespace, at.Name)
	}
	return ""
}

// A table lays rows out in columns: stage, choice, reason, and the place at the right edge. Where a row is too long for
// the terminal its reason moves to the next line, and then its place too.
type table struct {
	p      *tracePrinter
	indent int // where the choice begins
	chose  int // width of the choice column
	inline bool
}

func (p *tracePrinter) table(rows []row) table {
	t := table{p: p, indent: 13}
	because, place := 0, 0
	for _, r := range rows {
		t.indent = max(t.indent, 2+lipgloss.Width(r.stage)+2)
		t.chose = max(t.chose, lipgloss.Width(r.chose))
		because = max(because, lipgloss.Width(r.because))
		place = max(place, lipgloss.Width(r.place))
	}
	t.inline = t.indent+t.chose+2+because+2+place <= p.look.columns()
	return t
}

func (t table) write(r row) {
	head := "  " + pad(r.stage, t.indent-2)
	if t.inline {
		t.line(head+pad(r.chose, t.chose)+"  "+t.p.palette.dim.Render(r.because), r.place)
		return
	}
	choice := wrap(r.chose, t.p.look.columns()-t.indent)
	for _, line := range choice[:len(choice)-1] {
		t.line(head+line, "")
		head = strings.Repeat(" ", t.indent)
	}
	last := head + choice[len(choice)-1]
	place := r.place
	if t.fits(last, place) || r.because == "" {
		t.line(last, place)
		place = ""
	} else {
		t.line(last, "")
	}
	t.reason(r.because, place)
}

// reason writes the lines below a choice: the reason, and the place if it has found no room yet.
func (t table) reason(because, place string) {
	if because == "" {
		return
	}
	lines := wrap(because, t.p.look.columns()-t.indent)
	for i, line := range lines {
		text := strings.Repeat(" ", t.indent) + t.p.palette.dim.Render(line)
		if i < len(lines)-1 {
			t.line(text, "")
			continue
		}
		t.line(text, place)
	}
}

func (t table) fits(line, place string) bool {
	return place == "" || lipgloss.Width(line)+2+lipgloss.Width(place) <= t.p.look.columns()
}

// line writes a line with a place at the right edge, or below it where it does not fit.
func (t table) line(line, place string) {
	line = strings.TrimRight(line, " ")
	if place == "" {
		t.p.WriteString(line + "\n")
		return
	}
	shown := t.p.palette.place.Render(place)
	if !t.fits(line, place) {
		t.p.WriteString(line + "\n" + strings.Repeat(" ", max(t.indent, t.p.look.columns()-lipgloss.Width(place))) + shown + "\n")
		return
	}
	gap := t.p.look.columns() - lipgloss.Width(line) - lipgloss.Width(place)
	t.p.WriteString(line + strings.Repeat(" ", gap) + shown + "\n")
}

func pad(s string, width int) string {
	return s + strings.Repeat(" ", max(0, width-lipgloss.Width(s)))
}

// wrap breaks a text at spaces, and within a word only where the word alone is too long.
func wrap(text string, width int) []string {
	return strings.Split(ansi.Wrap(text, max(width, 20), "/|-"), "\n")
}
