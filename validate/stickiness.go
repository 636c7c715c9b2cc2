package validate

import (
	"slices"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM210",
	Title:    "consistentHash combined with weights",
	Severity: diag.Warning,
	Stage:    diag.AtEndpoint,
	Why: `The proxy first selects the destination by weight, at random for each request, and only then hashes among the endpoints of that
destination. A client stays with one endpoint only within one destination.`,
	Fix: `Route by a header or cookie instead of by weight, or hash over the whole host.`,
	Wrong: `
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec:
  selector: {app: web}
  ports: [{name: http, port: 80, targetPort: 8080}]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: web, namespace: shop}
spec:
  host: "web"
  trafficPolicy: {loadBalancer: {consistentHash: {httpHeaderName: x-user}}}
  subsets: [{name: v1, labels: {version: v1}}, {name: v2, labels: {version: v2}}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: [web]
  http:
  - route:
    - {destination: {host: web, port: {number: 80}, subset: v1}, weight: 50}
    - {destination: {host: web, port: {number: 80}, subset: v2}, weight: 50}
`,
	Right: `
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec:
  selector: {app: web}
  ports: [{name: http, port: 80, targetPort: 8080}]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: web, namespace: shop}
spec:
  host: "web"
  subsets: [{name: v1, labels: {version: v1}}, {name: v2, labels: {version: v2}}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: [web]
  http:
  - route:
    - {destination: {host: web, port: {number: 80}, subset: v1}, weight: 50}
    - {destination: {host: web, port: {number: 80}, subset: v2}, weight: 50}
`,
}, hashedShares)

func hashedShares(s *facts.Set, r *reporter) {
	facts.EachHTTPRule(s.Documents, func(at facts.HTTPRule, rule *networking.HTTPRoute) {
		drawn := 0
		var hash *facts.Place
		for _, d := range rule.GetRoute() {
			if d.GetWeight() > 0 {
				drawn++
				if p, ok := hashFor(s, at.Object, d.GetDestination()); ok && hash == nil {
					hash = &p
				}
			}
		}
		if drawn > 1 && hash != nil {
			r.at(at.At("route"), "consistentHash does not keep clients on one endpoint: the destination is selected by weight for each request").
				related(*hash, "consistentHash is set here")
		}
	})
}

// hashFor returns where the rule in force sets a hash for a destination.
func hashFor(s *facts.Set, o *config.Object, d *networking.Destination) (facts.Place, bool) {
	view := s.Client(o.Namespace)
	svc := view.Service(s.FullHost(d.GetHost(), o))
	if svc == nil {
		return facts.Place{}, false
	}
	lb := view.DestinationRule(svc).For(d.GetPort().GetNumber(), d.GetSubset()).LoadBalancer
	return facts.At(lb.At.Object, lb.At.Field), lb.Value.GetConsistentHash() != nil
}

var _ = register(diag.Check{
	ID:       "SEM211",
	Title:    "consistentHash for a port that the route does not set",
	Severity: diag.Warning,
	Stage:    diag.AtEndpoint,
	Why: `The route carries the hash policy, which is looked up by the port of the destination. If the route sets no port, settings for a port are
not found, and requests are spread at random.`,
	Fix: `Set the port of the destination, or set consistentHash for the whole host.`,
	Wrong: `
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec:
  selector: {app: web}
  ports: [{name: http, port: 80, targetPort: 8080}]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: web, namespace: shop}
spec:
  host: "web"
  trafficPolicy:
    portLevelSettings:
    - {port: {number: 80}, loadBalancer: {consistentHash: {httpHeaderName: x-user}}}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: [web]
  http:
  - route: [{destination: {host: web}}]
`,
	Right: `
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec:
  selector: {app: web}
  ports: [{name: http, port: 80, targetPort: 8080}]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: web, namespace: shop}
spec:
  host: "web"
  trafficPolicy:
    portLevelSettings:
    - {port: {number: 80}, loadBalancer: {consistentHash: {httpHeaderName: x-user}}}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: [web]
  http:
  - route: [{destination: {host: web, port: {number: 80}}}]
`,
}, unfoundHash)

func unfoundHash(s *facts.Set, r *reporter) {
	s.Routes.EachWanted(func(t facts.Destination, svc *mesh.Service) {
		if t.Protocol != "http" || t.Mirror || t.GetPort().GetNumber() != 0 {
			return
		}
		rule := s.Client(t.Object.Namespace).DestinationRule(svc)
		if rule.HostPolicy() == nil {
			return
		}
		for _, p := range rule.Policy.Ports {
			if p.LoadBalancer.Value.GetConsistentHash() != nil {
				r.at(t.Place, "consistentHash for port %d of %q is ignored: the destination sets no port", p.Number, svc.Host).
					related(facts.At(p.At.Object, p.At.Field), "consistentHash is set here").
					help("add port: {number: %d}", p.Number)
				return
			}
		}
	})
}

