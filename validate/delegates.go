package validate

import (
	"strings"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM240",
	Title:    "delegate does not exist",
	Severity: diag.Error,
	Stage:    diag.AtRoute,
	Alone:    true,
	When:     diag.NoRouteMatched,
	Why: `The route delegates to another VirtualService, which does not exist or is not exported to this namespace. istiod drops the route without
an error, and its requests receive 404.`,
	Fix: `Correct the name and namespace of the delegate, or export it.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: shop}
spec:
  selector: {istio: ingressgateway}
  servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ["shop.example.com"]}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: root, namespace: shop}
spec:
  hosts: [shop.example.com]
  gateways: [edge]
  http:
  - match: [{uri: {prefix: /reviews}}]
    delegate: {name: reviewz}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  http:
  - match: [{uri: {prefix: /reviews/v1}}]
    route: [{destination: {host: reviews.example.com}}]
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: shop}
spec:
  selector: {istio: ingressgateway}
  servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ["shop.example.com"]}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: root, namespace: shop}
spec:
  hosts: [shop.example.com]
  gateways: [edge]
  http:
  - match: [{uri: {prefix: /reviews}}]
    delegate: {name: reviews}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  http:
  - match: [{uri: {prefix: /reviews/v1}}]
    route: [{destination: {host: reviews.example.com}}]
`,
}, missingDelegate)

func missingDelegate(s *facts.Set, r *reporter) {
	s.Routes.EachDelegation(s.WantedObjects("VirtualService"), func(d facts.Delegation) {
		if d.To != nil && (len(hosts(d)) > 0 || d.Dropped == "") {
			return
		}
		reason := "no VirtualService has this name"
		if d.To != nil {
			reason = d.Dropped
		}
		f := r.at(d.Place, "delegate %s not found: %s", d.Name, reason)
		if d.Dropped == "" {
			f.help("correct the name and namespace of the delegate, or add it")
		}
		if near := nearestDelegate(s, d.Name); d.To == nil && near != "" {
			f.help("did you mean %s?", near)
		}
	})
}

var _ = register(diag.Check{
	ID:       "SEM241",
	Title:    "match of a delegate is outside the match of its root",
	Severity: diag.Error,
	Stage:    diag.AtRoute,
	When:     diag.NoRouteMatched,
	Why: `A root VirtualService passes to a delegate only the requests that its own route matches. A match of the delegate must be within that: a path
below its prefix, and no condition that conflicts with it. istiod drops the routes of the delegate that are outside; their requests receive
404.`,
	Fix: `Change the match of the delegate so the match of the root includes it: for example, /reviews/v1 within /reviews.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: shop}
spec:
  selector: {istio: ingressgateway}
  servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ["shop.example.com"]}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: root, namespace: shop}
spec:
  hosts: [shop.example.com]
  gateways: [edge]
  http:
  - match: [{uri: {prefix: /reviews}}]
    delegate: {name: reviews}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  http:
  - match: [{uri: {prefix: /ratings}}]
    route: [{destination: {host: reviews.example.com}}]
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: shop}
spec:
  selector: {istio: ingressgateway}
  servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ["shop.example.com"]}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: root, namespace: shop}
spec:
  hosts: [shop.example.com]
  gateways: [edge]
  http:
  - match: [{uri: {prefix: /reviews}}]
    delegate: {name: reviews}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  http:
  - match: [{uri: {prefix: /reviews/v1}}]
    route: [{destination: {host: reviews.example.com}}]
`,
}, unfitDelegate)

func unfitDelegate(s *facts.Set, r *reporter) {
	for _, v := range s.Mesh.VirtualServices() {
		for _, l := range v.Ignored {
			if l.Object != v.Object {
				r.at(facts.At(l.Object, l.Field), "istiod drops this route: %s", l.Reason).
					related(facts.At(v.Object, "spec.http"), "delegated from here")
			}
		}
	}
}

