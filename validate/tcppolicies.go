package validate

import (
	"slices"
	"time"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM293",
	Title:    "tunnel for a host with HTTP ports",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `The proxy tunnels TCP and TLS connections that it passes through. It does not tunnel HTTP requests, and the host has only HTTP ports:
tunnel has no effect.`,
	Fix: `Set the port's protocol to TLS or TCP, or remove tunnel.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: DNS
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec:
  host: api.example.com
  trafficPolicy: {tunnel: {protocol: CONNECT, targetHost: proxy.example.com, targetPort: 3128}}
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 443, name: tls, protocol: TLS}]
  resolution: DNS
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec:
  host: api.example.com
  trafficPolicy: {tunnel: {protocol: CONNECT, targetHost: proxy.example.com, targetPort: 3128}}
`,
}, idleTunnel)

func idleTunnel(s *facts.Set, r *reporter) {
	for _, o := range s.WantedObjects("DestinationRule") {
		spec := config.Spec[*networking.DestinationRule](o)
		svcs := s.Hosts.Matching(s.FullHost(spec.GetHost(), o))
		if spec.GetTrafficPolicy().GetTunnel() == nil || len(svcs) == 0 || facts.AnyPort(svcs, func(p *mesh.Port) bool { return !p.Protocol.IsHTTP() }) {
			continue
		}
		r.at(facts.At(o, "spec.trafficPolicy.tunnel"), "tunnel has no effect: %q has HTTP ports only", spec.GetHost()).
			related(facts.At(svcs[0].Object, svcs[0].Field), "host registered here")
	}
}

var _ = register(diag.Check{
	ID:       "SEM294",
	Title:    "TCP settings of the first destination apply to all",
	Severity: diag.Info,
	Stage:    diag.NoStage,
	Why: `The proxy creates one filter for a weighted TCP or TLS route, with the idle timeout, maximum connection duration, tunnel and source IP
hash from the DestinationRule of the first destination. Those of the other destinations are ignored.`,
	Fix: `Use the same settings for all destinations, or list the destination with the intended settings first.`,
	Wrong: `
apiVersion: v1
kind: Service
metadata: {name: db, namespace: shop}
spec: {ports: [{name: tcp, port: 5432}]}
---
apiVersion: v1
kind: Service
metadata: {name: db-new, namespace: shop}
spec: {ports: [{name: tcp, port: 5432}]}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: db-new, namespace: shop}
spec:
  host: db-new
  trafficPolicy: {connectionPool: {tcp: {idleTimeout: 30s}}}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: db, namespace: shop}
spec:
  hosts: [db]
  tcp:
  - route:
    - {destination: {host: db}, weight: 90}
    - {destination: {host: db-new}, weight: 10}
`,
	Right: `
apiVersion: v1
kind: Service
metadata: {name: db, namespace: shop}
spec: {ports: [{name: tcp, port: 5432}]}
---
apiVersion: v1
kind: Service
metadata: {name: db-new, namespace: shop}
spec: {ports: [{name: tcp, port: 5432}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: db, namespace: shop}
spec:
  hosts: [db]
  tcp:
  - route:
    - {destination: {host: db}, weight: 90}
    - {destination: {host: db-new}, weight: 10}
`,
}, firstSettings)

func firstSettings(s *facts.Set, r *reporter) {
	for _, o := range s.WantedObjects("VirtualService") {
		first := map[routeKey]facts.Destination{}
		for _, t := range s.Routes.Destinations(o) {
			if t.Protocol == "http" {
				continue
			}
			lead, later := first[routeKey{t.Protocol, t.Rule}]
			if !later {
				first[routeKey{t.Protocol, t.Rule}] = t
				continue
			}
			own, used := streamPolicy(s, t), streamPolicy(s, lead)
			if own == (stream{}) || own == used || s.FullHost(t.Host, o) == s.FullHost(lead.Host, o) {
				continue
			}
			r.at(t.HostPlace(), "the TCP settings of %q are ignored here: those of %q apply to the whole route", t.Host, lead.Host).
				related(lead.HostPlace(), "first destination")
		}
	}
}

