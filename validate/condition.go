package validate

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
)

// A condition is one match of an HTTP rule.
type condition struct {
	place                           // of the match, or of the rule if it has none
	rule, match                     int
	path, scheme, method, authority pattern
	headers, without, parameters    map[string]pattern
	regex                           string // of the path, as it is written
	port                            uint32
	gateways                        []string // it is for, by full name
	anyGateway                      bool     // it is for all that the rules are bound to
	labels                          map[string]string
	namespace                       string // of the client
	delegated                       bool   // the rules of a delegate decide further
}

func newCondition(at place, m *networking.HTTPMatchRequest) condition {
	c := condition{
		place: at, path: pathPattern(m), scheme: patternOf(m.GetScheme()), method: patternOf(m.GetMethod()),
		authority: patternOf(m.GetAuthority()), headers: patterns(m.GetHeaders(), true), without: patterns(m.GetWithoutHeaders(), true),
		parameters: patterns(m.GetQueryParams(), false), port: m.GetPort(), labels: m.GetSourceLabels(), namespace: m.GetSourceNamespace(), regex: m.GetUri().GetRegex(),
	}
	for _, g := range m.GetGateways() {
		c.gateways = append(c.gateways, fullGateway(g, at.object))
	}
	if c.anyGateway = len(c.gateways) == 0; c.anyGateway {
		c.gateways = gatewaysOf(at.object)
	}
	return c
}

// patterns reads conditions by name. Names of headers are the same in upper and lower case.
func patterns(named map[string]*networking.StringMatch, lower bool) map[string]pattern {
	all := make(map[string]pattern, len(named))
	for name, m := range named {
		if lower {
			name = strings.ToLower(name)
		}
		all[name] = patternOf(m)
	}
	return all
}

// conditionsOf returns the matches of every HTTP rule in the order in which the proxy tries them.
func conditionsOf(o *config.Object) []condition {
	var all []condition
	for i := range config.Spec[*networking.VirtualService](o).GetHttp() {
		all = append(all, httpRule{o, i}.conditions()...)
	}
	return all
}

// everything says whether each request to the rules meets the condition.
func (c condition) everything() bool {
	return c.covers(condition{gateways: gatewaysOf(c.object), anyGateway: true})
}

// covers says whether every request that meets the narrow condition meets c, both being of one VirtualService. It says no where it
// cannot tell.
func (c condition) covers(narrow condition) bool {
	return (c.port == 0 || c.port == narrow.port) && c.coversClients(narrow) && c.path.covers(narrow.path) && c.scheme.covers(narrow.scheme) &&
		c.method.covers(narrow.method) && c.authority.covers(narrow.authority) &&
		coverAll(c.headers, narrow.headers) && coverAll(c.parameters, narrow.parameters) && excludeAll(c.without, narrow.without)
}

// coversClients says whether c is for all clients that the narrow condition is for. A match with gateways forgets what it asks of the
// client.
func (c condition) coversClients(narrow condition) bool {
	if !c.anyGateway {
		return subset(narrow.gateways, c.gateways)
	}
	if c.namespace == "" && len(c.labels) == 0 {
		return true
	}
	if !narrow.anyGateway || c.namespace != "" && c.namespace != narrow.namespace {
		return false
	}
	for name, value := range c.labels {
		if have, ok := narrow.labels[name]; !ok || have != value {
			return false
		}
	}
	return true
}

func subset(part, whole []string) bool {
	return !slices.ContainsFunc(part, func(s string) bool { return !slices.Contains(whole, s) })
}

// coverAll says whether a request with headers that meet the narrow patterns has such that meet the wide ones.
func coverAll(wide, narrow map[string]pattern) bool {
	for name, p := range wide {
		if n, ok := narrow[name]; !ok || !p.covers(n) {
			return false
		}
	}
	return true
}

// excludeAll says whether a request without headers of the narrow patterns has none of the wide ones.
func excludeAll(wide, narrow map[string]pattern) bool {
	for name, p := range wide {
		if n, ok := narrow[name]; !ok || !n.covers(p) {
			return false
		}
	}
	return true
}

// example words a request that meets the condition.
func (c condition) example() string {
	method, path := c.method.example(), c.path.example()
	if method == "" {
		method = "GET"
	}
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	var query, more []string
	for _, name := range slices.Sorted(maps.Keys(c.parameters)) {
		query = append(query, name+"="+c.parameters[name].example())
	}
	if host := c.authority.example(); host != "" {
		more = append(more, "Host: "+host)
	}
	for _, name := range slices.Sorted(maps.Keys(c.headers)) {
		more = append(more, name+": "+c.headers[name].example())
	}
	text := method + " " + path
	if len(query) > 0 {
		text += "?" + strings.Join(query, "&")
	}
	if len(more) > 0 {
		text += fmt.Sprintf(" with %s", strings.Join(more, ", "))
	}
	return text
}
