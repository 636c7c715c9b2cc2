package render

import (
	"io"
	"iter"

	"sem.example/internal/parallel"
)

// A document writes a JSON object of lists, some pages at a time, so that a large one is never held as text. It remembers
// the first error and writes nothing after it.
type document struct {
	w     io.Writer
	lists int
	first bool // the next item is the first of its list, and has no separator
	err   error
}

func (d *document) list(name string, items iter.Seq[piece]) {
	open := ","
	if d.lists++; d.lists == 1 {
		open = "{"
	}
	d.print(open, "\n  ", `"`, name, `": [`)
	d.first = true
	d.pages(items)
	if !d.first {
		d.print("\n  ")
	}
	d.first = false
	d.print("]")
}

// pages writes pieces side by side, in their order.
func (d *document) pages(all iter.Seq[piece]) {
	parallel.InOrder(inPages(all), fill, func(p *page) bool {
		defer pages.Put(p)
		text := p.text.Bytes()
		if d.first && len(text) > 0 {
			text, d.first = text[len(itemSeparator):], false
		}
		d.add(text, p.err)
		return d.err == nil
	})
}

func (d *document) add(text []byte, err error) {
	if d.err == nil {
		d.err = err
	}
	if d.err == nil {
		_, d.err = d.w.Write(text)
	}
}

func (d *document) close() error {
	d.print("\n}\n")
	return d.err
}

func (d *document) print(parts ...string) {
	for _, p := range parts {
		d.add([]byte(p), nil)
	}
}
