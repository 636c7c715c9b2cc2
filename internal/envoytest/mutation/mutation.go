// Package mutation changes meshes for tests that ask what a change does: changes that requests may show, of every kind that
// kinds.txt lists, and changes that no request shows ([Neutral]).
package mutation

import (
	_ "embed"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

	"sem.example/internal/envoytest/manifest"
)

type tree = manifest.Tree

// A Kind is a way to change a document, or to add one.
type Kind struct {
	Name   string // its line of the list
	of     string // the kind of document
	path   []string
	op     string
	values []any
}

//go:embed kinds.txt
var list string

// Kinds are the changes that requests may show.
func Kinds() ([]Kind, error) {
	var out []Kind
	for line := range strings.Lines(list) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		k, err := parse(line)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", line, err)
		}
		out = append(out, k)
	}
	return out, nil
}

func parse(line string) (Kind, error) {
	parts := strings.SplitN(line, " ", 4)
	if len(parts) < 3 || !strings.Contains("=+-~*", parts[2]) {
		return Kind{}, fmt.Errorf("want KIND FIELD OPERATION VALUE")
	}
	k := Kind{Name: line, of: parts[0], path: strings.Split(strings.ReplaceAll(parts[1], "[]", ".[]"), "."), op: parts[2]}
	if len(parts) < 4 {
		return k, nil
	}
	for text := range strings.SplitSeq(parts[3], " | ") {
		v, err := manifest.Parse([]byte(text))
		if err != nil {
			return k, err
		}
		k.values = append(k.values, v)
	}
	return k, nil
}

// Apply returns the documents with one change of the kind, at a place that chance decides; false where there is no place for it.
// The documents that it is given stay as they are.
func (k Kind) Apply(docs []tree, chance *rand.Rand) ([]tree, bool) {
	docs = slices.Clone(docs)
	if k.op == "*" {
		return append(docs, k.document(docs, chance)), true
	}
	for _, i := range chance.Perm(len(docs)) {
		if docs[i]["kind"] != k.of {
			continue
		}
		if k.op == "-" && len(k.path) == 1 && k.path[0] == "metadata" {
			return slices.Delete(docs, i, i+1), true
		}
		doc := clone(docs[i]).(tree)
		if k.change(doc, k.path, chance) && !equal(doc, docs[i]) {
			docs[i] = doc
			return docs, true
		}
	}
	return nil, false
}

// document is a new one of the kind, in a namespace that the mesh has.
func (k Kind) document(docs []tree, chance *rand.Rand) tree {
	namespaces := []string{"default"}
	for _, d := range docs {
		if meta, _ := d["metadata"].(tree); meta["namespace"] != nil {
			namespaces = append(namespaces, fmt.Sprint(meta["namespace"]))
		}
	}
	versions := map[string]string{"Namespace": "v1", "PeerAuthentication": "security.istio.io/v1", "AuthorizationPolicy": "security.istio.io/v1", "RequestAuthentication": "security.istio.io/v1", "EnvoyFilter": "networking.istio.io/v1alpha3"}
	version, ok := versions[k.of]
	if !ok {
		version = "networking.istio.io/v1"
	}
	meta := tree{"name": "added"}
	doc := tree{"apiVersion": version, "kind": k.of, "metadata": meta}
	if k.of != "Namespace" {
		meta["namespace"] = namespaces[chance.IntN(len(namespaces))]
		doc["spec"] = clone(k.value(chance))
	}
	return doc
}

func (k Kind) value(chance *rand.Rand) any { return clone(k.values[chance.IntN(len(k.values))]) }

// change applies the kind below a place of a document, and reports whether it could.
func (k Kind) change(at any, path []string, chance *rand.Rand) bool {
	if len(path) > 1 && path[1] == "[]" {
		return k.changeItem(at, path, chance)
	}
	m, ok := at.(tree)
	if !ok {
		return false
	}
	name := path[0]
	if len(path) > 1 {
		if m[name] == nil && k.op != "-" {
			m[name] = tree{}
		}
		return k.change(m[name], path[1:], chance)
	}
	old, exists := m[name]
	items, isList := old.([]any)
	switch k.op {
	case "=":
		m[name] = k.value(chance)
	case "+":
		m[name] = append(slices.Clone(items), k.value(chance))
	case "-":
		delete(m, name)
		return exists
	case "~":
		if len(items) < 2 {
			return false
		}
		i := chance.IntN(len(items) - 1)
		items[i], items[i+1] = items[i+1], items[i]
	}
	return !exists || isList || k.op != "+"
}

// changeItem applies the kind to one item of a list, or below it.
func (k Kind) changeItem(at any, path []string, chance *rand.Rand) bool {
	m, _ := at.(tree)
	items, _ := m[path[0]].([]any)
	for _, i := range chance.Perm(len(items)) {
		switch {
		case len(path) > 2:
			if k.change(items[i], path[2:], chance) {
				return true
			}
		case k.op == "-":
			if items = slices.Delete(slices.Clone(items), i, i+1); len(items) == 0 {
				delete(m, path[0])
			} else {
				m[path[0]] = items
			}
			return true
		default:
			items[i] = k.value(chance)
			return true
		}
	}
	return false
}

// clone copies a part of a document.
func clone(v any) any {
	switch v := v.(type) {
	case tree:
		out := maps.Clone(v)
		for name := range out {
			out[name] = clone(out[name])
		}
		return out
	case []any:
		out := slices.Clone(v)
		for i := range out {
			out[i] = clone(out[i])
		}
		return out
	}
	return v
}

func equal(a, b tree) bool {
	x, errX := manifest.Write([]tree{a})
	y, errY := manifest.Write([]tree{b})
	return errX == nil && errY == nil && string(x) == string(y)
}
