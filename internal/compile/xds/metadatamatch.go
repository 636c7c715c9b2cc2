package xds

import (
	matcherv3 "github.com/envoyproxy/go-control-plane/envoy/type/matcher/v3"
)

// The filter that checks JSON Web Tokens, and the key of its metadata that holds the claims of the token.
const (
	JWTFilter  = "envoy.filters.http.jwt_authn"
	JWTPayload = "payload"
)

// MetadataPath is the path of keys to a value of metadata.
func MetadataPath(keys ...string) []*matcherv3.MetadataMatcher_PathSegment {
	var out []*matcherv3.MetadataMatcher_PathSegment
	for _, k := range keys {
		out = append(out, &matcherv3.MetadataMatcher_PathSegment{Segment: &matcherv3.MetadataMatcher_PathSegment_Key{Key: k}})
	}
	return out
}

// StringValue matches a value that is a string.
func StringValue(m *matcherv3.StringMatcher) *matcherv3.ValueMatcher {
	return &matcherv3.ValueMatcher{MatchPattern: &matcherv3.ValueMatcher_StringMatch{StringMatch: m}}
}

// ListValue matches a list that has an element which matches.
func ListValue(one *matcherv3.ValueMatcher) *matcherv3.ValueMatcher {
	return &matcherv3.ValueMatcher{MatchPattern: &matcherv3.ValueMatcher_ListMatch{ListMatch: &matcherv3.ListMatcher{
		MatchPattern: &matcherv3.ListMatcher_OneOf{OneOf: one},
	}}}
}

// OrValue matches what any of the matchers matches.
func OrValue(any ...*matcherv3.ValueMatcher) *matcherv3.ValueMatcher {
	return &matcherv3.ValueMatcher{MatchPattern: &matcherv3.ValueMatcher_OrMatch{OrMatch: &matcherv3.OrMatcher{ValueMatchers: any}}}
}

// ValueIn matches one of several values; a single one stands for itself.
func ValueIn(any []*matcherv3.ValueMatcher) *matcherv3.ValueMatcher {
	if len(any) == 1 {
		return any[0]
	}
	return OrValue(any...)
}
