package draw

import (
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"

	"sem.example/internal/graph"
)

// Sizes of text, in pixels.
const (
	titleSize = 13.0
	lineSize  = 11.0
	headSize  = 16.0
	lineStep  = 15.0
	titleStep = 18.0
	nodePad   = 10.0
	stripe    = 5.0
	minWidth  = 96.0

	longestTitle = 40 // characters; what is longer is cut in its middle, and whole in the tooltip
	longestLine  = 46
)

// A measure knows how wide texts are. It is that of Go's fonts, in which PNGs are written; the fonts that show an SVG are mostly
// narrower.
type measure struct{ regular, bold font.Face }

// fonts are Go's, regular and bold. They are part of the program, so they are whole.
var fonts = sync.OnceValue(func() [2]*opentype.Font {
	var out [2]*opentype.Font
	for i, ttf := range [][]byte{goregular.TTF, gobold.TTF} {
		f, err := opentype.Parse(ttf)
		if err != nil {
			panic(err)
		}
		out[i] = f
	}
	return out
})

// newFace returns a font in a size. It is for one user at a time.
func newFace(bold bool, size float64) font.Face {
	f := fonts()[0]
	if bold {
		f = fonts()[1]
	}
	face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		panic(err)
	}
	return face
}

// measured is the size in which texts are measured.
const measured = 64

func newMeasure() measure { return measure{newFace(false, measured), newFace(true, measured)} }

// text is the width of a text in a size.
func (m measure) text(s string, size float64, bold bool) float64 {
	f := m.regular
	if bold {
		f = m.bold
	}
	return float64(font.MeasureString(f, s)) / float64(fixed.I(measured)) * size
}

// node is the size of a node.
func (m measure) node(n *graph.Node) (w, h float64) {
	w = m.text(short(n.Name, longestTitle), titleSize, true)
	for _, line := range lines(n) {
		w = max(w, m.text(short(line, longestLine), lineSize, false))
	}
	if len(n.Findings) > 0 {
		w += 22
	}
	return max(minWidth, w+2*nodePad+stripe), titleStep + lineStep*float64(len(lines(n))) + 2*nodePad - 4
}

// lines are what is written below the name of a node.
func lines(n *graph.Node) []string {
	if n.Fails == "" {
		return n.Lines
	}
	return append(append([]string{}, n.Lines...), "✗ "+n.Fails)
}

// labels is the width of the texts of an edge.
func (m measure) labels(all []string) float64 {
	w := 0.0
	for _, s := range all {
		w = max(w, m.text(short(s, longestLine), lineSize, false)+10)
	}
	return w
}

// short cuts a text in its middle: names differ at their ends.
func short(s string, most int) string {
	runes := []rune(s)
	if len(runes) <= most {
		return s
	}
	head := most / 2
	return string(runes[:head]) + "…" + string(runes[len(runes)-(most-head-1):])
}