var _ = register(diag.Check{
	ID:       "SEM212",
	Title:    "HTTP consistentHash on a port that is not HTTP",
	Severity: diag.Warning,
	Stage:    diag.AtEndpoint,
	Why:      `A header, cookie or query parameter can be hashed only where the proxy reads HTTP. On other ports only the source address can be hashed.`,
	Fix:      `Use useSourceIp, or set an HTTP protocol for the port.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: ["db.example.com"]
  ports: [{number: 443, name: main, protocol: TLS}]
  resolution: DNS
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: web, namespace: shop}
spec:
  host: "db.example.com"
  trafficPolicy: {loadBalancer: {consistentHash: {httpHeaderName: x-user}}}
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: ["db.example.com"]
  ports: [{number: 443, name: main, protocol: TLS}]
  resolution: DNS
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: web, namespace: shop}
spec:
  host: "db.example.com"
  trafficPolicy: {loadBalancer: {consistentHash: {useSourceIp: true}}}
`,
}, opaqueHash)

func opaqueHash(s *facts.Set, r *reporter) {
	eachOpaquePolicy(s, func(p facts.Policy, svc *mesh.Service) {
		if h := p.Balancer.GetConsistentHash(); h != nil && h.GetHashKey() != nil && !h.GetUseSourceIp() {
			r.at(p.Sub("loadBalancer.consistentHash"), "consistentHash is ignored: it hashes HTTP attributes, and the ports of %q that it applies to are not HTTP; use useSourceIp", svc.Host).
				related(facts.At(svc.Object, svc.Field), "host registered here")
		}
	})
}

// eachOpaquePolicy yields the policies of rules for a single host that are for ports without HTTP only, where no rule routes HTTP
// to them.
func eachOpaquePolicy(s *facts.Set, do func(facts.Policy, *mesh.Service)) {
	facts.Each(s.Documents, "DestinationRule", func(o *config.Object, spec *networking.DestinationRule) {
		svcs := s.Hosts.Matching(s.FullHost(spec.GetHost(), o))
		if mesh.IsWildcard(spec.GetHost()) || len(svcs) == 0 || len(s.Mesh.ServicesOf(svcs[0].Host)) > 1 {
			return
		}
		routed := func(own *mesh.Port) bool { return s.Routes.LeadTo(svcs[0].Host, own.Number) }
		for _, p := range facts.Policies(o, spec) {
			concerned := slices.DeleteFunc(slices.Clone(svcs[0].Ports), func(own *mesh.Port) bool { return p.Port != 0 && p.Port != own.Number })
			if len(concerned) > 0 && !slices.ContainsFunc(concerned, facts.ReadsHTTP) && !slices.ContainsFunc(concerned, routed) && !s.Routes.LeadTo(svcs[0].Host, 0) {
				do(p, svcs[0])
			}
		}
	})
}

var _ = register(diag.Check{
	ID:       "SEM213",
	Title:    "HTTP limits for a host without HTTP ports",
	Severity: diag.Warning,
	Stage:    diag.AtCluster,
	Why:      `connectionPool.http limits requests. On TLS and TCP ports the proxy sees only connections: the limits are ignored.`,
	Fix:      `Use connectionPool.tcp, or set an HTTP protocol for the port.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: ["db.example.com"]
  ports: [{number: 443, name: main, protocol: TLS}]
  resolution: DNS
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: web, namespace: shop}
spec:
  host: "db.example.com"
  trafficPolicy: {connectionPool: {http: {http2MaxRequests: 10}}}
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: ["db.example.com"]
  ports: [{number: 443, name: main, protocol: TLS}]
  resolution: DNS
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: web, namespace: shop}
spec:
  host: "db.example.com"
  trafficPolicy: {connectionPool: {tcp: {maxConnections: 10}}}
`,
}, opaqueLimits)

func opaqueLimits(s *facts.Set, r *reporter) {
	eachOpaquePolicy(s, func(p facts.Policy, svc *mesh.Service) {
		if p.Pool.GetHttp() != nil {
			r.at(p.Sub("connectionPool.http"), "the HTTP limits are ignored: the ports of %q that they apply to are not HTTP", svc.Host).
				related(facts.At(svc.Object, svc.Field), "host registered here")
		}
	})
}
