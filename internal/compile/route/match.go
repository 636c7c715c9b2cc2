package route

import (
	"slices"
	"sort"
	"strings"

	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	matcherv3 "github.com/envoyproxy/go-control-plane/envoy/type/matcher/v3"

	"sem.example/internal/compile/proxy"
	"sem.example/internal/compile/xds"
	"sem.example/internal/mesh"
	"sem.example/internal/mesh/routing"
)

// everyRequest is the match that takes every request.
var everyRequest = &routev3.RouteMatch{PathSpecifier: &routev3.RouteMatch_Prefix{Prefix: "/"}}

// Match is what a request must look like for a route; a nil match takes every request.
func Match(in *routing.HTTPMatch) *routev3.RouteMatch {
	if in == nil {
		return everyRequest
	}
	out := &routev3.RouteMatch{PathSpecifier: everyRequest.PathSpecifier}
	matchPath(out, in.Path)
	out.CaseSensitive = xds.Bool(!in.IgnorePathCase)
	matchHeaders(out, in)
	for _, m := range in.QueryParams {
		out.QueryParameters = append(out.QueryParameters, queryMatcher(m))
	}
	return out
}

func matchPath(out *routev3.RouteMatch, path routing.StringMatch) {
	switch path.Kind {
	case routing.Exact:
		out.PathSpecifier = &routev3.RouteMatch_Path{Path: path.Value}
	case routing.Prefix:
		out.PathSpecifier = &routev3.RouteMatch_Prefix{Prefix: path.Value}
	case routing.Below:
		out.PathSpecifier = below(path.Value)
	case routing.Regex:
		out.PathSpecifier = &routev3.RouteMatch_SafeRegex{SafeRegex: &matcherv3.RegexMatcher{Regex: path.Value}}
	}
}

// below takes a path and what is below it; everything is below the root.
func below(path string) *routev3.RouteMatch_PathSeparatedPrefix {
	return &routev3.RouteMatch_PathSeparatedPrefix{PathSeparatedPrefix: strings.TrimSuffix(path, "/")}
}

// matchHeaders adds the conditions on headers in istiod's order: those on ordinary headers by name, then those on the
// method, authority and scheme. A name that stands for a claim of the caller's token becomes a condition on metadata.
func matchHeaders(out *routev3.RouteMatch, in *routing.HTTPMatch) {
	for _, m := range in.Headers {
		if claim := claimMatcher(m); claim != nil {
			out.DynamicMetadata = append(out.DynamicMetadata, claim)
			continue
		}
		out.Headers = append(out.Headers, headerMatcher(m.Name, m.StringMatch))
	}
	for _, m := range in.WithoutHeaders {
		if claim := claimMatcher(m); claim != nil {
			claim.Invert = true
			out.DynamicMetadata = append(out.DynamicMetadata, claim)
			continue
		}
		out.Headers = append(out.Headers, absentMatcher(m))
	}
	sort.SliceStable(out.Headers, func(i, j int) bool { return out.Headers[i].Name < out.Headers[j].Name })

	for _, pseudo := range []struct {
		name  string
		match routing.StringMatch
	}{{":method", in.Method}, {":authority", in.Authority}, {":scheme", in.Scheme}} {
		if pseudo.match.Kind != "" {
			out.Headers = append(out.Headers, headerMatcher(pseudo.name, pseudo.match))
		}
	}
}

func headerMatcher(name string, in routing.StringMatch) *routev3.HeaderMatcher {
	out := &routev3.HeaderMatcher{Name: name}
	if in.PresenceOnly() {
		out.HeaderMatchSpecifier = &routev3.HeaderMatcher_PresentMatch{PresentMatch: true}
	} else if m := stringMatcher(in); m != nil {
		out.HeaderMatchSpecifier = &routev3.HeaderMatcher_StringMatch{StringMatch: m}
	}
	return out
}

// absentMatcher wants that a header does not match. A header that the request lacks counts as an empty one, so that it
// too does "not match" a value.
func absentMatcher(in routing.NamedMatch) *routev3.HeaderMatcher {
	out := headerMatcher(in.Name, in.StringMatch)
	out.InvertMatch = true
	out.TreatMissingHeaderAsEmpty = !in.PresenceOnly()
	return out
}

func queryMatcher(in routing.NamedMatch) *routev3.QueryParameterMatcher {
	out := &routev3.QueryParameterMatcher{Name: in.Name}
	if in.PresenceOnly() {
		out.QueryParameterMatchSpecifier = &routev3.QueryParameterMatcher_PresentMatch{PresentMatch: true}
	} else if m := stringMatcher(in.StringMatch); m != nil {
		out.QueryParameterMatchSpecifier = &routev3.QueryParameterMatcher_StringMatch{StringMatch: m}
	}
	return out
}

// stringMatcher compares a string as a condition asks; nil where it compares with nothing.
func stringMatcher(in routing.StringMatch) *matcherv3.StringMatcher {
	switch in.Kind {
	case routing.Exact:
		return xds.Exact(in.Value, false)
	case routing.Prefix:
		return xds.Prefix(in.Value, false)
	case routing.Regex:
		return xds.Regex(in.Value)
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
// It is nil where the name is that of a header.
func claimMatcher(in routing.NamedMatch) *matcherv3.MetadataMatcher {
	claims := claimPath(in.Name)
	if claims == nil {
		return nil
	}
	value := xds.StringValue(stringMatcher(in.StringMatch))
	return &matcherv3.MetadataMatcher{
		Filter: xds.JWTFilter,
		Path:   xds.MetadataPath(append([]string{xds.JWTPayload}, claims...)...),
		Value:  xds.OrValue(xds.ListValue(value), value),
	}
}

// takesAll reports whether a match lets every request through, so that no later route of the virtual host is reached.
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

// appliesHere reports whether what a match asks of the proxy and the listener holds: the port of the listener, and either
// the gateways or the labels and namespace of the proxy. With gateways named, the labels and the namespace do not count.
func appliesHere(view *mesh.View, m *routing.HTTPMatch, scope Scope) bool {
	switch {
	case m == nil:
		return true
	case m.Client.Port != 0 && m.Client.Port != scope.Port:
		return false
	case len(m.Client.Gateways) > 0:
		return slices.ContainsFunc(m.Client.Gateways, func(g string) bool { return slices.Contains(scope.Gateways, g) })
	}
	return proxy.IsClient(view, m.Client)
}

// matchesOf returns the matches of a rule; nil is the match of a rule that has none.
func matchesOf(r *routing.HTTPRule) []*routing.HTTPMatch {
	if len(r.Matches) == 0 {
		return []*routing.HTTPMatch{nil}
	}
	out := make([]*routing.HTTPMatch, len(r.Matches))
	for i := range r.Matches {
		out[i] = &r.Matches[i]
	}
	return out
}

// HasHTTP reports whether a set has an HTTP rule for a place.
func HasHTTP(view *mesh.View, set *routing.Rules, scope Scope) bool {
	return slices.ContainsFunc(set.HTTP, func(r *routing.HTTPRule) bool { return ruleApplies(view, r, scope) })
}

// ruleApplies reports whether any match of a rule may hold at a place.
func ruleApplies(view *mesh.View, r *routing.HTTPRule, scope Scope) bool {
	return slices.ContainsFunc(matchesOf(r), func(m *routing.HTTPMatch) bool { return appliesHere(view, m, scope) })
}
