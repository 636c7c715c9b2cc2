package facts

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
)

// A HTTPMatch is one match of an HTTP rule.
type HTTPMatch struct {
	Place                           // of the match, or of the rule if it has none
	Rule, Match                     int
	Path, Scheme, Method, authority StringMatch
	headers, Without, parameters    map[string]StringMatch
	Regex                           string // of the path, as it is written
	Port                            uint32
	Gateways                        []string // it is for, by full name
	AnyGateway                      bool     // it is for all that the rules are bound to
	Labels                          map[string]string
	Namespace                       string   // of the client
	bound                           []string // the gateways that the rules are bound to
	Delegated                       bool     // the rules of a delegate decide further
}

func newHTTPMatch(at Place, m *networking.HTTPMatchRequest) HTTPMatch {
	c := HTTPMatch{
		Place: at, Path: pathMatch(m), Scheme: newStringMatch(m.GetScheme()), Method: newStringMatch(m.GetMethod()),
		authority: newStringMatch(m.GetAuthority()), headers: stringMatches(m.GetHeaders(), true), Without: stringMatches(m.GetWithoutHeaders(), true),
		parameters: stringMatches(m.GetQueryParams(), false), Port: m.GetPort(), Labels: m.GetSourceLabels(), Namespace: m.GetSourceNamespace(), Regex: m.GetUri().GetRegex(),
	}
	for _, g := range m.GetGateways() {
		c.Gateways = append(c.Gateways, FullGateway(g, at.Object))
	}
	c.bind(GatewaysOf(at.Object))
	return c
}

// bind says to which gateways the rules are bound. A match that names none is for all of them.
func (c *HTTPMatch) bind(gateways []string) {
	c.bound = gateways
	if c.AnyGateway = len(c.Gateways) == 0; c.AnyGateway {
		c.Gateways = gateways
	}
}

// stringMatches reads conditions by name. Names of headers are the same in upper and lower case.
func stringMatches(named map[string]*networking.StringMatch, lower bool) map[string]StringMatch {
	all := make(map[string]StringMatch, len(named))
	for name, m := range named {
		if lower {
			name = strings.ToLower(name)
		}
		all[name] = newStringMatch(m)
	}
	return all
}

// HTTPMatches returns the matches of every HTTP rule in the order in which the proxy tries them.
func HTTPMatches(o *config.Object) []HTTPMatch {
	var all []HTTPMatch
	for i := range config.Spec[*networking.VirtualService](o).GetHttp() {
		all = append(all, HTTPRule{o, i}.Matches()...)
	}
	return all
}

// MatchesAll reports whether each request to the rules meets the condition.
func (c HTTPMatch) MatchesAll() bool {
	every := HTTPMatch{AnyGateway: true}
	if !c.AnyGateway {
		every.Gateways = c.bound
	}
	return c.Covers(every)
}

// Covers reports whether every request that meets the narrow condition meets c, both being of one VirtualService. It says no where it
// cannot tell.
func (c HTTPMatch) Covers(narrow HTTPMatch) bool {
	return (c.Port == 0 || c.Port == narrow.Port) && c.coversClients(narrow) && c.Path.Covers(narrow.Path) && c.Scheme.Covers(narrow.Scheme) &&
		c.Method.Covers(narrow.Method) && c.authority.Covers(narrow.authority) &&
		coverAll(c.headers, narrow.headers) && coverAll(c.parameters, narrow.parameters) && excludeAll(c.Without, narrow.Without)
}

// coversClients reports whether c is for all clients that the narrow condition is for. A match with gateways forgets what it asks of the
// client.
func (c HTTPMatch) coversClients(narrow HTTPMatch) bool {
	if !c.AnyGateway {
		return subset(narrow.Gateways, c.Gateways)
	}
	if c.Namespace == "" && len(c.Labels) == 0 {
		return true
	}
	if !narrow.AnyGateway || c.Namespace != "" && c.Namespace != narrow.Namespace {
		return false
	}
	for name, value := range c.Labels {
		if have, ok := narrow.Labels[name]; !ok || have != value {
			return false
		}
	}
	return true
}

func subset(part, whole []string) bool {
	return !slices.ContainsFunc(part, func(s string) bool { return !slices.Contains(whole, s) })
}

// coverAll reports whether a request with headers that meet the narrow patterns has such that meet the wide ones.
func coverAll(wide, narrow map[string]StringMatch) bool {
	for name, p := range wide {
		if n, ok := narrow[name]; !ok || !p.Covers(n) {
			return false
		}
	}
	return true
}

// excludeAll reports whether a request without headers of the narrow patterns has none of the wide ones.
func excludeAll(wide, narrow map[string]StringMatch) bool {
	for name, p := range wide {
		if n, ok := narrow[name]; !ok || !n.Covers(p) {
			return false
		}
	}
	return true
}

// Example words a request that meets the condition.
func (c HTTPMatch) Example() string {
	method, path := c.Method.Example(), c.Path.Example()
	if method == "" {
		method = "GET"
	}
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	var query, more []string
	for _, name := range slices.Sorted(maps.Keys(c.parameters)) {
		query = append(query, name+"="+c.parameters[name].Example())
	}
	if host := c.authority.Example(); host != "" {
		more = append(more, "Host: "+host)
	}
	for _, name := range slices.Sorted(maps.Keys(c.headers)) {
		more = append(more, name+": "+c.headers[name].Example())
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

// IsClaim reports whether the name of a header stands for a claim of a JWT: @request.auth.claims.name or @request.auth.claims[name].
func IsClaim(name string) bool {
	const prefix = "@request.auth.claims"
	if len(name) < len(prefix) || !strings.EqualFold(name[:len(prefix)], prefix) {
		return false
	}
	claim := name[len(prefix):]
	return strings.HasPrefix(claim, ".") && len(claim) > 1 || strings.HasPrefix(claim, "[") && strings.HasSuffix(claim, "]") && len(claim) > 2
}
