package render

import (
	"bytes"
	"encoding/json"
	"io"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"sem.example/internal/envoy"
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
		d.list(string(t), len(resources), func(i int) ([]byte, error) {
			if o.Annotate {
				return marshal(annotated(resources[i], s.Origins))
			}
			return marshal(resources[i])
		})
	}
	if o.SourceMap {
		entries := SourceMap(s, o.Filter)
		d.list("source_map", len(entries), func(i int) ([]byte, error) { return json.Marshal(entries[i]) })
	}
	return d.close()
}

// A document writes a JSON object of lists item by item, so that a large snapshot is never held as text.
// It remembers the first error and writes nothing after it.
type document struct {
	w     io.Writer
	lists int
	err   error
}

func (d *document) list(name string, length int, item func(int) ([]byte, error)) {
	d.print(separator(d.lists, "{"), "\n  ", `"`, name, `": [`)
	d.lists++
	for i := range length {
		text, err := item(i)
		if err == nil {
			text, err = indent(text, "    ")
		}
		if err != nil && d.err == nil {
			d.err = err
		}
		d.print(separator(i, ""), "\n    ", string(text))
	}
	if length > 0 {
		d.print("\n  ")
	}
	d.print("]")
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

// indent lays out JSON. The proto library varies its white space from build to build, on purpose; here it becomes the
// same everywhere.
func indent(text []byte, prefix string) ([]byte, error) {
	var compact, out bytes.Buffer
	if err := json.Compact(&compact, text); err != nil {
		return nil, err
	}
	err := json.Indent(&out, compact.Bytes(), prefix, "  ")
	return out.Bytes(), err
}

var protoNames = protojson.MarshalOptions{UseProtoNames: true}

// marshal writes a message as proto JSON with the field names of the protos.
func marshal(m proto.Message) ([]byte, error) {
	text, err := protoNames.Marshal(m)
	if err != nil {
		return marshalOpaque(m)
	}
	return text, nil
}
