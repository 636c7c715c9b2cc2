package compile

import (
	"maps"
	"slices"
	"sort"
	"strings"

	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	matcherv3 "github.com/envoyproxy/go-control-plane/envoy/type/matcher/v3"
	networking "istio.io/api/networking/v1alpha3"
)

// everyRequest is the match that takes every request.
var everyRequest = &routev3.RouteMatch{PathSpecifier: &routev3.RouteMatch_Prefix{Prefix: "/"}}

// routeMatch is what a request must look like for a route; a nil match takes every request.
func routeMatch(in *networking.HTTPMatchRequest) *routev3.RouteMatch {
	if in == nil {
		return everyRequest
	}
	out := &routev3.RouteMatch{PathSpecifier: everyRequest.PathSpecifier}
	matchPath(out, in.Uri)
	out.CaseSensitive = whether(!in.IgnoreUriCase)
	matchHeaders(out, in)
	for _, name := range slices.Sorted(maps.Keys(in.QueryParams)) {
		out.QueryParameters = append(out.QueryParameters, queryMatcher(name, in.QueryParams[name]))
	}
	return out
}

func matchPath(out *routev3.RouteMatch, uri *networking.StringMatch) {
	switch m := uri.GetMatchType().(type) {
	case *networking.StringMatch_Exact:
		out.PathSpecifier = &routev3.RouteMatch_Path{Path: m.Exact}
	case *networking.StringMatch_Prefix:
		out.PathSpecifier = &routev3.RouteMatch_Prefix{Prefix: m.Prefix}
	case *networking.StringMatch_Regex:
		out.PathSpecifier = &routev3.RouteMatch_SafeRegex{SafeRegex: &matcherv3.RegexMatcher{Regex: m.Regex}}
	}
}

// matchHeaders adds the conditions on headers in istiod's order: those on ordinary headers by name, then those on the
// method, authority and scheme. A name that stands for a claim of the caller's token becomes a condition on metadata.
func matchHeaders(out *routev3.RouteMatch, in *networking.HTTPMatchRequest) {
	for _, name := range slices.Sorted(maps.Keys(in.Headers)) {
		if claim := claimMatcher(name, in.Headers[name]); claim != nil {
			out.DynamicMetadata = append(out.DynamicMetadata, claim)
			continue
		}
		out.Headers = append(out.Headers, headerMatcher(name, in.Headers[name]))
	}
	for _, name := range slices.Sorted(maps.Keys(in.WithoutHeaders)) {
		if claim := claimMatcher(name, in.WithoutHeaders[name]); claim != nil {
			claim.Invert = true
			out.DynamicMetadata = append(out.DynamicMetadata, claim)
			continue
		}
		out.Headers = append(out.Headers, absentMatcher(name, in.WithoutHeaders[name]))
	}
	sort.SliceStable(out.Headers, func(i, j int) bool { return out.Headers[i].Name < out.Headers[j].Name })

	for _, pseudo := range []struct {
		name  string
		match *networking.StringMatch
	}{{":method", in.Method}, {":authority", in.Authority}, {":scheme", in.Scheme}} {
		if pseudo.match != nil {
			out.Headers = append(out.Headers, headerMatcher(pseudo.name, pseudo.match))
		}
	}
}

func headerMatcher(name string, in *networking.StringMatch) *routev3.HeaderMatcher {
	out := &routev3.HeaderMatcher{Name: name}
	if presenceOnly(in) {
		out.HeaderMatchSpecifier = &routev3.HeaderMatcher_PresentMatch{PresentMatch: true}
	} else if m := stringMatcher(in); m != nil {
		out.HeaderMatchSpecifier = &routev3.HeaderMatcher_StringMatch{StringMatch: m}
	}
	return out
}

// absentMatcher wants that a header does not match. A header that the request lacks counts as an empty one, so that it
// too does "not match" a value.
func absentMatcher(name string, in *networking.StringMatch) *routev3.HeaderMatcher {
	out := headerMatcher(name, in)
	out.InvertMatch = true
	out.TreatMissingHeaderAsEmpty = !presenceOnly(in)
	return out
}

