package render

import (
	"io"
	"iter"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"sem.example/internal/envoy"
)

// Options say what [JSON] prints of the resources, and what beside them.
type Options struct {
	Filter    Filter
	Origins   envoy.Origins // of the resources, for one of these:
	Annotate  bool          // writes each resource's origins into its metadata, as filter_metadata.sem
	SourceMap bool          // adds "source_map", which leads from addresses to origins
	Unread    []string      // parts of the input that could not be read, which "unread" lists
}

// JSON writes the resources of a proxy that pass the filter: an object with one list for each type. Each resource is asked
// for once and let go once it is printed. The error is the writer's, or tells of a message that has no JSON form.
func JSON(w io.Writer, from envoy.Lists, o Options) error {
	d, chosen := document{w: w}, newChooser(o.Filter, from)
	for _, t := range o.Filter.types() {
		list := chosen.list(t)
		if t == envoy.Extensions && list.Len == 0 && len(o.Filter.Types) == 0 {
			continue // few proxies have any, and nobody asked
		}
		d.list(string(t), resources(list, t, o))
	}
	if o.SourceMap {
		d.list("source_map", entries(SourceMap(from, o.Origins, o.Filter)))
	}
	if len(o.Unread) > 0 {
		d.list("unread", texts(o.Unread))
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

func texts(all []string) iter.Seq[piece] {
	return func(yield func(piece) bool) {
		for _, text := range all {
			if !yield(func(p *page) { p.value(text) }) {
				return
			}
		}
	}
}

func entries(all []Entry) iter.Seq[piece] {
	return func(yield func(piece) bool) {
		for _, e := range all {
			if !yield(func(p *page) { p.value(e) }) {
				return
			}
		}
	}
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
