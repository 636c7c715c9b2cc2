package validate

import (
	"slices"
	"strings"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM218",
	Title:    "warm-up with a load balancer that ignores it",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why:      `Only ROUND_ROBIN and LEAST_REQUEST support slow start. Other load balancers ignore warmup.`,
	Fix:      `Use ROUND_ROBIN or LEAST_REQUEST, or remove warmup.`,
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
  trafficPolicy: {loadBalancer: {simple: RANDOM, warmup: {duration: 60s}}}
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
  trafficPolicy: {loadBalancer: {simple: ROUND_ROBIN, warmup: {duration: 60s}}}
`,
}, idleWarmup)

func idleWarmup(s *facts.Set, r *reporter) {
	facts.Each(s.Documents, "DestinationRule", func(o *config.Object, spec *networking.DestinationRule) {
		for _, p := range facts.Policies(o, spec) {
			field := "warmup"
			if p.Balancer.GetWarmup() == nil {
				field = "warmupDurationSecs"
			}
			//nolint:staticcheck // the old field is still honoured
			if p.Balancer.GetWarmup() == nil && p.Balancer.GetWarmupDurationSecs() == nil {
				continue
			}
			simple := p.Balancer.GetSimple()
			if p.Balancer.GetConsistentHash() != nil {
				r.at(p.Sub("loadBalancer."+field), "warmup is ignored: consistentHash does not support it")
			} else if simple == networking.LoadBalancerSettings_RANDOM || simple == networking.LoadBalancerSettings_PASSTHROUGH {
				r.at(p.Sub("loadBalancer."+field), "warmup is ignored: %s does not support it", simple)
			}
		}
	})
}

var _ = register(diag.Check{
	ID:       "SEM219",
	Title:    "PASSTHROUGH load balancing for the destination of a route",
	Severity: diag.Error,
	Stage:    diag.NoStage,
	Why: `With simple: PASSTHROUGH, the proxy connects to the original destination instead of an endpoint of the host. Traffic that was routed from
another host, or that arrives at a gateway, goes to that other host, or to the gateway itself.`,
	Fix: `Use another load balancer for hosts that other traffic is routed to.`,
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
  host: "old.example.com"
  trafficPolicy: {loadBalancer: {simple: PASSTHROUGH}}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: ["old.example.com"]
  ports: [{number: 80, name: main, protocol: HTTP}]
  resolution: DNS
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: [web]
  http:
  - route: [{destination: {host: old.example.com, port: {number: 80}}}]
    rewrite: {authority: old.example.com}
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
  host: "old.example.com"
  trafficPolicy: {loadBalancer: {simple: RANDOM}}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: ["old.example.com"]
  ports: [{number: 80, name: main, protocol: HTTP}]
  resolution: DNS
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: [web]
  http:
  - route: [{destination: {host: old.example.com, port: {number: 80}}}]
    rewrite: {authority: old.example.com}
`,
}, passedThrough)

func passedThrough(s *facts.Set, r *reporter) {
	s.Routes.EachWanted(func(t facts.Destination, svc *mesh.Service) {
		rule := s.Client(t.Object.Namespace).DestinationRule(svc)
		if t.Mirror || rule.HostPolicy() == nil || rule.Policy.LoadBalancer.Value.GetSimple() != networking.LoadBalancerSettings_PASSTHROUGH {
			return
		}
		own := slices.ContainsFunc(config.Spec[*networking.VirtualService](t.Object).GetHosts(), func(h string) bool {
			return mesh.Overlap(s.FullHost(h, t.Object), svc.Host)
		})
		if own && facts.IsBoundTo(t.Object, mesh.MeshGateway) {
			return
		}
		r.at(t.HostPlace(), "traffic is not routed to %q: PASSTHROUGH sends it to its original destination", svc.Host).
			related(facts.At(rule.Object, "spec.trafficPolicy.loadBalancer.simple"), "PASSTHROUGH is set here")
	})
}

var _ = register(diag.Check{
	ID:       "SEM209",
	Title:    "locality without endpoints",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `Locality weights and failover use the localities of the endpoints (region/zone/subzone). A locality without endpoints receives no traffic;
its share goes to the other localities.`,
	Fix: `Use localities that the endpoints have.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  endpoints: [{address: 10.0.0.1, locality: eu/a}, {address: 10.0.0.2, locality: eu/b}]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: web, namespace: shop}
spec:
  host: "api.example.com"
  trafficPolicy:
    outlierDetection: {consecutive5xxErrors: 3, maxEjectionPercent: 100}
    loadBalancer: {localityLbSetting: {distribute: [{from: eu/a, to: {eu/a: 80, us/a: 20}}]}}
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  endpoints: [{address: 10.0.0.1, locality: eu/a}, {address: 10.0.0.2, locality: eu/b}]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: web, namespace: shop}
spec:
  host: "api.example.com"
  trafficPolicy:
    outlierDetection: {consecutive5xxErrors: 3, maxEjectionPercent: 100}
    loadBalancer: {localityLbSetting: {distribute: [{from: eu/a, to: {eu/a: 80, eu/b: 20}}]}}
`,
}, emptyLocality)

func emptyLocality(s *facts.Set, r *reporter) {
	facts.Each(s.Documents, "DestinationRule", func(o *config.Object, spec *networking.DestinationRule) {
		host := s.FullHost(spec.GetHost(), o)
		svc := s.Client(o.Namespace).Service(host)
		if svc == nil || mesh.IsWildcard(host) {
			return
		}
		var known []string
		for _, e := range s.Workloads.Endpoints(svc) {
			known = append(known, e.Locality)
		}
		if len(known) == 0 || slices.Contains(known, "") {
			return
		}
		slices.Sort(known)
		known = slices.Compact(known)
		for _, p := range facts.Policies(o, spec) {
			setting := p.Balancer.GetLocalityLbSetting()
			for i, d := range setting.GetDistribute() {
				for to := range d.GetTo() {
					emptyAmong(r, p.Sub("loadBalancer.localityLbSetting.distribute").Item(i).Sub("to").Key(to), to, known)
				}
			}
			for i, f := range setting.GetFailover() {
				emptyAmong(r, p.Sub("loadBalancer.localityLbSetting.failover").Item(i).Sub("to"), f.GetTo(), known)
			}
		}
	})
}

// emptyAmong reports a locality, or a wildcard of localities, that none of the known ones is in.
func emptyAmong(r *reporter, at facts.Place, locality string, known []string) {
	if locality == "*" || slices.ContainsFunc(known, func(k string) bool { return facts.LocalityCovers(locality, k) || k == locality }) {
		return
	}
	r.at(at, "no endpoint is in locality %q; endpoints are in %s", locality, strings.Join(known, ", "))
}
