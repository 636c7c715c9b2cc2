package match

import (
	"slices"
	"strings"

	matcherv3 "github.com/envoyproxy/go-control-plane/envoy/type/matcher/v3"

	"sem.example/simulate/decision"
)

// NewMetadata compiles a test of what filters learnt of a request, such as the claims of its token.
func NewMetadata(m *matcherv3.MetadataMatcher) func(map[string]any) bool {
	value := newValue(m.GetValue())
	return func(all map[string]any) bool { return value(MetadataValue(m, all)) != m.GetInvert() }
}

// MetadataValue is the value that a test of metadata is about; nil where it is absent.
func MetadataValue(m *matcherv3.MetadataMatcher, all map[string]any) any {
	at := all[m.GetFilter()]
	for _, s := range m.GetPath() {
		fields, ok := at.(map[string]any)
		if !ok {
			return nil
		}
		at = fields[s.GetKey()]
	}
	return at
}

// ValueText is the test of a text that a test of a JSON value comes down to: of the value itself, or of one of its list.
func ValueText(m *matcherv3.ValueMatcher) decision.TextTest {
	switch p := m.GetMatchPattern().(type) {
	case *matcherv3.ValueMatcher_StringMatch:
		return NewText(p.StringMatch).Says
	case *matcherv3.ValueMatcher_ListMatch:
		return ValueText(p.ListMatch.GetOneOf())
	case *matcherv3.ValueMatcher_OrMatch:
		for _, one := range p.OrMatch.GetValueMatchers() {
			return ValueText(one)
		}
	case *matcherv3.ValueMatcher_PresentMatch:
		return present(p.PresentMatch)
	}
	return decision.TextTest{Test: decision.Other}
}

// metadataPath names what a test of metadata asks about.
func metadataPath(m *matcherv3.MetadataMatcher) string {
	keys := Mapped(m.GetPath(), func(s *matcherv3.MetadataMatcher_PathSegment) string { return s.GetKey() })
	return strings.Join(keys, ".")
}

// newValue compiles a test of a JSON value; nil is an absent one.
func newValue(m *matcherv3.ValueMatcher) func(any) bool {
	switch p := m.GetMatchPattern().(type) {
	case *matcherv3.ValueMatcher_StringMatch:
		text := NewText(p.StringMatch)
		return func(v any) bool { s, ok := v.(string); return ok && text.Test(s) }
	case *matcherv3.ValueMatcher_BoolMatch:
		return func(v any) bool { return v == p.BoolMatch }
	case *matcherv3.ValueMatcher_PresentMatch:
		return func(v any) bool { return (v != nil) == p.PresentMatch }
	case *matcherv3.ValueMatcher_ListMatch:
		one := newValue(p.ListMatch.GetOneOf())
		return func(v any) bool { list, ok := v.([]any); return ok && slices.ContainsFunc(list, one) }
	case *matcherv3.ValueMatcher_OrMatch:
		tests := Mapped(p.OrMatch.GetValueMatchers(), newValue)
		return func(v any) bool { return slices.ContainsFunc(tests, func(t func(any) bool) bool { return t(v) }) }
	case *matcherv3.ValueMatcher_DoubleMatch:
		return func(v any) bool { n, ok := v.(float64); return ok && inDouble(p.DoubleMatch, n) }
	}
	return func(v any) bool { return v == nil }
}

func inDouble(m *matcherv3.DoubleMatcher, n float64) bool {
	if r := m.GetRange(); r != nil {
		return n >= r.GetStart() && n < r.GetEnd()
	}
	return n == m.GetExact()
}
