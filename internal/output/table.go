package output

import (
	"cmp"
	"fmt"
	"path"
	"strings"

	"github.com/charmbracelet/lipgloss"

	"sem.example/simulate"
)

// A row is one decision of a trace.
type row struct {
	stage, chose, because string
	place                 spot
}

// A spot is a place as it is shown: its text, and the same with a hyperlink.
type spot struct{ text, linked string }

// spot is a place at the right edge.
func (p *tracePrinter) spot(at *simulate.Place) spot {
	text := p.place(at)
	return spot{text: text, linked: p.look.linked(text, at.File, at.Line)}
}

func (p *tracePrinter) row(s simulate.Step) row {
	r := row{stage: cmp.Or(stageNames[s.Stage], s.Stage), chose: s.Chose, because: s.Because}
	r.chose = strings.TrimPrefix(r.chose, r.stage+" ") // "filter chain 1 of 2"
	if at := decider(&s); at != nil {
		r.place = p.spot(at)
	}
	return r
}

// decider is the first place behind a step that counts, or nil.
func decider(s *simulate.Step) *simulate.Place {
	for i := range s.Origins {
		if s.Origins[i].Role != "overridden" {
			return &s.Origins[i]
		}
	}
	return nil
}

// place is a place in the words of an editor, without the folder that is named once above.
func (p *tracePrinter) place(at *simulate.Place) string { return placeText(at, p.folder) }

// placeText is a place within a folder: file and line, or the object where no file is known.
func placeText(at *simulate.Place, folder string) string {
	file := strings.TrimPrefix(at.File, folder)
	switch {
	case file != "" && at.Line > 0:
		return fmt.Sprintf("%s:%d", file, at.Line)
	case file != "":
		return file
	case at.Name != "":
		return fmt.Sprintf("%s %s/%s", at.Kind, at.Namespace, at.Name)
	}
	return ""
}

// stageNames are the words for people of the stages whose names are written together.
var stageNames = map[string]string{
	"filterChain": "filter chain", "virtualHost": "virtual host", "tls": "TLS", "directResponse": "response",
	"authentication": "JWT", "connectionPool": "limits", "outlierDetection": "outliers", "idleTimeout": "idle timeout",
	"rateLimit": "rate limit",
}

// A table lays rows out in columns: stage, choice, reason, and the place at the right edge. The reason of a row that is too
// long for that moves below its choice, and the place with it where even the two are too long. Where that befalls most
// rows, all reasons stand below.
type table struct {
	p      *tracePrinter
	indent int // where the choice begins
	chose  int // width of the choice column, 0 where all reasons stand below
}

func (p *tracePrinter) table(rows []row) table {
	t := table{p: p, indent: 16}
	most, tried := 0, map[int]bool{}
	for _, r := range rows {
		column := table{p: p, indent: t.indent, chose: lipgloss.Width(r.chose)}
		if tried[column.chose] {
			continue
		}
		tried[column.chose] = true
		if n := column.whole(rows); n > most || n == most && column.chose < t.chose {
			most, t.chose = n, column.chose
		}
	}
	if 2*most < len(rows) {
		t.chose = 0
	}
	return t
}

// whole counts the rows that a table shows on one line.
func (t table) whole(rows []row) int {
	n := 0
	for _, r := range rows {
		if t.oneLine(r) {
			n++
		}
	}
	return n
}

// oneLine reports whether a row fits on a line with its reason in the table's column.
func (t table) oneLine(r row) bool {
	chose := lipgloss.Width(r.chose)
	if r.because != "" {
		if chose > t.chose {
			return false
		}
		chose = t.chose + 2 + lipgloss.Width(r.because)
	}
	return t.indent+chose+2+lipgloss.Width(r.place.text) <= t.p.look.columns()
}

func (t table) write(r row) {
	head := "  " + pad(r.stage, t.indent-2)
	if t.oneLine(r) {
		t.line(head+pad(r.chose, t.chose)+"  "+t.p.asked().Render(r.because), r.place)
		return
	}
	beside, below := r.place, spot{}
	if !t.fits(head+r.chose, r.place) && r.because != "" {
		beside, below = spot{}, r.place
	}
	t.choice(head, r.chose, beside)
	t.reason(r.because, below)
}

// choice writes the stage and what was chosen, broken over as many lines as it needs.
func (t table) choice(head, chose string, place spot) {
	lines := wrap(chose, t.p.look.columns()-t.indent)
	for i, line := range lines {
		if i == len(lines)-1 {
			t.line(head+line, place)
			return
		}
		t.line(head+line, spot{})
		head = strings.Repeat(" ", t.indent)
	}
}

// reason writes the lines below a choice: the reason, and the place unless it is beside the choice.
func (t table) reason(because string, place spot) { t.paragraph(because, place, t.p.asked()) }

// paragraph writes a text below a choice, and a place at the right edge of its last line.
func (t table) paragraph(text string, place spot, style lipgloss.Style) {
	if text == "" {
		return
	}
	lines := wrap(text, t.p.look.columns()-t.indent)
	for i, line := range lines {
		text := strings.Repeat(" ", t.indent) + style.Render(line)
		if i == len(lines)-1 {
			t.line(text, place)
			return
		}
		t.line(text, spot{})
	}
}

func (t table) fits(line string, place spot) bool {
	return place.text == "" || lipgloss.Width(line)+2+lipgloss.Width(place.text) <= t.p.look.columns()
}

// line writes a line with a place at the right edge, or below it where it does not fit.
func (t table) line(line string, place spot) {
	line = strings.TrimRight(line, " ")
	if place.text == "" {
		t.p.WriteString(line + "\n")
		return
	}
	shown := strings.Replace(t.p.palette.place.Render(place.text), place.text, place.linked, 1)
	if !t.fits(line, place) {
		t.p.WriteString(line + "\n" + strings.Repeat(" ", max(t.indent, t.p.look.columns()-lipgloss.Width(place.text))) + shown + "\n")
		return
	}
	gap := t.p.look.columns() - lipgloss.Width(line) - lipgloss.Width(place.text)
	t.p.WriteString(line + strings.Repeat(" ", gap) + shown + "\n")
}

func pad(s string, width int) string {
	return s + strings.Repeat(" ", max(0, width-lipgloss.Width(s)))
}

// commonFolder returns the folder that the files of all shown places lie in, with its final slash, or "".
func commonFolder(t *simulate.Trace) string {
	folder, first := "", true
	for _, h := range t.Hops {
		for _, s := range h.Steps {
			if len(s.Origins) == 0 || s.Origins[0].File == "" {
				continue
			}
			dir := path.Dir(s.Origins[0].File) + "/"
			if first {
				folder, first = dir, false
			}
			for folder != "" && !strings.HasPrefix(dir, folder) {
				folder = parent(folder)
			}
		}
	}
	return strings.TrimPrefix(folder, "./")
}

// parent returns the folder above one, both with a final slash; "" above the first.
func parent(folder string) string {
	i := strings.LastIndexByte(strings.TrimSuffix(folder, "/"), '/')
	return folder[:i+1]
}
