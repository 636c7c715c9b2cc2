package config

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"google.golang.org/protobuf/proto"

	"sem.example/internal/diag"
	"sem.example/internal/gatewayapi"
	"sem.example/internal/parallel"
	"sem.example/internal/source"
)

// Decode reads the documents that a mesh consists of and counts those that it skips. Objects without a namespace get
// the default one. A document that cannot be decoded is left out, with a finding.
func Decode(docs []*source.Document, namespace string) (objects []*Object, skipped int, found diag.List) {
	return decode(docs, namespace, false)
}

// DecodeAll is as Decode, but keeps documents that cannot be decoded whole, with what can be read of them: what refers to them
// refers to something that is there.
func DecodeAll(docs []*source.Document, namespace string) (objects []*Object, skipped int, found diag.List) {
	return decode(docs, namespace, true)
}

func decode(docs []*source.Document, namespace string, all bool) (objects []*Object, skipped int, found diag.List) {
	runs := source.Batches(docs)
	parts := make([]decoded, len(runs))
	parallel.Each(len(runs), func(i int) {
		parts[i].all = all
		parts[i].read(runs[i], namespace)
	})
	for _, p := range parts {
		objects, found = append(objects, p.objects...), append(found, p.found...)
		skipped += p.skipped
	}
	return objects, skipped, found
}

// decoded is what a part of the documents comes to.
type decoded struct {
	all     bool // keep what cannot be decoded whole
	objects []*Object
	skipped int
	found   diag.List
}

func (d *decoded) read(docs []*source.Document, namespace string) {
	for _, doc := range docs {
		group, version := groupVersion(doc.APIVersion)
		k, known := kinds[groupKind{group, doc.Kind}]
		switch {
		case known && slices.Contains(k.versions, version):
			o, faults := k.object(doc, group, namespace)
			d.found = append(d.found, misfits(doc, faults)...)
			if len(faults) == 0 || d.all {
				d.objects = append(d.objects, o)
			}
		case istio(group) && doc.Kind != "" && group != "install.istio.io":
			d.found = append(d.found, unknownKind(doc, known, k))
		default:
			d.custom(doc, group, namespace)
		}
	}
}

// custom takes a document of a kind that is not known for what makes Pods, where it has a template of them.
func (d *decoded) custom(doc *source.Document, group, namespace string) {
	w := customWorkload(doc.Tree())
	if w == nil || doc.Name == "" {
		d.skipped++
		return
	}
	d.objects = append(d.objects, &Object{Doc: doc, Kind: customKind(group, doc.Kind), Meta: meta(doc, namespace), Spec: w})
}

// object decodes one document.
func (k kind) object(doc *source.Document, group, namespace string) (*Object, []fault) {
	o := &Object{Doc: doc, Kind: doc.Kind, Meta: meta(doc, namespace), Status: doc.Tree().Get("status") != nil}
	if k.cluster {
		o.Namespace = ""
	}
	o.Kind = groupKind{group, doc.Kind}.object()
	if k.decode == nil {
		return o, nil
	}
	var faults []fault
	o.Spec, faults = k.decode(doc.Tree())
	if d, ok := o.Spec.(decodedSpec); ok {
		o.Spec, o.Nulls = d.spec, d.nulls
	}
	return o, faults
}

// object is the name that objects have for a kind: that of the Gateway API has its group, for a Gateway of that API is not one of
// Istio's.
func (k groupKind) object() string {
	if k.group == gatewayapi.Group || k.group == gatewayapi.ExperimentalGroup {
		return k.group + "/" + k.kind
	}
	return k.kind
}

func meta(doc *source.Document, namespace string) Meta {
	n := doc.Tree().Get("metadata")
	m := Meta{Namespace: doc.Namespace, Name: doc.Name, Labels: stringMap(n.Get("labels")), Annotations: stringMap(n.Get("annotations"))}
	if m.Namespace == "" {
		m.Namespace = namespace
	}
	m.CreationTimestamp, _ = time.Parse(time.RFC3339, n.StringAt("creationTimestamp"))
	m.Live = n.StringAt("uid") != "" || n.StringAt("resourceVersion") != ""
	return m
}

