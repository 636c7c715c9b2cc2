package render

import (
	"bytes"
	"encoding/json"
	"iter"
	"sync"

	"google.golang.org/protobuf/proto"
)

// A piece writes some of a document, the whole of an item of a list or part of a large one.
type piece func(*page)

// A page is the text of a few pieces that follow each other. Its memory is used again for others.
type page struct {
	pieces  []piece
	compact []byte       // a message as the proto library writes it
	text    bytes.Buffer // laid out
	err     error
}

const (
	pageLength = 32      // pieces fill a page
	maxKept    = 1 << 20 // bytes of a page's memory are used again; those of a large message are not kept
)

var pages = sync.Pool{New: func() any { return &page{} }}

// inPages gathers pieces into pages, yet without text.
func inPages(all iter.Seq[piece]) iter.Seq[*page] {
	return func(yield func(*page) bool) {
		p := newPage()
		for piece := range all {
			if p.pieces = append(p.pieces, piece); len(p.pieces) < pageLength {
				continue
			}
			if !yield(p) {
				return
			}
			p = newPage()
		}
		yield(p)
	}
}

func newPage() *page {
	p := pages.Get().(*page)
	if p.text.Cap() > maxKept {
		p = &page{}
	}
	p.pieces, p.err = p.pieces[:0], nil
	p.text.Reset()
	return p
}

// fill makes the text of a page.
func fill(p *page) *page {
	for _, piece := range p.pieces {
		if p.err == nil {
			piece(p)
		}
	}
	clear(p.pieces)
	return p
}

// How an item of a list begins. The first has no separator, see [document.list].
const (
	itemIndent    = "    "
	itemSeparator = ","
	itemStart     = itemSeparator + "\n" + itemIndent
)

// item writes an item of a list, with a separator before it; none for nil.
func (p *page) item(m proto.Message) {
	if m == nil {
		return
	}
	p.raw(itemStart)
	p.message(m, itemIndent)
}

func (p *page) raw(text string) { p.text.WriteString(text) }

// message writes a message whose lines but for the first begin with an indentation.
func (p *page) message(m proto.Message, indent string) {
	if p.compact, p.err = marshal(p.compact[:0], m); p.err == nil {
		p.layOut(p.compact, indent)
	}
}

// layOut writes a JSON text with one value a line, whose lines but for the first begin with an indentation. The proto
// library varies its white space from build to build, on purpose; laid out it is the same everywhere.
func (p *page) layOut(text []byte, indent string) {
	p.err = json.Indent(&p.text, text, indent, "  ")
}

// value writes what is not a message, such as an entry of the source map, as an item of a list.
func (p *page) value(v any) {
	var text []byte
	if text, p.err = json.Marshal(v); p.err == nil {
		p.raw(itemStart)
		p.layOut(text, itemIndent)
	}
}
