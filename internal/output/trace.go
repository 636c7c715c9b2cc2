package output

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/charmbracelet/lipgloss"

	"sem.example/simulate"
)

// Trace prints a trace for people: the verdict first, then a line for each decision with the file and line behind it at
// the right edge, then what the other side receives.
func Trace(w io.Writer, t *simulate.Trace, look Look) error {
	t = quoted(readable(t))
	p := tracePrinter{look: look, palette: look.palette(w), lost: map[string]bool{}}
	if !look.Terminal || look.Link != nil {
		p.folder = commonFolder(t)
	}
	p.verdict(t)
	p.notAdmitted(t)
	p.assumed(t)
	for i := range t.Hops {
		p.hop(t, i)
	}
	p.warnings(t)
	p.ending(t)
	_, err := io.WriteString(w, p.String())
	return err
}

type tracePrinter struct {
	strings.Builder
	look    Look
	palette palette
	folder  string          // that all files lie in, with a final slash; "" where a terminal finds files by their whole path
	warned  map[int]bool    // warnings that are under a step already
	lost    map[string]bool // documents that are not used, and are named already
}

func (p *tracePrinter) verdict(t *simulate.Trace) {
	style, mark := p.palette.good, "→"
	if !t.Verdict.Succeeded() {
		style, mark = p.palette.bad, "✗"
	}
	word := strings.ToLower(strings.ReplaceAll(string(t.Verdict), "_", " "))
	parts := []string{p.verdictWord(style.Render(mark+" "+word), t), p.palette.strong.Render(request(t.Call)), "from " + proxyName(t.Call.Proxy)}
	if to := leaves(t); to != "" {
		parts = append(parts, "to "+to)
	}
	p.flow(parts, "   ")
	if p.folder == "" {
		p.WriteByte('\n')
		return
	}
	where := "files in " + p.folder
	p.WriteString(strings.Repeat(" ", max(2, p.look.columns()-lipgloss.Width(where))) + p.palette.dim.Render(where) + "\n")
}

// verdictWord is the verdict with what may change it.
func (p *tracePrinter) verdictWord(word string, t *simulate.Trace) string {
	if doubt(t) == "" {
		return word
	}
	return word + p.palette.warn.Render(doubt(t))
}

// flow writes parts on a line, broken before a part that would pass the right edge.
func (p *tracePrinter) flow(parts []string, gap string) {
	line := parts[0]
	for _, part := range parts[1:] {
		if lipgloss.Width(line)+len(gap)+lipgloss.Width(part) > p.look.columns() {
			p.WriteString(strings.Join(wrap(line, p.look.columns()), "\n  ") + "\n")
			line = "  " + part
			continue
		}
		line += gap + part
	}
	p.WriteString(strings.Join(wrap(line, p.look.columns()), "\n  ") + "\n")
}

func (p *tracePrinter) hop(t *simulate.Trace, i int) {
	h := &t.Hops[i]
	if len(t.Hops) > 1 {
		fmt.Fprintf(p, "  %s\n", p.palette.strong.Render(fmt.Sprintf("%d. %s %s", i+1, proxyName(h.Proxy), h.Direction)))
	}
	rows := make([]row, 0, len(h.Steps))
	for _, s := range h.Steps {
		rows = append(rows, p.row(s))
	}
	if len(rows) == 0 {
		return
	}
	table := p.table(rows)
	for j := range rows {
		if j > 0 && rows[j].stage == rows[j-1].stage {
			rows[j].stage = ""
		}
		if p.plain(t, h, j) && (j != policyStep(h.Steps) || !refuses(h)) {
			continue
		}
		table.write(rows[j])
		for _, line := range details(h, &h.Steps[j]) {
			p.wrapped(line, table.indent, p.palette.dim)
		}
		if (p.look.Why || refuses(h)) && j == policyStep(h.Steps) {
			for _, line := range policyLines(h.Policies) {
				p.wrapped(line, table.indent, p.asked())
			}
		}
		p.stepWarnings(t, i, h.Steps[j].Stage, table)
		p.unused(t, h, &h.Steps[j], table)
		if p.look.Why {
			p.rejected(&h.Steps[j], table)
		}
	}
	p.branches(h, table.indent)
	p.WriteByte('\n')
}