// stringMap returns the entries of a map whose values are strings.
func stringMap(n *source.Node) map[string]string {
	if n == nil || len(n.Fields) == 0 {
		return nil
	}
	m := make(map[string]string, len(n.Fields))
	for _, f := range n.Fields {
		if f.Value.Kind == source.String {
			m[f.Key] = f.Value.Text
		}
	}
	return m
}

// decodedSpec is the spec of an Istio object, and the paths of the entries that were left out as null.
type decodedSpec struct {
	spec  any
	nulls []string
}

// message decodes the spec of an Istio object.
func message[T any, M interface {
	*T
	proto.Message
}](root *source.Node) (any, []fault) {
	m := M(new(T))
	r := &reader{stored: true}
	r.push("spec", 0)
	r.message(m.ProtoReflect(), root.Get("spec"))
	return decodedSpec{m, r.nulls}, r.faults
}

// content decodes a Kubernetes object, whose content is all that it has beside its metadata.
func content[T any](root *source.Node) (any, []fault) {
	t := new(T)
	return t, unmarshal(root, t)
}

// unmarshal decodes a tree into a struct.
func unmarshal(n *source.Node, into any) []fault {
	err := json.Unmarshal(n.AppendJSON(nil), into)
	if err == nil {
		return nil
	}
	var mismatch *json.UnmarshalTypeError
	if !errors.As(err, &mismatch) {
		return []fault{{message: err.Error()}}
	}
	kind, number, _ := strings.Cut(mismatch.Value, " ") // "number 1.5"
	value := cmp.Or(number, "a "+strings.NewReplacer("array", "list", "object", "map", "bool", "boolean").Replace(kind))
	return []fault{{field: pathAt(n, int(mismatch.Offset), ""), message: "the value must be " + kindText(mismatch.Type.Kind()) + ", not " + value}}
}

// kindText names a kind of values as users of YAML do.
func kindText(k reflect.Kind) string {
	switch k {
	case reflect.String:
		return "a string"
	case reflect.Bool:
		return "true or false"
	case reflect.Slice, reflect.Array:
		return "a list"
	case reflect.Map, reflect.Struct, reflect.Pointer:
		return "a map"
	case reflect.Float32, reflect.Float64:
		return "a number"
	}
	return "a whole number"
}

// pathAt returns the path of the innermost value that an offset in the JSON of a tree falls into.
func pathAt(n *source.Node, offset int, path string) string {
	at := len("{")
	if offset <= at {
		return path
	}
	for _, f := range n.Fields {
		at += len((&source.Node{Kind: source.String, Text: f.Key}).AppendJSON(nil)) + len(":")
		size := len(f.Value.AppendJSON(nil))
		if offset <= at+size {
			return pathAt(f.Value, offset-at, source.Join(path, f.Key))
		}
		at += size + len(",")
	}
	for i, item := range n.Items {
		size := len(item.AppendJSON(nil))
		if offset <= at+size {
			return pathAt(item, offset-at, source.Index(path, i))
		}
		at += size + len(",")
	}
	return path
}

// misfits makes findings of the fields that do not fit the kind of a document.
func misfits(doc *source.Document, faults []fault) diag.List {
	var found diag.List
	for _, f := range faults {
		found = append(found, diag.Diagnostic{Check: diag.Undecodable, At: source.Place{Doc: doc, Field: f.field}, Message: f.message})
	}
	return found
}

func unknownKind(doc *source.Document, known bool, k kind) diag.Diagnostic {
	d := diag.Diagnostic{Check: diag.UnknownKind, Admission: diag.Rejected, At: source.Place{Doc: doc, Field: "apiVersion"}}
	if known {
		d.Message = fmt.Sprintf("%s has no version %s", doc.Kind, doc.APIVersion)
		d.Help = "use one of the versions " + strings.Join(k.versions, ", ")
		return d
	}
	d.At.Field = "kind"
	d.Message = fmt.Sprintf("%s has no kind %s", doc.APIVersion, doc.Kind)
	d.Help = replacement(doc.APIVersion, doc.Kind)
	return d
}
