package render

import (
	"encoding/json"
	"io"
	"slices"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"sem.example/internal/envoy"
	"sem.example/internal/parallel"
)

// Options say what [JSON] prints of the resources, and what beside them.
type Options struct {
	Filter    Filter
	Annotate  bool // writes each resource's origins into its metadata, as filter_metadata.sem
	SourceMap bool // adds "source_map", which leads from addresses to origins
}

// JSON writes the resources of a snapshot that pass the filter: an object with one list for each type.
// The error is the writer's, or tells of a message that has no JSON form.
func JSON(w io.Writer, s *envoy.Snapshot, o Options) error {
	d := document{w: w}
	for _, t := range o.Filter.types() {
		resources := o.Filter.choose(t, s)
		d.list(string(t), len(resources), func(to []byte, i int) ([]byte, error) {
			if o.Annotate {
				return marshal(to, annotated(resources[i], s.Origins))
			}
			return marshal(to, resources[i])
		})
	}
	if o.SourceMap {
		entries := SourceMap(s, o.Filter)
		d.list("source_map", len(entries), func(to []byte, i int) ([]byte, error) {
			text, err := json.Marshal(entries[i])
			return append(to, text...), err
		})
	}
	return d.close()
}

// A document writes a JSON object of lists, some pages at a time, so that a large snapshot is never held as text.
// It remembers the first error and writes nothing after it.
type document struct {
	w     io.Writer
	lists int
	pages [32]page
	err   error
}

// A page is the text of a few items of a list that follow each other. Its memory is used again for the next.
type page struct {
	item []byte // as the item gives it
	text []byte // laid out
	err  error
}

const (
	pageLength = 32      // items fill a page
	maxKept    = 1 << 20 // bytes of a page's memory are used again; the text of a large route table is not kept
)

// An item appends the JSON of the i-th item of a list.
type item func(to []byte, i int) ([]byte, error)

func (d *document) list(name string, length int, item item) {
	d.print(separator(d.lists, "{"), "\n  ", `"`, name, `": [`)
	d.lists++
	for from := 0; from < length && d.err == nil; from += len(d.pages) * pageLength {
		pages := d.pages[:min(len(d.pages), (length-from+pageLength-1)/pageLength)]
		parallel.Each(len(pages), func(k int) {
			first := from + k*pageLength
			pages[k].fill(first, min(first+pageLength, length), item)
		})
		for _, p := range pages {
			d.add(p)
		}
	}
	if length > 0 {
		d.print("\n  ")
	}
	d.print("]")
}

// fill makes the text of the items from one index to before another.
func (p *page) fill(from, to int, item item) {
	if p.text, p.err = p.text[:0], nil; cap(p.text) > maxKept {
		p.item, p.text = nil, nil
	}
	for i := from; i < to && p.err == nil; i++ {
		p.item, p.err = item(p.item[:0], i)
		p.text = append(append(slices.Grow(p.text, 2*len(p.item)), separator(i, "")...), "\n    "...)
		p.text = appendIndented(p.text, p.item, "    ")
	}
}

func (d *document) add(p page) {
	if d.err == nil {
		d.err = p.err
	}
	if d.err == nil {
		_, d.err = d.w.Write(p.text)
	}
}

func (d *document) close() error {
	d.print("\n}\n")
	return d.err
}

func (d *document) print(parts ...string) {
	for _, p := range parts {
		if d.err == nil {
			_, d.err = io.WriteString(d.w, p)
		}
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