// plain reports whether a step says nothing but that the connection is taken as what it is: filter chains mostly do.
func (p *tracePrinter) plain(t *simulate.Trace, h *simulate.Hop, i int) bool {
	s := &h.Steps[i]
	switch {
	case p.look.Why || s.Stage != "filterChain" || h.FilterChain != "" || i == len(h.Steps)-1:
		return false
	case s.Because != "matches plaintext HTTP" && s.Because != "matches plaintext" && s.Because != "matches every connection":
		return false
	}
	return !slices.ContainsFunc(t.Warnings, func(w simulate.Warning) bool { return w.Step == s.Stage }) &&
		!slices.ContainsFunc(s.Origins, func(o simulate.Place) bool { return o.Role == "overridden" })
}

// asked is the style of what --why adds, which is not dimmed: the user asked for it.
func (p *tracePrinter) asked() lipgloss.Style {
	if p.look.Why {
		return lipgloss.NewStyle()
	}
	return p.palette.dim
}

// rejected lists the candidates that a step did not choose, with the reason and the place of each.
func (p *tracePrinter) rejected(s *simulate.Step, below table) {
	type candidate struct {
		text  string
		place spot
	}
	var list []candidate
	times := map[candidate]int{}
	for _, r := range s.Rejected {
		c := candidate{text: fmt.Sprintf("✗ %s: %s", r.Candidate, r.Because)}
		if r.Origin != nil {
			c.place = p.spot(r.Origin)
		}
		if times[c]++; times[c] == 1 {
			list = append(list, c)
		}
	}
	below.indent += 2
	for _, c := range list {
		text := c.text
		if n := times[c]; n > 1 {
			text += fmt.Sprintf(" (%d %ss of this name)", n, cmp.Or(stageNames[s.Stage], s.Stage))
		}
		below.reason(text, c.place)
	}
}

func (p *tracePrinter) branches(h *simulate.Hop, indent int) {
	if len(h.Branches) > 0 {
		p.wrapped("traffic split:", indent, p.palette.dim)
	}
	for _, b := range h.Branches {
		p.hanging(fmt.Sprintf("%5.4g%%  ", b.Share*100), branchWords(h, &b), indent)
	}
}

func (p *tracePrinter) ending(t *simulate.Trace) {
	p.wrapped(t.Summary, 2, p.palette.strong)
	if !t.Verdict.Succeeded() {
		if t.Sees != "" {
			p.wrapped("The application sees "+t.Sees+".", 2, p.palette.strong)
		}
		if t.Fix != "" {
			p.wrapped("help: "+t.Fix, 2, p.palette.dim)
		}
	}
	p.release(t)
	if len(t.NotModelled) > 1 {
		p.wrapped("not modelled, so the result may differ: "+strings.Join(t.NotModelled, ", "), 2, p.palette.warn)
	}
}

func (p *tracePrinter) stepWarnings(t *simulate.Trace, hop int, stage string, below table) {
	if p.warned == nil {
		p.warned = map[int]bool{}
	}
	for i, w := range t.Warnings {
		if w.Step == stage && !p.warned[i] && hop == hopOf(t, w) {
			p.warned[i] = true
			p.warning(t, w, below)
		}
	}
}

// hopOf returns the hop that a warning is written below: the last one in which the object decides that it is about, else the last one.
func hopOf(t *simulate.Trace, w simulate.Warning) int {
	of := func(o simulate.Place) bool {
		return o.Kind == w.Origin.Kind && o.Namespace == w.Origin.Namespace && o.Name == w.Origin.Name
	}
	for i := len(t.Hops) - 1; i >= 0 && w.Origin != nil; i-- {
		steps := t.Hops[i].Steps
		there := slices.ContainsFunc(steps, func(s simulate.Step) bool { return s.Stage == w.Step })
		if there && slices.ContainsFunc(steps, func(s simulate.Step) bool { return slices.ContainsFunc(s.Origins, of) }) {
			return i
		}
	}
	return len(t.Hops) - 1
}

