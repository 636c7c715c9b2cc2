package validate

import (
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM313",
	Title:    "match is covered by another VirtualService",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `A gateway merges the routes of all VirtualServices of a host: those of the oldest VirtualService come first, and routes that match every
request come last. Every request that meets this match also meets one of an older VirtualService, so this match never applies.`,
	Fix: `Write both routes in one VirtualService, the more specific first, or give the older one a narrower match.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: shop}
spec:
  selector: {istio: ingressgateway}
  servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: [www.example.com]}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop, creationTimestamp: "2025-01-01T00:00:00Z"}
spec:
  hosts: [www.example.com]
  gateways: [edge]
  http: [{match: [{uri: {prefix: /api}}], route: [{destination: {host: api}}]}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reports, namespace: shop, creationTimestamp: "2025-02-01T00:00:00Z"}
spec:
  hosts: [www.example.com]
  gateways: [edge]
  http: [{match: [{uri: {prefix: /api/reports}}], route: [{destination: {host: reports}}]}]
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: shop}
spec:
  selector: {istio: ingressgateway}
  servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: [www.example.com]}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [www.example.com]
  gateways: [edge]
  http:
  - {match: [{uri: {prefix: /api/reports}}], route: [{destination: {host: reports}}]}
  - {match: [{uri: {prefix: /api}}], route: [{destination: {host: api}}]}
`,
}, coveredElsewhere)

// A gatewayHost is a host at a gateway.
type gatewayHost struct{ gateway, host string }

func coveredElsewhere(s *facts.Set, r *reporter) {
	seen := map[gatewayHost]*facts.Coverage{}
	for _, v := range s.Mesh.VirtualServices() {
		at := gatewayHosts(s, v)
		for _, c := range facts.HTTPMatches(v.Object) {
			if by := coveredAt(seen, at, c); by != nil {
				r.at(c.Place, "unreachable match at the gateway: %s is older and matches every such request, for example %s", name(by.Object), c.Example()).
					related(by.Place, "its match comes first%s", elder(by.Object, v.Object))
			}
		}
		if len(at) == 0 {
			continue
		}
		merged := facts.MergedMatches(v)
		for _, where := range at {
			if seen[where] == nil {
				seen[where] = facts.NewCoverage()
			}
			for _, c := range merged {
				if !c.MatchesAll() { // istiod puts those last
					seen[where].Add(atGateway(c))
				}
			}
		}
	}
}

// gatewayHosts returns where gateways use the routes of a VirtualService.
func gatewayHosts(s *facts.Set, v *mesh.VirtualService) []gatewayHost {
	var all []gatewayHost
	if spec := config.Spec[*networking.VirtualService](v.Object); len(spec.GetHttp()) == 0 {
		return nil
	}
	for _, g := range v.Gateways {
		o := s.Gateways.Named(g)
		if g == mesh.MeshGateway || o == nil || !v.VisibleIn(o.Namespace) {
			continue
		}
		for _, h := range v.HostNames() {
			for _, server := range facts.ServersOf(o) {
				if server.Takes(h, v.Object.Namespace) {
					all = append(all, gatewayHost{g, h})
					break
				}
			}
		}
	}
	return all
}

// coveredAt returns a match of an older VirtualService that covers c wherever gateways use it, or nil. One that is the same is left to
// SEM167.
func coveredAt(seen map[gatewayHost]*facts.Coverage, where []gatewayHost, c facts.HTTPMatch) (by *facts.HTTPMatch) {
	if c.MatchesAll() {
		return nil
	}
	c = atGateway(c)
	for _, at := range where {
		if seen[at] == nil {
			return nil
		}
		if by = seen[at].Find(c); by == nil || by.Covers(c) && c.Covers(*by) {
			return nil
		}
	}
	return by
}

// atGateway returns a match as a gateway that it is for compares it.
func atGateway(c facts.HTTPMatch) facts.HTTPMatch {
	if c.AnyGateway {
		c.Gateways = nil
	}
	return c
}
