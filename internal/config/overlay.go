package config

import (
	"maps"
	"slices"

	"sem.example/internal/gatewayapi"
	"sem.example/internal/source"
)

// UnusableParameter returns a key of a ConfigMap with parameters for a Gateway that istiod's controller cannot use, and why; "" where it
// can use them all. With such a key it deploys nothing.
func UnusableParameter(o *Object) (key, why string) {
	data := Spec[*ConfigMap](o).Data
	if key := gatewayapi.UnknownParameter(data); key != "" {
		return key, "istiod does not know the key " + key
	}
	for _, key := range slices.Sorted(maps.Keys(data)) {
		if _, ok := embeddedObject(o, key); !ok {
			return key, "istiod cannot read an object from the text under the key " + key
		}
	}
	return "", ""
}

// Overlay lays what is written as text under a key of a ConfigMap over a value: maps and structs are merged, lists replaced. It reports
// whether the text fits the value, which is part of an object and need not name a kind; no text does.
func Overlay(o *Object, key string, over any) bool {
	if m := Spec[*ConfigMap](o); m == nil || m.Data[key] == "" {
		return true
	}
	root, ok := embeddedObject(o, key)
	return ok && len(unmarshal(root, over)) == 0
}

// embeddedObject reads the object that is written as text under a key of a ConfigMap.
func embeddedObject(o *Object, key string) (root *source.Node, ok bool) {
	if o.Doc == nil {
		return &source.Node{Kind: source.Map}, true
	}
	inner, problems := o.Doc.Embedded("data." + key)
	switch inner.Root.Kind {
	case source.Map:
		return inner.Root, len(inner.Root.Fields) > 0 || len(problems) == 0
	case source.Null:
		return inner.Root, true
	}
	return inner.Root, false
}