func (p *tracePrinter) warnings(t *simulate.Trace) {
	for i, w := range t.Warnings {
		if !p.warned[i] {
			p.warning(t, w, table{p: p, indent: 2})
		}
	}
}

// warning writes what a call falls into, with the place at the right edge. Help that the end of the trace gives is not
// given twice.
func (p *tracePrinter) warning(t *simulate.Trace, w simulate.Warning, below table) {
	var place spot
	if w.Origin != nil {
		place = p.spot(w.Origin)
	}
	below.paragraph("! "+w.ID+" "+w.Message, place, p.palette.warn)
	if w.Help != "" && !strings.Contains(strings.ToLower(t.Fix), strings.ToLower(strings.TrimSuffix(w.Help, "."))) {
		p.wrapped("help: "+w.Help, below.indent+2, p.palette.dim)
	}
}

// wrapped writes a text within the terminal's width, every line indented.
func (p *tracePrinter) wrapped(text string, indent int, style lipgloss.Style) {
	if text == "" {
		return
	}
	pad := strings.Repeat(" ", indent)
	for _, line := range wrap(text, p.look.columns()-indent) {
		p.WriteString(pad + style.Render(line) + "\n")
	}
}

// hanging writes a text behind a lead, its further lines below its first.
func (p *tracePrinter) hanging(lead, text string, indent int) {
	pad := strings.Repeat(" ", indent)
	for _, line := range wrap(text, p.look.columns()-indent-lipgloss.Width(lead)) {
		p.WriteString(pad + p.palette.dim.Render(lead+line) + "\n")
		lead = strings.Repeat(" ", lipgloss.Width(lead))
	}
}

// request names a call as its user wrote it.
func request(c simulate.Call) string {
	return strings.TrimSpace(c.Method + " " + c.URL)
}

func proxyName(p simulate.Proxy) string {
	if p.Name == "" {
		return "this proxy"
	}
	return p.Namespace + "/" + p.Name
}

// leaves is where a request leaves the first proxy for, and how it is encrypted, where that differs from how it came.
func leaves(t *simulate.Trace) string {
	if !t.Verdict.Succeeded() || len(t.Hops) == 0 {
		return ""
	}
	h := t.Hops[0]
	encrypts := h.TLS != nil && h.TLS.OriginatedBy == "proxy"
	if h.Rewrite == nil && !encrypts || h.Destination == nil || h.Destination.Host == "" {
		return ""
	}
	port := h.Destination.Port
	if len(h.Endpoints) > 0 && h.Endpoints[0].Address == h.Destination.Host {
		port = h.Endpoints[0].Port // outside the mesh, the host is what the proxy connects to
	}
	to := fmt.Sprintf("%s:%d", h.Destination.Host, port)
	switch {
	case !encrypts:
		return to
	case h.TLS.Mode == "ISTIO_MUTUAL" || h.TLS.Mode == "MUTUAL":
		return to + " over mutual TLS" + otherwise(&h)
	}
	return to + " over TLS" + otherwise(&h)
}

// otherwise is which share of requests goes to endpoints that another TLS mode is used for.
func otherwise(h *simulate.Hop) string {
	shares := map[string]float64{}
	for _, e := range h.Endpoints {
		if e.TLS != "" && e.TLS != h.TLS.Mode {
			shares[cmp.Or(tlsWords[e.TLS], "TLS "+e.TLS)] += e.Share
		}
	}
	var parts []string
	for _, mode := range slices.Sorted(maps.Keys(shares)) {
		parts = append(parts, fmt.Sprintf("%.4g%%: %s", shares[mode]*100, mode))
	}
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, ", ") + ")"
}
