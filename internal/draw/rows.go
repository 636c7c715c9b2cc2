package draw

import (
	"slices"
)

// rows gives each box its height on the page: lane by lane, and then what is in no lane beside that which it is connected with.
func (l *layout) rows() {
	top := margin
	for _, name := range l.laneNames() {
		in := l.only(name)
		l.settle(in, true)
		low, high := extent(in)
		for _, b := range flat(in) {
			b.y += top + laneHead + lanePad/2 - low
		}
		top += laneHead + lanePad/2 + high - low + lanePad + laneGap
	}
	free := l.only("")
	if len(l.lanes) == 0 {
		l.settle(free, true)
	} else {
		l.beside(free, top)
	}
	low, high := extent(l.ranks)
	for _, b := range flat(l.ranks) {
		b.y += max(0, margin-low)
	}
	l.height = high + max(0, margin-low) + margin
}

// laneNames are the namespaces in order; each becomes a lane.
func (l *layout) laneNames() []string {
	var names []string
	for _, b := range l.boxes {
		if b.lane != "" && b.node != nil && !slices.Contains(names, b.lane) {
			names = append(names, b.lane)
		}
	}
	for _, b := range l.boxes { // a way between things without a namespace is in none
		if b.lane != "" && !slices.Contains(names, b.lane) {
			b.lane = ""
		}
	}
	slices.Sort(names)
	for _, n := range names {
		l.lanes = append(l.lanes, &lane{name: n})
	}
	return names
}

// only are the boxes of a lane, by column.
func (l *layout) only(name string) [][]*box {
	out := make([][]*box, len(l.ranks))
	for r, boxes := range l.ranks {
		for _, b := range boxes {
			if b.lane == name {
				out[r] = append(out[r], b)
			}
		}
	}
	return out
}

func flat(columns [][]*box) []*box { return slices.Concat(columns...) }

func extent(columns [][]*box) (low, high float64) {
	for i, b := range flat(columns) {
		if i == 0 {
			low, high = b.y, b.y+b.h
		}
		low, high = min(low, b.y), max(high, b.y+b.h)
	}
	return low, high
}

// settle places the boxes of columns: first one below the other, then again and again near the middle of those that they are
// connected with, in their order. Only boxes of the same columns count where inside is set.
func (l *layout) settle(columns [][]*box, inside bool) {
	in := map[*box]bool{}
	for _, boxes := range columns {
		y := 0.0
		for _, b := range boxes {
			in[b] = true
			b.y = y
			y += b.h + nodeGap
		}
	}
	near := func(all []*box) []*box {
		return slices.DeleteFunc(slices.Clone(all), func(b *box) bool { return inside && !in[b] })
	}
	for round := range 40 {
		for i := range columns {
			r := i
			if round%2 == 1 {
				r = len(columns) - 1 - i
			}
			for _, b := range columns[r] {
				around := near(b.before)
				if round%2 == 1 || len(around) == 0 {
					around = near(b.after)
				}
				if len(around) == 0 {
					around = near(b.before)
				}
				b.want, b.pull = pulled(b, around)
			}
			place(columns[r])
		}
	}
}

// pulled is the middle that a box is pulled to by others, and how strongly: the fewer edges either has, the straighter the edge
// between them should be.
func pulled(b *box, by []*box) (want, pull float64) {
	for _, o := range by {
		strength := 8 / float64(max(len(b.before), len(b.after), 1)*max(len(o.before), len(o.after), 1))
		want, pull = want+strength*o.middle(), pull+strength
	}
	if pull == 0 {
		return b.middle(), 0
	}
	return want / pull, pull
}

// beside places the boxes that are in no lane: those of columns without lanes near what they are connected with, the others below
// the lanes.
func (l *layout) beside(columns [][]*box, below float64) {
	for r, boxes := range columns {
		mixed := len(boxes) < len(l.ranks[r])
		y := below
		for _, b := range boxes {
			b.want = barycenter(slices.Concat(b.before, b.after), (*box).middle, below)
			if mixed {
				b.y = y
				y += b.h + nodeGap
			}
		}
		if !mixed {
			slices.SortStableFunc(boxes, func(x, y *box) int {
				switch {
				case x.want < y.want:
					return -1
				case x.want > y.want:
					return 1
				}
				return 0
			})
			place(boxes)
		}
	}
}

// place gives boxes that are in order the places nearest to those that they want, without overlaps: where some would overlap, they
// share what they want.
func place(boxes []*box) {
	type block struct {
		sum, n float64 // of what they want, by how much they want it
		offset []float64
	}
	var blocks []block
	offset := 0.0
	for i, b := range boxes {
		if i > 0 {
			offset += boxes[i-1].h/2 + nodeGap + b.h/2
		}
		blocks = append(blocks, block{(b.want - offset) * max(1, b.pull), max(1, b.pull), []float64{offset}})
		for n := len(blocks); n > 1 && blocks[n-2].sum/blocks[n-2].n > blocks[n-1].sum/blocks[n-1].n; n = len(blocks) {
			last := blocks[n-1]
			blocks = blocks[:n-1]
			into := &blocks[n-2]
			into.sum, into.n, into.offset = into.sum+last.sum, into.n+last.n, append(into.offset, last.offset...)
		}
	}
	i := 0
	for _, bl := range blocks {
		for _, o := range bl.offset {
			boxes[i].y = bl.sum/bl.n + o - boxes[i].h/2
			i++
		}
	}
}

// frames puts a frame around the nodes of each namespace.
func (l *layout) frames() {
	for _, lane := range l.lanes {
		first := true
		var right, low float64
		for _, b := range l.boxes {
			if b.lane != lane.name {
				continue
			}
			if first || b.y < lane.y {
				lane.y = b.y
			}
			low = max(low, b.y+b.h)
			if b.node != nil {
				if right == 0 || b.x < lane.x {
					lane.x = b.x
				}
				right = max(right, b.x+b.w)
			}
			first = false
		}
		lane.x, lane.w = lane.x-lanePad, right-lane.x+2*lanePad
		lane.y, lane.h = lane.y-laneHead-lanePad/2, low-lane.y+laneHead+lanePad*3/2
		l.height = max(l.height, lane.y+lane.h+margin)
	}
}
