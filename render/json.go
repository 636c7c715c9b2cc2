package render

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"runtime"
	"sync"
	"sync/atomic"

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

// A document writes a JSON object of lists, some items at a time, so that a large snapshot is never held as text.
// It remembers the first error and writes nothing after it.
type document struct {
	w     io.Writer
	lists int
	err   error
}

// batch is how many items are made, by all processors together, before they are written.
const batch = 512

func (d *document) list(name string, length int, item func(int) ([]byte, error)) {
	d.print(separator(d.lists, "{"), "\n  ", `"`, name, `": [`)
	d.lists++
	for from := 0; from < length && d.err == nil; from += batch {
		texts, err := inParallel(from, min(from+batch, length), func(i int) ([]byte, error) {
			text, err := item(i)
			if err != nil {
				return nil, err
			}
			return indent(text, "    ")
		})
		if err != nil {
			d.err = err
		}
		for i, text := range texts {
			d.print(separator(from+i, ""), "\n    ", string(text))
		}
	}
	if length > 0 {
		d.print("\n  ")
	}
	d.print("]")
}

// inParallel makes the items from one index to before another and returns them in their order.
func inParallel(from, to int, item func(int) ([]byte, error)) ([][]byte, error) {
	texts, errs := make([][]byte, to-from), make([]error, to-from)
	var next atomic.Int64
	var wait sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wait.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(texts); i = int(next.Add(1)) - 1 {
				texts[i], errs[i] = item(from + i)
			}
		})
	}
	wait.Wait()
	return texts, errors.Join(errs...)
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