var _ = register(diag.Check{
	ID:       "SEM242",
	Title:    "delegate has hosts or delegates again",
	Severity: diag.Error,
	Stage:    diag.AtRoute,
	When:     diag.NoRouteMatched,
	Why:      `A delegate is a VirtualService without hosts, and it cannot delegate further. istiod drops the route, and its requests receive 404.`,
	Fix:      `Remove hosts from the delegate, or route to its host instead.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: shop}
spec:
  selector: {istio: ingressgateway}
  servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ["*"]}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: root, namespace: shop}
spec:
  hosts: [shop.example.com]
  gateways: [edge]
  http:
  - match: [{uri: {prefix: /reviews}}]
    delegate: {name: reviews}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews.example.com]
  gateways: [edge]
  http:
  - route: [{destination: {host: reviews.example.com}}]
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: shop}
spec:
  selector: {istio: ingressgateway}
  servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ["shop.example.com"]}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: root, namespace: shop}
spec:
  hosts: [shop.example.com]
  gateways: [edge]
  http:
  - match: [{uri: {prefix: /reviews}}]
    delegate: {name: reviews}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  http:
  - match: [{uri: {prefix: /reviews/v1}}]
    route: [{destination: {host: reviews.example.com}}]
`,
}, noDelegate)

func noDelegate(s *facts.Set, r *reporter) {
	s.Routes.EachDelegation(s.WantedObjects("VirtualService"), func(d facts.Delegation) {
		if d.To != nil && len(hosts(d)) > 0 {
			r.at(d.Place, "%s sets hosts and cannot be a delegate", d.Name).related(facts.At(d.To, "spec.hosts"), "hosts")
		}
	})
}

var _ = register(diag.Check{
	ID:       "SEM243",
	Title:    "delegate is not referenced",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why:      `A VirtualService without hosts takes effect only through the routes that delegate to it.`,
	Fix:      `Reference it from a route, set hosts, or remove it.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  http:
  - match: [{uri: {prefix: /reviews/v1}}]
    route: [{destination: {host: reviews.example.com}}]
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: shop}
spec:
  selector: {istio: ingressgateway}
  servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ["shop.example.com"]}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: root, namespace: shop}
spec:
  hosts: [shop.example.com]
  gateways: [edge]
  http:
  - match: [{uri: {prefix: /reviews}}]
    delegate: {name: reviews}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  http:
  - match: [{uri: {prefix: /reviews/v1}}]
    route: [{destination: {host: reviews.example.com}}]
`,
}, idleDelegate)

func idleDelegate(s *facts.Set, r *reporter) {
	used := map[string]bool{}
	s.Routes.EachDelegation(s.Mesh.Objects("VirtualService"), func(d facts.Delegation) {
		used[d.Name] = true
		if d.To == nil {
			used[nearestDelegate(s, d.Name)] = true // SEM240 asks whether this one is meant
		}
	})
	for _, o := range s.WantedObjects("VirtualService") {
		if len(config.Spec[*networking.VirtualService](o).GetHosts()) == 0 && !used[o.Namespace+"/"+o.Name] {
			r.at(facts.At(o, "metadata.name"), "no route delegates to %s", name(o))
		}
	}
}

func hosts(d facts.Delegation) []string {
	return config.Spec[*networking.VirtualService](d.To).GetHosts()
}

// nearestDelegate is the VirtualService without hosts that a mistyped name most likely means, or "".
func nearestDelegate(s *facts.Set, full string) string {
	_, base, _ := strings.Cut(full, "/")
	var names []string
	for _, o := range s.Mesh.Objects("VirtualService") {
		if len(config.Spec[*networking.VirtualService](o).GetHosts()) > 0 {
			continue
		}
		if o.Name == base {
			return o.Namespace + "/" + o.Name
		}
		names = append(names, o.Namespace+"/"+o.Name)
	}
	return diag.Nearest(full, names)
}
