package mesh

import (
	"maps"
	"slices"

	"google.golang.org/protobuf/types/known/wrapperspb"
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/mesh/routing"
)

// An httpRoute is an HTTP rule of a VirtualService before delegates are merged. The fields that make its mirrors are
// merged one by one.
type httpRoute struct {
	*routing.HTTPRule
	delegate         *networking.Delegate
	mirror           config.Setting[routing.Destination]
	mirrorPercentage config.Setting[*networking.Percent]
	mirrorPercent    config.Setting[*wrapperspb.UInt32Value] // of old documents
	mirrors          config.Setting[[]routing.Mirror]
}

// httpRoute reads the HTTP rule at a field.
func (n names) httpRoute(in *networking.HTTPRoute, at config.Place) httpRoute {
	out := httpRoute{HTTPRule: &routing.HTTPRule{At: at}, delegate: in.Delegate}
	out.Matches = n.httpMatches(in.Match, at)
	out.Destinations = n.httpDestinations(in.Route, at.Join("route"))
	if in.Name != "" {
		out.Name = config.Setting[string]{Value: in.Name, At: at.Join("name")}
	}
	out.Redirect = message(in.Redirect, at, "redirect")
	out.DirectResponse = message(in.DirectResponse, at, "directResponse")
	out.Rewrite = rewrite(in.Rewrite, at)
	out.Timeout = message(in.Timeout, at, "timeout")
	out.Retries = message(in.Retries, at, "retries")
	out.Fault = message(in.Fault, at, "fault")
	out.CORS = message(in.CorsPolicy, at, "corsPolicy")
	out.Headers = message(in.Headers, at, "headers")
	if in.Mirror != nil {
		field := at.Join("mirror")
		out.mirror = config.Setting[routing.Destination]{Value: n.destination(in.Mirror, field), At: field}
	}
	out.mirrorPercentage = message(in.MirrorPercentage, at, "mirrorPercentage")
	//lint:ignore SA1019 istiod still honours the old field
	out.mirrorPercent = message(in.MirrorPercent, at, "mirrorPercent")
	if in.Mirrors != nil {
		out.mirrors = config.Setting[[]routing.Mirror]{Value: n.mirrors(in.Mirrors, at.Join("mirrors")), At: at.Join("mirrors")}
	}
	return out
}

func (n names) httpDestinations(list []*networking.HTTPRouteDestination, at config.Place) []routing.Destination {
	out := make([]routing.Destination, len(list))
	for i, w := range list {
		out[i] = n.destination(w.Destination, at.Index(i))
		out[i].Weight, out[i].Headers = w.Weight, w.Headers
	}
	return out
}

// message is a message as the setting of a field.
func message[T any](value *T, at config.Place, field string) config.Setting[*T] {
	if value == nil {
		return config.Setting[*T]{}
	}
	return config.Setting[*T]{Value: value, At: at.Join(field)}
}

func rewrite(in *networking.HTTPRewrite, at config.Place) routing.Rewrite {
	if in == nil {
		return routing.Rewrite{}
	}
	out := routing.Rewrite{At: at.Join("rewrite")}
	if in.Uri != "" {
		out.Path = config.Setting[string]{Value: in.Uri, At: out.At.Join("uri")}
	}
	out.Regex = message(in.UriRegexRewrite, out.At, "uriRegexRewrite")
	if in.Authority != "" {
		out.Authority = config.Setting[string]{Value: in.Authority, At: out.At.Join("authority")}
	}
	return out
}

func (n names) mirrors(list []*networking.HTTPMirrorPolicy, at config.Place) []routing.Mirror {
	var out []routing.Mirror
	for i, m := range list {
		if share, ok := mirrorShare(m.Percentage); ok && m.Destination != nil {
			out = append(out, routing.Mirror{To: n.destination(m.Destination, at.Index(i)), Share: share, At: []config.Place{at.Index(i)}})
		}
	}
	return out
}

// mirrorShare is a percentage to four places after the point, all where there is none; ok is false where it is zero.
func mirrorShare(p *networking.Percent) (share routing.Fraction, ok bool) {
	switch {
	case p == nil:
		return routing.Percent(100), true
	case p.Value > 0:
		return routing.Fraction{Numerator: uint32(p.Value * 10000), Denominator: 1e6}, true
	}
	return routing.Fraction{}, false
}

// rule returns the rule with its mirrors.
func (r httpRoute) rule() *routing.HTTPRule {
	if r.mirror.IsSet() {
		share, ok := mirrorShare(r.mirrorPercentage.Value)
		if whole := r.mirrorPercent.Value; whole != nil && !r.mirrorPercentage.IsSet() {
			share, ok = routing.Percent(whole.Value), whole.Value > 0
		}
		if ok {
			fields := []config.Place{r.mirror.At, r.mirrorPercentage.At, r.mirrorPercent.At}
			fields = slices.DeleteFunc(fields, func(at config.Place) bool { return !at.Known() })
			r.Mirrors = append(r.Mirrors, routing.Mirror{To: r.mirror.Value, Share: share, At: fields})
		}
	}
	r.Mirrors = append(r.Mirrors, r.mirrors.Value...)
	return r.HTTPRule
}

func (n names) httpMatches(list []*networking.HTTPMatchRequest, at config.Place) []routing.HTTPMatch {
	if len(list) == 0 {
		return nil
	}
	out := make([]routing.HTTPMatch, len(list))
	for i, m := range list {
		field := at.Join("match").Index(i)
		out[i] = routing.HTTPMatch{
			Name: m.Name, At: []config.Place{field},
			Client: routing.Client{Gateways: n.gateways(m.Gateways), Labels: m.SourceLabels, Namespace: m.SourceNamespace, Port: m.Port},
			Path:   routing.StringMatchOf(m.Uri), IgnorePathCase: m.IgnoreUriCase,
			Method: routing.StringMatchOf(m.Method), Authority: routing.StringMatchOf(m.Authority), Scheme: routing.StringMatchOf(m.Scheme),
			Headers:        namedMatches(m.Headers, field, "headers"),
			WithoutHeaders: namedMatches(m.WithoutHeaders, field, "withoutHeaders"),
			QueryParams:    namedMatches(m.QueryParams, field, "queryParams"),
		}
	}
	return out
}

func namedMatches(in map[string]*networking.StringMatch, at config.Place, field string) []routing.NamedMatch {
	var out []routing.NamedMatch
	for _, name := range slices.Sorted(maps.Keys(in)) {
		out = append(out, routing.NamedMatch{Name: name, StringMatch: routing.StringMatchOf(in[name]), At: at.Join(field).Join(name)})
	}
	return out
}
