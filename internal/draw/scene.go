package draw

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"sem.example/internal/graph"
)

// A picture is a layout with its title above and its notes below.
type picture struct {
	*layout
	head          float64 // height of the title
	notes         []string
	width, height float64
}

const longestNote = 150 // characters

func newPicture(g *graph.Graph) *picture {
	m := newMeasure()
	p := &picture{layout: newLayout(g, m), head: 2*margin - 8}
	for _, n := range remarks(g) {
		p.notes = append(p.notes, wrapped(n, longestNote)...)
	}
	p.width = max(p.layout.width, m.text(g.Title, headSize, true)+2*margin, p.legendWidth()+2*margin)
	for _, n := range p.notes {
		p.width = max(p.width, m.text(n, lineSize, false)+2*margin)
	}
	p.height = p.head + p.layout.height + 26 + float64(len(p.notes))*lineStep + margin/2
	return p
}

// remarks are what the picture does not show.
func remarks(g *graph.Graph) []string {
	var out []string
	if g.Assuming != "" {
		out = append(out, "assuming "+g.Assuming)
	}
	out = append(out, g.Notes...)
	if len(g.NotModelled) > 0 {
		out = append(out, "not modelled: "+strings.Join(g.NotModelled, "; "))
	}
	if len(g.Unread) > 0 {
		out = append(out, "not read: "+strings.Join(g.Unread, ", "))
	}
	return out
}

// wrapped breaks a text between words.
func wrapped(s string, most int) []string {
	var out []string
	line := ""
	for _, word := range strings.Fields(s) {
		if line != "" && len([]rune(line))+1+len([]rune(word)) > most {
			out, line = append(out, line), "   "
		}
		if line != "" {
			line += " "
		}
		line += short(word, most)
	}
	return append(out, line)
}

func (p *picture) draw(c canvas) {
	c.rect(0, 0, p.width, p.height, 0, "paper", "")
	c.text(margin, margin+headSize, headSize, true, "ink", p.graph.Title)
	for _, l := range p.lanes {
		c.begin("namespace", "namespace "+l.name)
		c.rect(l.x, p.head+l.y, l.w, l.h, 10, "frame", "rim")
		c.text(l.x+lanePad, p.head+l.y+19, lineSize, true, "faint", l.name)
		c.end()
	}
	for i := range p.ways {
		p.way(c, &p.ways[i])
	}
	for _, b := range p.boxes {
		if b.node != nil {
			p.node(c, b)
		}
	}
	p.labels(c)
	p.legend(c)
	for i, n := range p.notes {
		c.text(margin, p.head+p.layout.height+36+float64(i)*lineStep, lineSize, false, "faint", n)
	}
}

func (p *picture) node(c canvas, b *box) {
	n, x, y := b.node, b.x, p.head+b.y
	c.begin(string(n.Kind), about(n))
	rim := cmp.Or(n.Severity(), "edge")
	if n.Fails != "" {
		rim = "fails"
	}
	if len(n.Members) > 0 { // several: a second card behind
		c.rect(x+4, y+4, b.w, b.h, 7, "card", rim)
	}
	c.rect(x, y, b.w, b.h, 7, "card", rim)
	c.rect(x+4, y+6, 3, b.h-12, 1.5, string(n.Kind), "")
	ink := "ink"
	if n.Unused {
		ink = "faint"
	}
	left, at := x+nodePad+stripe, y+nodePad+titleSize-3
	c.text(left, at, titleSize, true, ink, short(n.Name, longestTitle))
	for _, line := range lines(n) {
		at += lineStep
		fill := "faint"
		if strings.HasPrefix(line, "✗ ") {
			line, fill = strings.TrimPrefix(line, "✗ "), "fails"
		}
		c.text(left, at+1, lineSize, false, fill, short(line, longestLine))
	}
	if len(n.Findings) > 0 {
		p.badge(c, x+b.w-13, y+13, n)
	}
	c.end()
}

// badge is the number of a node's findings on the colour of the worst.
func (p *picture) badge(c canvas, x, y float64, n *graph.Node) {
	text := fmt.Sprint(min(len(n.Findings), 99))
	c.rect(x-8, y-8, 16, 16, 8, n.Severity(), "")
	c.text(x-p.measure.text(text, lineSize, true)/2, y+4, lineSize, true, "mark", text)
}

// about is everything there is to say about a node.
func about(n *graph.Node) string {
	all := append([]string{string(n.Kind) + " " + n.Name}, lines(n)...)
	if n.Namespace != "" {
		all = append(all, "namespace "+n.Namespace)
	}
	const shown = 60
	if len(n.Members) > 0 {
		all = append(all, strings.Join(n.Members[:min(shown, len(n.Members))], ", "))
	}
	if w := n.Written; w != nil {
		all = append(all, strings.TrimSpace(fmt.Sprintf("%s %s/%s %s", w.Kind, w.Namespace, w.Name, w.Field)))
	}
	for _, f := range n.Findings {
		all = append(all, fmt.Sprintf("%s %s: %s", f.Severity, f.ID, f.Message))
	}
	return strings.Join(all, "; ")
}

