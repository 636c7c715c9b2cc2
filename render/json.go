package render

import (
	"io"
	"iter"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"sem.example/internal/envoy"
	"sem.example/internal/parallel"
)

// Options say what [JSON] prints of the resources, and what beside them.
type Options struct {
	Filter    Filter
	Origins   envoy.Origins // of the resources, for one of these:
	Annotate  bool          // writes each resource's origins into its metadata, as filter_metadata.sem
	SourceMap bool          // adds "source_map", which leads from addresses to origins
}

// JSON writes the resources of a proxy that pass the filter: an object with one list for each type. Each resource is asked
// for once and let go once it is printed. The error is the writer's, or tells of a message that has no JSON form.
func JSON(w io.Writer, from envoy.Lists, o Options) error {
	d, chosen := document{w: w}, chooser{Filter: o.Filter, from: from}
	for _, t := range o.Filter.types() {
		d.list(string(t), resources(chosen.list(t), t, o))
	}
	if o.SourceMap {
		d.list("source_map", entries(SourceMap(from, o.Origins, o.Filter)))
	}
	return d.close()
}

// resources are the pieces of all resources of a type. Listeners and route tables grow with the mesh and are split; the
// others are many, and made by whoever prints them.
func resources(list envoy.List, t envoy.Type, o Options) iter.Seq[piece] {
	get := func(i int) proto.Message {
		m := list.At(i)
		if m != nil && o.Annotate {
			m = annotated(m, o.Origins)
		}
		return m
	}
	return func(yield func(piece) bool) {
		s := splitter{yield: yield}
		for i := 0; i < list.Len && !s.stopped; i++ {
			switch t {
			case envoy.Listeners, envoy.Routes:
				if m := get(i); m != nil {
					s.message(itemStart, m, itemIndent)
				}
			default:
				s.put(func(p *page) { p.item(get(i)) })
			}
		}
	}
}

func entries(all []Entry) iter.Seq[piece] {
	return func(yield func(piece) bool) {
		for _, e := range all {
			if !yield(func(p *page) { p.entry(e) }) {
				return
			}
		}
	}
}

// A document writes a JSON object of lists, some pages at a time, so that a large one is never held as text. It remembers
// the first error and writes nothing after it.
type document struct {
	w     io.Writer
	lists int
	first bool // the next item is the first of its list, and has no separator
	err   error
}

func (d *document) list(name string, items iter.Seq[piece]) {
	d.print(separator(d.lists, "{"), "\n  ", `"`, name, `": [`)
	d.lists++
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
		text := p.text
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

func separator(i int, first string) string {
	if i == 0 {
		return first
	}
	return ","
}

var protoNames = protojson.MarshalOptions{UseProtoNames: true}

// marshal appends a message as proto JSON with the field names of the protos.
func marshal(to []byte, m proto.Message) ([]byte, error) {
	text, err := protoNames.MarshalAppend(to, m)
	if err != nil {
		return marshalOpaque(to, m)
	}
	return text, nil
}
