package apigateway

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"sem.example/internal/config"
	"sem.example/internal/gatewayapi"
	"sem.example/internal/mesh/routing"
	"sem.example/internal/mesh/visibility"
)

// A part is what a route has for one host of one parent. The parts of a key are merged, the oldest first.
type part struct {
	object *config.Object
	to     attachment
	host   routing.Host
	rules  []*routing.HTTPRule
}

// requestRoutes translates HTTPRoutes and GRPCRoutes, which share hosts and precedence.
func (t *translator) requestRoutes() {
	parts, keys := map[string][]part{}, []string(nil)
	for _, kind := range []string{"HTTPRoute", "GRPCRoute"} {
		for _, o := range Objects(t.registry, kind) {
			for _, p := range t.parts(o) {
				key := p.to.key(o.Namespace, p.host.Name)
				if parts[key] == nil {
					keys = append(keys, key)
				}
				parts[key] = append(parts[key], p)
			}
		}
	}
	for _, key := range keys {
		t.rules = append(t.rules, t.merge(key, parts[key]))
	}
}

// parts are what a route has for each host of each of its parents.
func (t *translator) parts(o *config.Object) []part {
	route, list := gatewayapi.CommonRoute{}, ruleReader(nil)
	switch spec := o.Spec.(type) {
	case *gatewayapi.HTTPRoute:
		route, list = spec.Spec.CommonRoute, func(g bool) []*routing.HTTPRule { return t.httpRules(o, spec.Spec.Rules, g) }
	case *gatewayapi.GRPCRoute:
		route, list = spec.Spec.CommonRoute, func(g bool) []*routing.HTTPRule { return t.grpcRules(o, spec.Spec.Rules, g) }
	}
	var out []part
	read := map[bool][]*routing.HTTPRule{}
	attached := t.attachments(o, route)
	if len(attached) == 0 && orphaned(t, o, route) {
		list(false) // its backends are checked all the same
	}
	for _, a := range attached {
		atGateway := a.listener != nil
		if _, known := read[atGateway]; !known {
			read[atGateway] = list(atGateway)
		}
		if len(read[atGateway]) == 0 {
			continue
		}
		for _, h := range a.routeHosts(o, route.Hostnames) {
			if a.isolates(h.Name) {
				out = append(out, part{o, a, h, onPort(read[atGateway], a.port)})
			}
		}
	}
	return out
}

// A ruleReader reads the rules of a route. References across namespaces need a grant at gateways only.
type ruleReader func(atGateway bool) []*routing.HTTPRule

// onPort limits rules to a port; 0 is every port.
func onPort(rules []*routing.HTTPRule, port uint32) []*routing.HTTPRule {
	if port == 0 {
		return rules
	}
	out := make([]*routing.HTTPRule, len(rules))
	for i, r := range rules {
		limited := *r
		limited.Matches = slices.Clone(r.Matches)
		if len(limited.Matches) == 0 {
			limited.Matches = []routing.HTTPMatch{{At: []config.Place{r.At}}}
		}
		for j := range limited.Matches {
			limited.Matches[j].Client.Port = port
		}
		out[i] = &limited
	}
	return out
}

// merge makes one set of the rules of all routes for a host of a parent.
func (t *translator) merge(key string, parts []part) *routing.Rules {
	slices.SortStableFunc(parts, func(a, b part) int { return compareRoutes(a.object, b.object) })
	first := parts[0]
	out := t.ruleSet(first.object, strings.ReplaceAll(key, "/", "~"), first.to, first.host)
	for _, p := range parts {
		out.HTTP = append(out.HTTP, p.rules...)
	}
	slices.SortStableFunc(out.HTTP, bySpecificity)
	return out
}

// ruleSet is a set of rules of a route for a host of a parent, without its rules.
func (t *translator) ruleSet(o *config.Object, name string, to attachment, host routing.Host) *routing.Rules {
	set := t.registry.Settings
	return &routing.Rules{
		Object: o, GatewayAPI: true, Generated: name, Hosts: []routing.Host{host}, HostsAt: host.At, Gateways: []string{to.gateway()},
		Audience: visibility.Of(nil, set.ExportTo(set.Config.DefaultVirtualServiceExportTo), o.Namespace),
	}
}

