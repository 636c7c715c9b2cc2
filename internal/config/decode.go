package config

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"sem.example/internal/diag"
	"sem.example/internal/source"
)

// Decode reads the documents that a mesh consists of and counts those that it skips. Objects without a namespace get
// the default one. A document that cannot be decoded is left out, with a finding.
func Decode(docs []*source.Document, namespace string) (objects []*Object, skipped int, found diag.List) {
	for _, doc := range docs {
		group, version := groupVersion(doc.APIVersion)
		k, known := kinds[groupKind{group, doc.Kind}]
		switch {
		case known && slices.Contains(k.versions, version):
		case istio(group) && doc.Kind != "" && group != "install.istio.io":
			found = append(found, unknownKind(doc, known, k))
			continue
		default:
			skipped++
			continue
		}
		o, err := k.object(doc, group, namespace)
		if err != nil {
			found = append(found, undecodable(doc, err))
			continue
		}
		objects = append(objects, o)
	}
	return objects, skipped, found
}

// object decodes one document.
func (k kind) object(doc *source.Document, group, namespace string) (*Object, error) {
	o := &Object{Doc: doc, Kind: doc.Kind, Meta: meta(doc, namespace)}
	if k.cluster {
		o.Namespace = ""
	}
	if k.opaque && group == gatewayGroup {
		o.Kind = group + "/" + doc.Kind // a Gateway of that API is not one of Istio's
	}
	if k.decode == nil {
		return o, nil
	}
	var err error
	o.Spec, err = k.decode(doc.Root)
	return o, err
}

func meta(doc *source.Document, namespace string) Meta {
	n := doc.Root.Get("metadata")
	m := Meta{Namespace: doc.Namespace, Name: doc.Name, Labels: stringMap(n.Get("labels")), Annotations: stringMap(n.Get("annotations"))}
	if m.Namespace == "" {
		m.Namespace = namespace
	}
	m.CreationTimestamp, _ = time.Parse(time.RFC3339, n.StringAt("creationTimestamp"))
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

// message decodes the spec of an Istio object with the decoder that istiod uses too: it takes durations as Go writes
// them ("250ms") and ignores fields that it does not know.
func message[T any, M interface {
	*T
	json.Unmarshaler
}](root *source.Node) (any, error) {
	m := M(new(T))
	spec := root.Get("spec")
	if spec == nil || spec.Kind == source.Null {
		return m, nil
	}
	if err := m.UnmarshalJSON(spec.AppendJSON(nil)); err != nil {
		return nil, err
	}
	return m, nil
}

// undecodable is the finding for a document whose content does not fit its kind.
func undecodable(doc *source.Document, err error) diag.Diagnostic {
	at, message := "spec", strings.TrimPrefix(strings.ReplaceAll(err.Error(), "\u00a0", " "), "proto: ")
	if typ, ok := err.(*json.UnmarshalTypeError); ok {
		message = fmt.Sprintf("a %s does not fit here", typ.Value)
	}
	return diag.Diagnostic{Check: diag.Undecodable, At: diag.Place{Doc: doc, Field: at}, Message: message}
}

func unknownKind(doc *source.Document, known bool, k kind) diag.Diagnostic {
	d := diag.Diagnostic{Check: diag.UnknownKind, Admission: diag.Rejected, At: diag.Place{Doc: doc, Field: "apiVersion"}}
	if known {
		d.Message = fmt.Sprintf("%s has no version %s", doc.Kind, doc.APIVersion)
		d.Help = "use one of the versions " + strings.Join(k.versions, ", ")
		return d
	}
	d.At.Field = "kind"
	d.Message = fmt.Sprintf("%s has no kind %s", doc.APIVersion, doc.Kind)
	return d
}