func queryMatcher(name string, in *networking.StringMatch) *routev3.QueryParameterMatcher {
	out := &routev3.QueryParameterMatcher{Name: name}
	if presenceOnly(in) {
		out.QueryParameterMatchSpecifier = &routev3.QueryParameterMatcher_PresentMatch{PresentMatch: true}
	} else if m := stringMatcher(in); m != nil {
		out.QueryParameterMatchSpecifier = &routev3.QueryParameterMatcher_StringMatch{StringMatch: m}
	}
	return out
}

// presenceOnly says whether a condition asks for presence alone. The regex "*" is none, yet istiod reads it so.
func presenceOnly(in *networking.StringMatch) bool {
	return in.GetMatchType() == nil || in.GetRegex() == "*"
}

func stringMatcher(in *networking.StringMatch) *matcherv3.StringMatcher {
	switch m := in.GetMatchType().(type) {
	case *networking.StringMatch_Exact:
		return exactly(m.Exact, false)
	case *networking.StringMatch_Prefix:
		return startsWith(m.Prefix, false)
	case *networking.StringMatch_Regex:
		return regex(m.Regex)
	}
	return nil
}

// claimPrefix starts the header names that stand for a claim of a JSON web token.
const claimPrefix = "@request.auth.claims"

// claimPath takes "@request.auth.claims.group.id" or "@request.auth.claims[group][id]" apart; nil for other names.
func claimPath(header string) []string {
	if len(header) < len(claimPrefix) || !strings.EqualFold(header[:len(claimPrefix)], claimPrefix) {
		return nil
	}
	switch rest := header[len(claimPrefix):]; {
	case len(rest) > 1 && rest[0] == '.':
		return strings.Split(rest[1:], ".")
	case len(rest) > 2 && rest[0] == '[' && rest[len(rest)-1] == ']':
		return strings.Split(rest[1:len(rest)-1], "][")
	}
	return nil
}

// claimMatcher is the condition on a claim, which holds for a claim of that value and for a list with that value in it.
// It is nil where the header name is an ordinary one.
func claimMatcher(header string, in *networking.StringMatch) *matcherv3.MetadataMatcher {
	claims := claimPath(header)
	if claims == nil {
		return nil
	}
	value := stringValue(stringMatcher(in))
	return &matcherv3.MetadataMatcher{
		Filter: jwtFilter,
		Path:   metadataPath(append([]string{jwtPayload}, claims...)...),
		Value:  orValue(listOf(value), value),
	}
}

// takesAll says whether a match lets every request through, so that no later route of the virtual host is reached.
func takesAll(m *routev3.RouteMatch) bool {
	everyPath := false
	switch p := m.PathSpecifier.(type) {
	case *routev3.RouteMatch_Prefix:
		everyPath = p.Prefix == "/"
	case *routev3.RouteMatch_SafeRegex:
		everyPath = p.SafeRegex.GetRegex() == ".*"
	}
	return everyPath && len(m.Headers) == 0 && len(m.QueryParameters) == 0 && len(m.DynamicMetadata) == 0
}

// appliesHere says whether a match's conditions on the client, which are settled before any request, hold: the port of
// the listener, and either the gateways or the labels and namespace of the proxy. With gateways named, the labels and
// the namespace do not count.
func (c *Compiler) appliesHere(m *networking.HTTPMatchRequest, scope routeScope) bool {
	switch {
	case m == nil:
		return true
	case m.Port != 0 && m.Port != scope.port:
		return false
	case len(m.Gateways) > 0:
		return slices.ContainsFunc(m.Gateways, func(g string) bool { return slices.Contains(scope.gateways, g) })
	}
	return c.isClient(m.SourceLabels, m.SourceNamespace)
}

// isClient says whether the proxy has the labels and is in the namespace that a rule wants of its clients.
func (c *Compiler) isClient(labels map[string]string, namespace string) bool {
	for k, v := range labels {
		if got, ok := c.view.Proxy.Labels[k]; !ok || got != v {
			return false
		}
	}
	return namespace == "" || namespace == c.view.Proxy.Namespace
}
