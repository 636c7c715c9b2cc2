package draw

import (
	"cmp"
	"slices"

	"sem.example/internal/graph"
)

// Distances between what is drawn, in pixels.
const (
	margin     = 24.0
	nodeGap    = 16.0 // between nodes of a column
	laneGap    = 18.0 // between frames
	lanePad    = 16.0 // between a frame and what is in it
	laneHead   = 26.0 // for the name of a frame
	columnGap  = 56.0 // between columns, beside the texts of edges
	passHeight = 10.0 // of an edge that passes a column
)

// A box is a node with its place, or the place where an edge passes a column.
type box struct {
	node          *graph.Node // nil for an edge that passes
	lane          string      // the namespace; "" for what has no frame
	rank, order   int
	x, y, w, h    float64
	before, after []*box
	want, pull    float64 // where the boxes it is connected with would have its middle, and how strongly
}

func (b *box) middle() float64 { return b.y + b.h/2 }

// A way is an edge with the boxes that it passes, from its first to its last.
type way struct {
	edge    *graph.Edge
	through []*box
}

// A layout is the places of all boxes.
type layout struct {
	graph   *graph.Graph
	measure measure
	boxes   []*box
	ways    []way
	ranks   [][]*box
	lanes   []*lane
	starts  []float64 // where each column begins
	widths  []float64
	width   float64
	height  float64
}

// A lane is the frame of a namespace.
type lane struct {
	name       string
	x, y, w, h float64
}

func newLayout(g *graph.Graph, m measure) *layout {
	l := &layout{graph: g, measure: m}
	byID := map[string]*box{}
	for i := range g.Nodes {
		n := &g.Nodes[i]
		b := &box{node: n, lane: n.Namespace}
		if n.Kind == graph.Outside || n.Kind == graph.External {
			b.lane = ""
		}
		b.w, b.h = m.node(n)
		byID[n.ID] = b
		l.boxes = append(l.boxes, b)
	}
	l.rank(byID)
	l.connect(byID)
	l.arrange()
	l.columns()
	l.rows()
	l.frames()
	return l
}

// columnOf is the first column that each kind may be in.
var columnOf = map[graph.Kind]int{
	graph.Outside: 0, graph.Client: 1, graph.Gateway: 1, graph.Host: 2, graph.Rule: 3, graph.Subset: 4, graph.Workload: 5, graph.External: 5,
}

// rank gives each box its column: behind all that leads to it. Hosts outside are in the last one.
func (l *layout) rank(byID map[string]*box) {
	next := map[*box][]*box{}
	for i := range l.graph.Edges {
		e := &l.graph.Edges[i]
		next[byID[e.From]] = append(next[byID[e.From]], byID[e.To])
	}
	for _, b := range l.boxes {
		b.rank = columnOf[b.node.Kind]
		if b.node.Kind == graph.Client && b.lane == "" {
			b.rank = 0 // clients of several namespaces are in no frame
		}
	}
	for _, b := range topological(l.boxes, next) {
		for _, to := range next[b] {
			if to.order > b.order { // not back
				to.rank = max(to.rank, b.rank+1)
			}
		}
	}
	last := 0
	for _, b := range l.boxes {
		if b.node.Kind != graph.External {
			last = max(last, b.rank)
		}
	}
	used := map[int]bool{}
	for _, b := range l.boxes {
		if b.node.Kind == graph.External {
			b.rank = last + 1
		}
		used[b.rank] = true
	}
	var columns []int
	for r := range last + 2 {
		if used[r] {
			columns = append(columns, r)
		}
	}
	for _, b := range l.boxes {
		b.rank = slices.Index(columns, b.rank)
	}
	l.ranks = make([][]*box, len(columns))
}

// topological returns boxes in an order in which edges lead forward, but for those that close a circle, and numbers them.
func topological(boxes []*box, next map[*box][]*box) []*box {
	var out []*box
	seen := map[*box]bool{}
	var visit func(*box)
	visit = func(b *box) {
		if seen[b] {
			return
		}
		seen[b] = true
		for _, to := range next[b] {
			visit(to)
		}
		out = append(out, b)
	}
	for _, b := range boxes {
		visit(b)
	}
	slices.Reverse(out)
	for i, b := range out {
		b.order = i
	}
	return out
}

// connect adds the boxes where edges pass columns.
func (l *layout) connect(byID map[string]*box) {
	for i := range l.graph.Edges {
		e := &l.graph.Edges[i]
		from, to := byID[e.From], byID[e.To]
		w := way{edge: e, through: []*box{from}}
		lane := to.lane
		if lane == "" {
			lane = from.lane
		}
		for r := from.rank + 1; r < to.rank; r++ {
			pass := &box{lane: lane, rank: r, h: passHeight}
			l.boxes = append(l.boxes, pass)
			w.through = append(w.through, pass)
		}
		w.through = append(w.through, to)
		if from.rank < to.rank {
			for i, b := range w.through[1:] {
				w.through[i].after = append(w.through[i].after, b)
				b.before = append(b.before, w.through[i])
			}
		}
		l.ways = append(l.ways, w)
	}
	for _, b := range l.boxes {
		b.order = len(l.ranks[b.rank])
		l.ranks[b.rank] = append(l.ranks[b.rank], b)
	}
}

// arrange orders the boxes of each column so that few edges cross: each near the middle of those that it is connected with. Those of
// a namespace stay together, and the namespaces have one order in all columns.
func (l *layout) arrange() {
	for round := range 12 {
		for i := range l.ranks {
			r := i
			if round%2 == 1 {
				r = len(l.ranks) - 1 - i
			}
			for _, b := range l.ranks[r] {
				near := b.before
				if round%2 == 1 {
					near = b.after
				}
				b.want = barycenter(near, func(o *box) float64 { return float64(o.order) }, float64(b.order))
			}
			slices.SortStableFunc(l.ranks[r], func(x, y *box) int {
				return cmp.Or(compareLanes(x.lane, y.lane), cmp.Compare(x.want, y.want))
			})
			for at, b := range l.ranks[r] {
				b.order = at
			}
		}
	}
}

// compareLanes orders namespaces by name, with what has none last.
func compareLanes(x, y string) int {
	if (x == "") != (y == "") {
		return -cmp.Compare(x, y)
	}
	return cmp.Compare(x, y)
}

func barycenter(of []*box, at func(*box) float64, otherwise float64) float64 {
	if len(of) == 0 {
		return otherwise
	}
	sum := 0.0
	for _, b := range of {
		sum += at(b)
	}
	return sum / float64(len(of))
}

// columns gives each column its place: wide enough for its nodes, with room before it for the texts of edges.
func (l *layout) columns() {
	l.starts, l.widths = make([]float64, len(l.ranks)), make([]float64, len(l.ranks))
	gaps := make([]float64, len(l.ranks))
	for _, w := range l.ways {
		last := w.through[len(w.through)-1]
		room := l.measure.labels(w.edge.Labels())
		if room > 0 && w.through[0].lane != last.lane {
			room += 2 * lanePad
		}
		gaps[last.rank] = max(gaps[last.rank], room)
	}
	x := margin + lanePad
	for r, boxes := range l.ranks {
		for _, b := range boxes {
			l.widths[r] = max(l.widths[r], b.w)
		}
		if r > 0 {
			x += columnGap + gaps[r]
		}
		l.starts[r] = x
		for _, b := range boxes {
			b.x = x
			b.w = l.widths[r]
		}
		x += l.widths[r]
	}
	l.width = x + lanePad + margin
}
