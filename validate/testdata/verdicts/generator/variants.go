package main

import (
	"math/rand/v2"
	"slices"
	"sort"
	"strings"

	v1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
)

// variants calls yield with each value that differs from n in one place: a field less or more, an item less or twice, a list as long
// as allowed and longer, another type, and the values at the edges of what the schema allows. Path is where n is.
func variants(n any, s *v1.JSONSchemaProps, path string, r *rand.Rand, yield func(path string, value any)) {
	if s == nil {
		s = &v1.JSONSchemaProps{}
	}
	for _, other := range []any{"text", int64(7), true, nil, []any{}, map[string]any{}} {
		yield(path, other)
	}
	switch n := n.(type) {
	case map[string]any:
		variantsOfObject(n, s, path, r, yield)
	case []any:
		variantsOfList(n, s, path, r, yield)
	default:
		for _, value := range limits(s) {
			yield(path, value)
		}
		for range 25 {
			yield(path, edge[r.IntN(len(edge))])
		}
	}
}

func variantsOfObject(n map[string]any, s *v1.JSONSchemaProps, path string, r *rand.Rand, yield func(string, any)) {
	with := func(key string) func(string, any) {
		return func(at string, value any) {
			c := make(map[string]any, len(n)+1)
			for k, v := range n {
				c[k] = v
			}
			c[key] = value
			yield(at, c)
		}
	}
	for _, key := range keysOf(n) {
		c := map[string]any{}
		for k, v := range n {
			if k != key {
				c[k] = v
			}
		}
		yield(path+"."+key, c)
		child := schemaOf(s, key)
		variants(n[key], child, path+"."+key, r, with(key))
	}
	for _, key := range keysOf(s.Properties) {
		if _, set := n[key]; set || key == "status" {
			continue
		}
		for range 4 {
			with(key)(path+"."+key, sample(schemaOf(s, key), r))
		}
	}
	with("bogus")(path+".bogus", "x")
}

func variantsOfList(n []any, s *v1.JSONSchemaProps, path string, r *rand.Rand, yield func(string, any)) {
	var item *v1.JSONSchemaProps
	if s.Items != nil {
		item = s.Items.Schema
	}
	for i := range n {
		yield(path, slices.Delete(slices.Clone(n), i, i+1))
		yield(path, slices.Insert(slices.Clone(n), i, clone(n[i])))
		variants(n[i], item, path, r, func(at string, value any) {
			c := slices.Clone(n)
			c[i] = value
			yield(at, c)
			if strings.LastIndexByte(at, '.') <= len(path) {
				yield(at, append(slices.Clone(n), value)) // beside the item that it was made from
			}
		})
	}
	if s.MaxItems != nil && len(n) > 0 {
		for _, size := range []int64{*s.MaxItems, *s.MaxItems + 1} {
			var c []any
			for i := range size {
				c = append(c, numbered(n[0], int(i)))
			}
			yield(path, c)
		}
	}
}

// numbered is an item with a name or value of its own.
func numbered(item any, i int) any {
	suffix := strings.Repeat("x", i/26) + string(rune('a'+i%26))
	switch item := clone(item).(type) {
	case map[string]any:
		for _, key := range []string{"name", "value", "hostname"} {
			if text, ok := item[key].(string); ok {
				item[key] = text + suffix
				break
			}
		}
		return item
	case string:
		return item + suffix
	case int64:
		return item + int64(i)
	default:
		return item
	}
}

// limits are the values at the edges of what a schema allows of a scalar.
func limits(s *v1.JSONSchemaProps) []any {
	var out []any
	if s.MaxLength != nil {
		out = append(out, strings.Repeat("a", int(*s.MaxLength)), strings.Repeat("a", int(*s.MaxLength)+1))
	}
	for _, bound := range []*float64{s.Minimum, s.Maximum} {
		if bound != nil {
			out = append(out, int64(*bound)-1, int64(*bound), int64(*bound)+1)
		}
	}
	for _, e := range s.Enum {
		out = append(out, decoded(e.Raw))
	}
	return out
}

func schemaOf(s *v1.JSONSchemaProps, key string) *v1.JSONSchemaProps {
	if p, ok := s.Properties[key]; ok {
		return &p
	}
	if s.AdditionalProperties != nil && s.AdditionalProperties.Schema != nil {
		return s.AdditionalProperties.Schema
	}
	return nil
}

func keysOf[V any](m map[string]V) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
