package validate

import (
	"maps"
	"slices"
	"strings"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/lazy"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM289",
	Title:    "invalid header name in a header operation",
	Severity: diag.Error,
	Stage:    diag.NoStage,
	Why: `The API server accepts any name, and Envoy loads it. Envoy does not send a request to which such a header is added: it responds with 503,
"invalid header name". In a response, many clients reject the header. A header name consists of letters, digits and !#$%&'*+.^_|~- and the
backtick; it has no spaces, colons or brackets.`,
	Fix: `Correct the header name.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  gateways: [ingress/edge]
  http:
  - headers: {request: {set: {"x-tenant:": blue}}}
    route: [{destination: {host: api.example.com}}]
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  gateways: [ingress/edge]
  http:
  - headers: {request: {set: {x-tenant: blue}}}
    route: [{destination: {host: api.example.com}}]
`,
}, headerNames)

// headerToken is what a header's name looks like (RFC 9110, token).
var headerToken = lazy.Regexp("^[A-Za-z0-9!#$%&'*+.^_`|~-]+$")

func headerNames(s *facts.Set, r *reporter) {
	for _, o := range s.WantedObjects("VirtualService") {
		for i, rule := range config.Spec[*networking.VirtualService](o).GetHttp() {
			at := facts.RuleAt(o, "http", i)
			operationNames(r, at.Sub("headers"), rule.GetHeaders())
			for j, d := range rule.GetRoute() {
				operationNames(r, at.Sub("route").Item(j).Sub("headers"), d.GetHeaders())
			}
		}
	}
}

// operationNames looks at the header names of one place. Names with a colon in front are judged by the schema.
func operationNames(r *reporter, at facts.Place, h *networking.Headers) {
	for _, way := range []struct {
		name string
		ops  *networking.Headers_HeaderOperations
	}{{"request", h.GetRequest()}, {"response", h.GetResponse()}} {
		for _, op := range []struct {
			name   string
			values map[string]string
		}{{"set", way.ops.GetSet()}, {"add", way.ops.GetAdd()}} {
			for _, header := range slices.Sorted(maps.Keys(op.values)) {
				if header == "" || header[0] == ':' || headerToken().MatchString(header) {
					continue
				}
				f := r.at(at.Sub(way.name).Sub(op.name).Key(header), "%q is not a valid header name", header).help("%s", headerAdvice(header))
				f.At.Key = true
				if way.name == "response" {
					f.severity(diag.Warning)
				}
			}
		}
		for i, header := range way.ops.GetRemove() {
			if header != "" && header[0] != ':' && !headerToken().MatchString(header) {
				r.at(at.Sub(way.name).Sub("remove").Item(i), "%q is not a valid header name: nothing is removed", header).help("%s", headerAdvice(header)).severity(diag.Warning)
			}
		}
	}
}

// headerAdvice returns how to write a header's name.
func headerAdvice(name string) string {
	if bare := strings.TrimSpace(strings.TrimRight(name, ": ")); headerToken().MatchString(bare) {
		return "write " + bare
	}
	return "use letters, digits and dashes, without spaces and colons"
}
