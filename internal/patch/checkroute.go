package patch

import (
	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	"google.golang.org/protobuf/proto"
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
)

var unreached = &diag.Check{
	ID:       "SEM388",
	Title:    "EnvoyFilter adds a route after one that matches everything",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `ADD appends a route to those of a virtual host. The routes that istiod generates mostly end with one for every request, and Envoy uses the
first route that matches: the added route is never reached.`,
	Fix: `Use INSERT_FIRST, or INSERT_BEFORE with the name of a route in the match.`,
	Wrong: `
apiVersion: v1
kind: Service
metadata: {name: cart, namespace: shop}
spec: {selector: {app: cart}, ports: [{name: http, port: 80}]}
---
apiVersion: v1
kind: Pod
metadata: {name: cart-1, namespace: shop, labels: {app: cart}}
spec: {containers: [{name: app}, {name: istio-proxy, args: [proxy, sidecar]}]}
status: {phase: Running, podIP: 10.0.0.1, conditions: [{type: Ready, status: "True"}]}
---
apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: robots, namespace: shop}
spec:
  configPatches:
  - applyTo: HTTP_ROUTE
    match: {context: SIDECAR_OUTBOUND, routeConfiguration: {vhost: {name: "cart.shop.svc.cluster.local:80"}}}
    patch: {operation: ADD, value: {name: robots, match: {path: /robots.txt}, direct_response: {status: 404}}}
`,
	Right: `
apiVersion: v1
kind: Service
metadata: {name: cart, namespace: shop}
spec: {selector: {app: cart}, ports: [{name: http, port: 80}]}
---
apiVersion: v1
kind: Pod
metadata: {name: cart-1, namespace: shop, labels: {app: cart}}
spec: {containers: [{name: app}, {name: istio-proxy, args: [proxy, sidecar]}]}
status: {phase: Running, podIP: 10.0.0.1, conditions: [{type: Ready, status: "True"}]}
---
apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: robots, namespace: shop}
spec:
  configPatches:
  - applyTo: HTTP_ROUTE
    match: {context: SIDECAR_OUTBOUND, routeConfiguration: {vhost: {name: "cart.shop.svc.cluster.local:80"}}}
    patch: {operation: INSERT_FIRST, value: {name: robots, match: {path: /robots.txt}, direct_response: {status: 404}}}
`,
}

// A Reach says of patches that add routes whether requests come to the routes: in some virtual host, and in none.
type Reach struct{ some, none map[Key]*Patch }

// Add tells what the routes of a proxy are like.
func (r *Reach) Add(x *Resources, attached []*config.Object) {
	var routes []*Patch
	for _, p := range Attached(attached) {
		if p.ApplyTo == networking.EnvoyFilter_HTTP_ROUTE && p.value != nil && (p.Operation == add || p.inserts()) {
			routes = append(routes, p)
		}
	}
	if len(routes) == 0 {
		return
	}
	if r.some == nil {
		r.some, r.none = map[Key]*Patch{}, map[Key]*Patch{}
	}
	for _, table := range x.Resources().Routes {
		for _, host := range table.GetVirtualHosts() {
			for _, p := range routes {
				r.in(host, p)
			}
		}
	}
}

// in looks for the route of a patch in a virtual host.
func (r *Reach) in(host *routev3.VirtualHost, p *Patch) {
	to := r.some
	for _, route := range host.GetRoutes() {
		if proto.Equal(route, p.value) {
			to[Key{p.Filter.Doc, p.Field}] = p
			return
		}
		if everything(route.GetMatch()) {
			to = r.none
		}
	}
}

// everything reports whether a route matches every request.
func everything(m *routev3.RouteMatch) bool {
	return proto.Equal(&routev3.RouteMatch{PathSpecifier: &routev3.RouteMatch_Prefix{Prefix: "/"}}, &routev3.RouteMatch{
		PathSpecifier: m.GetPathSpecifier(), RuntimeFraction: m.GetRuntimeFraction(), Headers: m.GetHeaders(), QueryParameters: m.GetQueryParameters(), Cookies: m.GetCookies(),
		Grpc: m.GetGrpc(), TlsContext: m.GetTlsContext(), DynamicMetadata: m.GetDynamicMetadata(), FilterState: m.GetFilterState(),
	})
}

// Unreached is the finding about a patch whose route no request comes to. It is false where there is none.
func (r *Reach) Unreached(of Key) (diag.Diagnostic, bool) {
	p := r.none[of]
	if p == nil || r.some[of] != nil {
		return diag.Diagnostic{}, false
	}
	x := finder{filter: p.Filter}
	return *x.report(unreached, p.Field+".patch.operation", "no request reaches the route: an earlier route of each virtual host matches everything"), true
}
