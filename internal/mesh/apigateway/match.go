package apigateway

import (
	"cmp"
	"slices"
	"strings"

	"sem.example/internal/config"
	"sem.example/internal/gatewayapi"
	"sem.example/internal/mesh/routing"
)

// httpMatch translates a match of an HTTPRoute.
func httpMatch(in gatewayapi.HTTPRouteMatch, rule config.Place, j int) routing.HTTPMatch {
	at := rule.Sub("matches").Item(j)
	out := routing.HTTPMatch{At: []config.Place{at}, Path: pathMatch(in.Path), Headers: namedMatches(in.Headers, at.Sub("headers")),
		QueryParams: namedMatches(in.QueryParams, at.Sub("queryParams"))}
	if in.Method != nil {
		out.Method = routing.StringMatch{Kind: routing.Exact, Value: *in.Method}
	}
	return out
}

func pathMatch(in *gatewayapi.ValueMatch) routing.StringMatch {
	if in == nil {
		in = &gatewayapi.ValueMatch{}
	}
	path := value(in.Value, "/")
	switch in.Type {
	case "Exact":
		return routing.StringMatch{Kind: routing.Exact, Value: path}
	case "RegularExpression":
		return routing.StringMatch{Kind: routing.Regex, Value: path}
	}
	if path == "/" {
		return routing.StringMatch{Kind: routing.Prefix, Value: path}
	}
	return routing.StringMatch{Kind: routing.Below, Value: strings.TrimSuffix(path, "/")}
}

// namedMatches translates conditions on headers or query parameters, sorted by name. Of two of one name the last counts.
func namedMatches(in []gatewayapi.NamedMatch, at config.Place) []routing.NamedMatch {
	var out []routing.NamedMatch
	for i, m := range in {
		kind := routing.Exact
		if m.Type == "RegularExpression" {
			kind = routing.Regex
		}
		out = slices.DeleteFunc(out, func(n routing.NamedMatch) bool { return n.Name == m.Name })
		out = append(out, routing.NamedMatch{Name: m.Name, StringMatch: routing.StringMatch{Kind: kind, Value: m.Value}, At: at.Item(i)})
	}
	slices.SortFunc(out, func(a, b routing.NamedMatch) int { return cmp.Compare(a.Name, b.Name) })
	return out
}

// grpcMatch translates a match of a GRPCRoute: the path of a gRPC request is /SERVICE/METHOD.
func grpcMatch(in gatewayapi.GRPCRouteMatch, rule config.Place, j int) routing.HTTPMatch {
	at := rule.Sub("matches").Item(j)
	out := routing.HTTPMatch{At: []config.Place{at}, Headers: namedMatches(in.Headers, at.Sub("headers"))}
	m := in.Method
	switch {
	case m == nil || m.Method == nil && m.Service == nil:
	case m.Service == nil:
		out.Path = routing.StringMatch{Kind: routing.Regex, Value: "/[^/]+/" + *m.Method}
	case m.Type == "RegularExpression" && m.Method == nil:
		out.Path = routing.StringMatch{Kind: routing.Regex, Value: "/" + *m.Service + "/.+"}
	case m.Method == nil:
		out.Path = routing.StringMatch{Kind: routing.Below, Value: "/" + *m.Service + "/"}
	case m.Type == "RegularExpression":
		out.Path = routing.StringMatch{Kind: routing.Regex, Value: "/" + *m.Service + "/" + *m.Method}
	default:
		out.Path = routing.StringMatch{Kind: routing.Exact, Value: "/" + *m.Service + "/" + *m.Method}
	}
	return out
}