// A routeKey names a rule of a VirtualService.
type routeKey struct {
	protocol string
	rule     int
}

// streamPolicy returns what the rule for a destination's host sets for connections that are passed through.
func streamPolicy(s *facts.Set, t facts.Destination) stream {
	view := s.Client(t.Object.Namespace)
	svc := view.Service(s.FullHost(t.Host, t.Object))
	if svc == nil {
		return stream{}
	}
	p := view.DestinationRule(svc).Connection("")
	tunnel := p.Tunnel.Value
	return stream{
		idle: p.Pool.Value.GetIdleTimeout().AsDuration(), lifetime: p.Pool.Value.GetMaxConnectionDuration().AsDuration(),
		bySource: p.SourceHash.IsSet(), protocol: tunnel.GetProtocol(), host: tunnel.GetTargetHost(), port: tunnel.GetTargetPort(),
	}
}

// A stream is what a rule sets for connections as such.
type stream struct {
	idle, lifetime time.Duration
	bySource       bool
	protocol, host string // of a tunnel
	port           uint32
}

var _ = register(diag.Check{
	ID:       "SEM295",
	Title:    "outlier detection enables locality load balancing",
	Severity: diag.Info,
	Stage:    diag.NoStage,
	Why: `With outlierDetection, the proxy prefers endpoints of its own locality unless the DestinationRule or MeshConfig disables it: endpoints in
other zones and regions receive requests only when the near ones fail. The load is then distributed like the clients.`,
	Fix: `Set loadBalancer.localityLbSetting: {enabled: false} to spread requests over all zones, or keep it if this is intended.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: db, namespace: shop}
spec:
  hosts: [db.shop.internal]
  location: MESH_INTERNAL
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  endpoints:
  - {address: 192.0.2.1, locality: eu/a, serviceAccount: db}
  - {address: 192.0.2.2, locality: eu/b, serviceAccount: db}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: db, namespace: shop}
spec:
  host: db.shop.internal
  trafficPolicy: {outlierDetection: {consecutive5xxErrors: 5, maxEjectionPercent: 100}}
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: db, namespace: shop}
spec:
  hosts: [db.shop.internal]
  location: MESH_INTERNAL
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  endpoints:
  - {address: 192.0.2.1, locality: eu/a, serviceAccount: db}
  - {address: 192.0.2.2, locality: eu/b, serviceAccount: db}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: db, namespace: shop}
spec:
  host: db.shop.internal
  trafficPolicy:
    loadBalancer: {localityLbSetting: {enabled: false}}
    outlierDetection: {consecutive5xxErrors: 5, maxEjectionPercent: 100}
`,
}, localityFailover)

func localityFailover(s *facts.Set, r *reporter) {
	mesh := s.Mesh.Settings.Config.GetLocalityLbSetting()
	if mesh != nil && mesh.GetEnabled() != nil && !mesh.GetEnabled().GetValue() {
		return
	}
	for _, o := range s.WantedObjects("DestinationRule") {
		policy := config.Spec[*networking.DestinationRule](o).GetTrafficPolicy()
		if policy.GetOutlierDetection() == nil || policy.GetLoadBalancer().GetLocalityLbSetting() != nil {
			continue
		}
		for _, svc := range s.DestinationRules.ServicesOf(o, o.Namespace) {
			var places []string
			for _, e := range s.Workloads.Endpoints(svc) {
				if e.Locality != "" {
					places = append(places, e.Locality)
				}
			}
			slices.Sort(places)
			if places = slices.Compact(places); len(places) > 1 {
				r.at(facts.At(o, "spec.trafficPolicy.outlierDetection"), "with outlierDetection, clients of %q prefer endpoints in their own zone among %s", svc.Host, listed(places))
				break
			}
		}
	}
}

// listed words a list, the first few of a long one.
func listed(words []string) string {
	text := ""
	for i, w := range words {
		switch {
		case i == 4:
			return text + ", …"
		case i > 0:
			text += ", "
		}
		text += w
	}
	return text
}