// line is the colour of an edge: whether requests fail, or are encrypted.
func line(e *graph.Edge) string {
	switch {
	case e.Fails != "":
		return "fails"
	case e.Encrypted():
		return "secure"
	}
	return "way"
}

// way draws an edge through its boxes.
func (p *picture) way(c canvas, w *way) {
	c.begin("way", w.edge.From+" → "+w.edge.To)
	points := p.points(w)
	to := points[len(points)-1]
	unused := w.through[len(w.through)-1].node.Unused
	c.curve(points, line(w.edge), 1.6, unused || w.edge.Fails != "")
	before := points[len(points)-2]
	angle := math.Atan2(to.y-before.y, to.x-before.x)
	arrow := []point{{to.x + 7*math.Cos(angle), to.y + 7*math.Sin(angle)}}
	for _, side := range []float64{-1, 1} {
		arrow = append(arrow, point{to.x - 4.5*side*math.Sin(angle), to.y + 4.5*side*math.Cos(angle)})
	}
	c.shape(arrow, line(w.edge))
	c.end()
}

// points are the curve of an edge, up to its arrow.
func (p *picture) points(w *way) []point {
	first, last := w.through[0], w.through[len(w.through)-1]
	if first.rank >= last.rank { // back: below both
		from := point{first.x + first.w/2, p.head + first.y + first.h}
		to := point{last.x + last.w/2, p.head + last.y + last.h + 8}
		low := max(from.y, to.y) + 46
		return []point{from, {from.x, low}, {to.x, low}, to}
	}
	at := point{first.x + first.w, p.head + first.middle()}
	points := []point{at}
	for i, b := range w.through[1:] {
		to := point{b.x, p.head + b.middle()}
		if i == len(w.through)-2 {
			to.x -= 8
		}
		half := (to.x - at.x) / 2
		points = append(points, point{at.x + half, at.y}, point{to.x - half, to.y}, to)
		if b.node == nil {
			at = point{b.x + p.widths[b.rank], to.y}
			points = append(points, to, at, at)
		}
	}
	return points
}

// A label is the texts of an edge with their place.
type label struct {
	texts      []string
	x, y, w, h float64 // of its middle
	edge       *graph.Edge
}

// labels writes the texts of edges on them, without overlaps.
func (p *picture) labels(c canvas) {
	out, in := map[string]int{}, map[string]int{}
	for _, w := range p.ways {
		out[w.edge.From]++
		in[w.edge.To]++
	}
	var all []*label
	for i := range p.ways {
		w := &p.ways[i]
		if texts := w.edge.Labels(); len(texts) > 0 {
			all = append(all, p.label(w, texts, out[w.edge.From] > 1 || in[w.edge.To] == 1))
		}
	}
	slices.SortStableFunc(all, func(a, b *label) int { return cmp.Compare(a.y, b.y) })
	for i, l := range all {
		for _, before := range all[:i] {
			if math.Abs(l.x-before.x) < (l.w+before.w)/2 && l.y-before.y < (l.h+before.h)/2+2 {
				l.y = before.y + (l.h+before.h)/2 + 2
			}
		}
		p.pill(c, l)
	}
}

// label places the texts of an edge: near its end where others begin at the same place, else near its beginning.
func (p *picture) label(w *way, texts []string, late bool) *label {
	l := &label{texts: texts, w: p.measure.labels(texts), h: float64(len(texts))*13 + 4, edge: w.edge}
	points := p.points(w)
	n := len(points)
	part := points[n-4:]
	if part[0] == part[1] && n > 7 || part[3] == part[2] && n > 7 { // a column that is passed
		part = points[n-7 : n-3]
	}
	l.x = (part[0].x + part[3].x) / 2
	clear := 8.0 // from the frame of what the edge leaves
	if w.through[0].lane != w.through[len(w.through)-1].lane {
		clear += lanePad
	}
	if late {
		l.x = max(l.x, part[3].x-l.w/2-clear)
	} else {
		l.x = max(part[0].x+l.w/2+clear, min(l.x, part[0].x+l.w/2+6))
	}
	l.y = heightAt(part, l.x)
	return l
}

// heightAt is where a curve that leads to the right is at an x.
func heightAt(p []point, x float64) float64 {
	low, high := 0.0, 1.0
	for range 30 {
		t := (low + high) / 2
		if at(p, t).x < x {
			low = t
		} else {
			high = t
		}
	}
	return at(p, low).y
}

// at is a point of a cubic curve.
func at(p []point, t float64) point {
	u := 1 - t
	a, b, c, d := u*u*u, 3*u*u*t, 3*u*t*t, t*t*t
	return point{a*p[0].x + b*p[1].x + c*p[2].x + d*p[3].x, a*p[0].y + b*p[1].y + c*p[2].y + d*p[3].y}
}

func (p *picture) pill(c canvas, l *label) {
	c.rect(l.x-l.w/2, l.y-l.h/2, l.w, l.h, 5, "paper", "rim")
	for i, s := range l.texts {
		s = short(s, longestLine)
		fill := "faint"
		if line(l.edge) != "way" {
			fill = line(l.edge)
		}
		c.text(l.x-p.measure.text(s, lineSize, false)/2, l.y-l.h/2+12.5+float64(i)*13, lineSize, false, fill, s)
	}
}