// bySpecificity orders rules: exact paths, prefixes, regular expressions; of these the longest; then by method, and by the
// number of headers and of query parameters. A rule without a match is last.
func bySpecificity(a, b *routing.HTTPRule) int {
	if len(a.Matches) == 0 || len(b.Matches) == 0 {
		return cmp.Compare(len(b.Matches), len(a.Matches))
	}
	m, n := a.Matches[0], b.Matches[0]
	rank := map[routing.MatchKind]int{routing.Exact: 3, routing.Below: 2, routing.Prefix: 2, routing.Regex: 1, "": -1}
	method := func(m routing.HTTPMatch) int { return len(m.Method.Kind) }
	return cmp.Or(
		cmp.Compare(rank[n.Path.Kind], rank[m.Path.Kind]),
		cmp.Compare(len(n.Path.Value), len(m.Path.Value)),
		cmp.Compare(method(n), method(m)),
		cmp.Compare(len(n.Headers), len(m.Headers)),
		cmp.Compare(len(n.QueryParams), len(m.QueryParams)),
	)
}

// ruleName is the name of a rule, by default one of its route and its place there.
func ruleName(o *config.Object, own *string, at config.Place, i int) config.Setting[string] {
	if own != nil {
		return config.Setting[string]{Value: *own, At: at.Sub("name")}
	}
	return config.Setting[string]{Value: o.Namespace + "." + o.Name + "." + strconv.Itoa(i), At: at}
}

// unsupported is why a route has no rules.
const unsupported = "a filter or a backend of this rule is not supported, and for it Istio ignores the whole route"

// httpRules translates the rules of an HTTPRoute, each match a rule. One that cannot be translated takes the whole route.
func (t *translator) httpRules(o *config.Object, rules []gatewayapi.HTTPRouteRule, atGateway bool) []*routing.HTTPRule {
	var out []*routing.HTTPRule
	for i, r := range rules {
		at := config.At(o, "spec.rules").Item(i)
		if len(r.Matches) == 0 {
			r.Matches = []gatewayapi.HTTPRouteMatch{{}} // the default of the API server
		}
		for j, m := range r.Matches {
			rule := &routing.HTTPRule{Name: ruleName(o, r.Name, at, i), At: at, GatewayAPI: true, Matches: []routing.HTTPMatch{httpMatch(m, at, j)}}
			ok := t.filters(rule, o, r.Filters, at.Sub("filters"), atGateway)
			setRetry(rule, r.Retry, at)
			setTimeouts(rule, r.Timeouts, at)
			if !ok || !t.backends(rule, o, r.BackendRefs, at.Sub("backendRefs"), atGateway) {
				t.ignore(at, unsupported)
				return nil
			}
			removePrefix(rule)
			out = append(out, rule)
		}
	}
	return out
}

// grpcRules translates the rules of a GRPCRoute.
func (t *translator) grpcRules(o *config.Object, rules []gatewayapi.GRPCRouteRule, atGateway bool) []*routing.HTTPRule {
	var out []*routing.HTTPRule
	for i, r := range rules {
		at := config.At(o, "spec.rules").Item(i)
		matches := make([][]routing.HTTPMatch, max(len(r.Matches), 1))
		for j, m := range r.Matches {
			matches[j] = []routing.HTTPMatch{grpcMatch(m, at, j)}
		}
		for _, m := range matches {
			rule := &routing.HTTPRule{Name: ruleName(o, r.Name, at, i), At: at, GatewayAPI: true, Matches: m}
			if !t.filters(rule, o, r.Filters, at.Sub("filters"), atGateway) || !t.backends(rule, o, r.BackendRefs, at.Sub("backendRefs"), atGateway) {
				t.ignore(at, unsupported)
				return nil
			}
			out = append(out, rule)
		}
	}
	return out
}
