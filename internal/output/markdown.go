package output

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"sem.example/internal/lazy"
	"sem.example/simulate"
)

// Markdown prints a trace for a ticket: the verdict, a table of the decisions of each proxy, the endpoints where there are
// several, and what there is to know besides.
func Markdown(w io.Writer, t *simulate.Trace) error {
	var m markdown
	t = quoted(readable(t))
	m.line("**%s**%s %s from %s", t.Verdict, sentence(doubt(t)), code(request(t.Call)), code(proxyName(t.Call.Proxy)))
	for _, w := range t.NotAdmitted {
		m.paragraph(fmt.Sprintf("**%s** %s", w.ID, sentence(w.Message)))
	}
	if len(t.Assumed) > 0 {
		m.paragraph("Assuming: " + sentence(strings.Join(assumptions(t.Assumed), "; ")) + ".")
	}
	m.paragraph(sentence(t.Summary))
	if !t.Verdict.Succeeded() {
		if t.Sees != "" {
			m.paragraph("The application sees " + sentence(t.Sees) + ".")
		}
		if t.Fix != "" {
			m.paragraph("Fix: " + sentence(t.Fix) + ".")
		}
	}
	for i := range t.Hops {
		m.hop(t, i)
	}
	m.notes(t)
	if t.Istio != "" {
		m.paragraph("For " + sentence(releaseText(t)) + ".")
	}
	_, err := io.WriteString(w, m.String())
	return err
}

type markdown struct {
	strings.Builder
}

func (m *markdown) line(format string, args ...any) { fmt.Fprintf(m, format+"\n", args...) }

func (m *markdown) paragraph(text string) {
	if text != "" {
		m.line("\n%s", text)
	}
}

// table writes rows below a head; a column that is empty in every row is left out.
func (m *markdown) table(head []string, rows [][]string) {
	if len(rows) == 0 {
		return
	}
	used := make([]bool, len(head))
	for _, r := range rows {
		for i, c := range r {
			used[i] = used[i] || c != ""
		}
	}
	m.WriteByte('\n')
	for i, r := range append([][]string{head}, rows...) {
		line, rule := "|", "|"
		for j, c := range r {
			if used[j] {
				line, rule = line+" "+c+" |", rule+" --- |"
			}
		}
		m.line("%s", line)
		if i == 0 {
			m.line("%s", rule)
		}
	}
}

func (m *markdown) hop(t *simulate.Trace, i int) {
	h := &t.Hops[i]
	if len(t.Hops) > 1 {
		m.paragraph(fmt.Sprintf("%d. %s, %s", i+1, code(proxyName(h.Proxy)), h.Direction))
	}
	var rows [][]string
	for _, s := range h.Steps {
		place := ""
		if at := decider(&s); at != nil {
			place = code(placeText(at, ""))
		}
		rows = append(rows, []string{cmp.Or(stageNames[s.Stage], s.Stage), code(s.Chose), sentence(s.Because), place})
	}
	m.table([]string{"step", "decision", "because", "place"}, rows)
	m.policies(h)
	m.unused(h)
	m.endpoints(h.Endpoints)
	m.branches(h.Branches)
}

// policies lists what each policy makes of a call that one of them refuses.
func (m *markdown) policies(h *simulate.Hop) {
	if !refuses(h) {
		return
	}
	for i, line := range policyLines(h.Policies) {
		if i == 0 {
			m.WriteByte('\n')
		}
		m.line("- %s", sentence(line))
	}
}

// unused lists the documents that might have decided, and why they do not.
func (m *markdown) unused(h *simulate.Hop) {
	listed := map[string]bool{}
	for i := range h.Steps {
		for j := range h.Steps[i].Origins {
			at := &h.Steps[i].Origins[j]
			if name := unusedName(h, at); at.Role == "overridden" && at.Note != "" && !listed[name] {
				if len(listed) == 0 {
					m.WriteByte('\n')
				}
				listed[name] = true
				m.line("- %s is not used: %s %s", code(name), sentence(at.Note), code(placeText(at, "")))
			}
		}
	}
}

func (m *markdown) endpoints(all []simulate.Endpoint) {
	if len(all) < 2 {
		return
	}
	var rows [][]string
	for _, e := range all[:min(len(all), shownEndpoints)] {
		rows = append(rows, []string{code(fmt.Sprintf("%s:%d", e.Address, e.Port)), fmt.Sprintf("%.4g %%", e.Share*100), sentence(e.Locality)})
	}
	m.table([]string{"endpoint", "share", "locality"}, rows)
	if more := len(all) - shownEndpoints; more > 0 {
		m.paragraph(fmt.Sprintf("and %d more endpoints", more))
	}
}

func (m *markdown) branches(all []simulate.Branch) {
	var rows [][]string
	for _, b := range all {
		rows = append(rows, []string{code(b.Cluster), fmt.Sprintf("%.4g %%", b.Share*100), string(b.Verdict)})
	}
	m.table([]string{"branch", "share", "verdict"}, rows)
}

// notes are the warnings, and what the answer does not take into account.
func (m *markdown) notes(t *simulate.Trace) {
	if len(t.Warnings)+len(t.NotModelled) > 0 {
		m.WriteByte('\n')
	}
	for _, w := range t.Warnings {
		line := fmt.Sprintf("- **%s** %s", w.ID, sentence(w.Message))
		if w.Origin != nil {
			line += " " + code(placeText(w.Origin, ""))
		}
		if w.Help != "" {
			line += ". " + sentence(w.Help)
		}
		m.line("%s", line)
	}
	for _, n := range t.NotModelled {
		m.line("- not modelled, so the result may differ: %s", sentence(n))
	}
}

// code is a name in a table or a sentence, as it is written: between more backquotes than it has in a row.
func code(s string) string {
	if s = strings.ReplaceAll(s, "|", `\|`); s == "" {
		return ""
	}
	if !strings.Contains(s, "`") {
		return "`" + s + "`"
	}
	longest := 0
	for _, run := range backquotes().FindAllString(s, -1) {
		longest = max(longest, len(run))
	}
	fence := strings.Repeat("`", longest+1)
	return fence + " " + s + " " + fence
}

var backquotes = lazy.Regexp("`+")

// markup is what Markdown and the hosts that show it interpret in a sentence: emphasis, code, links, images, HTML, tables,
// headings, entities and mentions.
var markup = strings.NewReplacer("\\", `\\`, "|", `\|`, "*", `\*`, "_", `\_`, "`", "\\`", "<", `\<`, ">", `\>`, "[", `\[`, "]", `\]`,
	"~~", `\~~`, "#", `\#`, "&", "&amp;", "@", "&#64;", "![", `\!\[`)

// sentence is a sentence in which nothing is taken for markup.
func sentence(s string) string { return markup.Replace(s) }
