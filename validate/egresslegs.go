package validate

import (
	"slices"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/internal/source"
)

var _ = register(diag.Check{
	ID:       "SEM248",
	Title:    "sidecars hand traffic to a gateway that does not take it",
	Severity: diag.Error,
	Why: `Traffic that leaves through an egress gateway travels in two legs. The rule for the sidecars sends it to a port of the gateway's
Service, and there a server of the Gateway has to have that port, take the host, and expect what arrives: plain HTTP of an http rule,
the application's TLS of a tls rule, or what a DestinationRule for the gateway's Service makes of them. Otherwise the connection is
refused or reset, and the caller gets 503.`,
	Fix: `Follow one request: the rule for the sidecars, the port of the Service, the server of the Gateway. Give all three one port and protocol.`,
	Wrong: `
apiVersion: v1
kind: Service
metadata: {name: egress, namespace: net}
spec:
  selector: {app: egress}
  ports: [{name: http, port: 80, targetPort: 8080}, {name: tls, port: 443, targetPort: 8443}]
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: egress, namespace: net}
spec:
  selector: {app: egress}
  servers: [{port: {number: 443, name: tls, protocol: TLS}, hosts: [api.example.com], tls: {mode: PASSTHROUGH}}]
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: net}
spec:
  hosts: [api.example.com]
  ports: [{number: 443, name: tls, protocol: TLS}]
  resolution: DNS
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: net}
spec:
  hosts: [api.example.com]
  gateways: [mesh, egress]
  tls:
  - match: [{gateways: [mesh], port: 443, sniHosts: [api.example.com]}]
    route: [{destination: {host: egress, port: {number: 80}}}]
  - match: [{gateways: [egress], port: 443, sniHosts: [api.example.com]}]
    route: [{destination: {host: api.example.com, port: {number: 443}}}]
`,
	Right: `
apiVersion: v1
kind: Service
metadata: {name: egress, namespace: net}
spec:
  selector: {app: egress}
  ports: [{name: http, port: 80, targetPort: 8080}, {name: tls, port: 443, targetPort: 8443}]
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: egress, namespace: net}
spec:
  selector: {app: egress}
  servers: [{port: {number: 443, name: tls, protocol: TLS}, hosts: [api.example.com], tls: {mode: PASSTHROUGH}}]
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: net}
spec:
  hosts: [api.example.com]
  ports: [{number: 443, name: tls, protocol: TLS}]
  resolution: DNS
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: net}
spec:
  hosts: [api.example.com]
  gateways: [mesh, egress]
  tls:
  - match: [{gateways: [mesh], port: 443, sniHosts: [api.example.com]}]
    route: [{destination: {host: egress, port: {number: 443}}}]
  - match: [{gateways: [egress], port: 443, sniHosts: [api.example.com]}]
    route: [{destination: {host: api.example.com, port: {number: 443}}}]
`,
}, unfitLeg)

func unfitLeg(s *Scope, r *reporter) {
	s.eachLeg(s.subjects("VirtualService"), func(l leg) {
		open := l.open()
		switch {
		case len(open) == 0:
			f := r.at(l.portPlace(), "no server of %s for this host listens behind port %d of %q", name(l.servers[0].object), l.port.Number, l.service.Host)
			for _, v := range l.servers {
				f.related(place{v.object, v.field + ".port"}, "this server takes the host, at port %d", v.GetPort().GetNumber())
			}
		case !slices.ContainsFunc(open, l.fits) && !slices.ContainsFunc(open, l.mutualTrouble):
			r.at(l.portPlace(), "%s arrives at a server of %s that expects %s", l.sends(), name(open[0].object), open[0].expects()).
				related(open[0].place, "the server stands here")
		}
	})
}

// A leg is a destination by which sidecars hand traffic to a gateway of the mesh.
type leg struct {
	target
	service *mesh.Service
	port    *mesh.Port
	tls     clientTLS // towards the gateway; the settings are nil where nothing is said
	servers []server  // of the gateway, that take a host of the rules; at least one
}

// portPlace is where the rule names the port of the gateway, or its host where it does not.
func (l leg) portPlace() place {
	if l.GetPort() == nil {
		return l.host()
	}
	return place{l.object, l.field + ".port.number"}
}

// open returns the servers that the leg reaches: those of the port of the Service, or of the port of the workload behind it.
func (l leg) open() []server {
	var found []server
	for _, v := range l.servers {
		if n := v.GetPort().GetNumber(); n == l.port.Number || n == l.port.Target {
			found = append(found, v)
		}
	}
	return found
}

// wrapped says whether the sidecar encrypts towards the gateway.
func (l leg) wrapped() bool {
	return l.tls.settings != nil && l.tls.settings.GetMode() != networking.ClientTLSSettings_DISABLE
}

// sends words what the leg carries.
func (l leg) sends() string {
	switch {
	case l.wrapped():
		return "TLS of mode " + l.tls.settings.GetMode().String()
	case l.protocol == "http":
		return "plain HTTP"
	case l.protocol == "tls":
		return "the application's TLS"
	}
	return "TCP"
}

// fits says whether a server expects what the leg carries. Of raw TCP nobody knows what it is.
func (l leg) fits(v server) bool {
	switch v.sort() {
	case "HTTP":
		return !l.wrapped() && l.protocol != "tls"
	case "TLS":
		return l.wrapped() || l.protocol != "http"
	}
	return true
}

// expects words what a server takes.
func (v server) expects() string {
	if v.sort() == "HTTP" {
		return "plain HTTP"
	}
	return "TLS"
}

// eachLeg calls do for every destination by which rules of VirtualServices make sidecars hand traffic to a gateway that the input
// knows whole: the Service, the port, and servers for one of the hosts.
func (s *Scope) eachLeg(rules []*config.Object, do func(leg)) {
	for _, o := range rules {
		for _, t := range s.targets(o) {
			if l, ok := s.leg(t); ok {
				do(l)
			}
		}
	}
}

// leg returns a destination as a leg towards a gateway; the second result is false where it is none, or none that is known whole.
func (s *Scope) leg(t target) (leg, bool) {
	if t.mirror || !t.fromSidecars() {
		return leg{}, false
	}
	view := s.client(t.object.Namespace)
	svc := view.Service(s.full(t.Host, t.object))
	if svc == nil || !svc.Kubernetes() {
		return leg{}, false
	}
	port := svc.Port(t.GetPort().GetNumber())
	if t.GetPort() == nil && len(svc.Ports) == 1 {
		port = svc.Ports[0]
	}
	if port == nil || port.TargetName != "" || s.autoMutual(svc, port) {
		return leg{}, false
	}
	l := leg{target: t, service: svc, port: port, tls: tlsTowards(view.DestinationRule(svc), t.Subset, port.Number)}
	for _, g := range s.gatewaysBehind(svc) {
		for _, v := range serversOf(g) {
			if v.family() != "" && s.servesAny(v, t.object) {
				l.servers = append(l.servers, v)
			}
		}
	}
	return l, len(l.servers) > 0
}

// autoMutual says whether an endpoint of a port asks for automatic mutual TLS, which gateways usually do not.
func (s *Scope) autoMutual(svc *mesh.Service, port *mesh.Port) bool {
	return slices.ContainsFunc(s.client(svc.Namespace).Endpoints(svc, port), inMesh)
}

// servesAny says whether a server takes one of the hosts of rules, whichever namespace's rules route there.
func (s *Scope) servesAny(v server, o *config.Object) bool {
	return slices.ContainsFunc(config.Spec[*networking.VirtualService](o).GetHosts(), func(h string) bool {
		return slices.ContainsFunc(v.GetHosts(), func(served string) bool { return mesh.Overlap(hostName(served), s.full(h, o)) })
	})
}

// tlsTowards returns the TLS settings that a rule has for a subset ("" for the host itself) and port, as istiod finds them: an
// entry for the port replaces what stands above it, and the subset's settings go before those of the rule.
func tlsTowards(rule *mesh.DestinationRule, subset string, port uint32) clientTLS {
	if rule == nil {
		return clientTLS{}
	}
	found := clientTLSFor(rule.Host.Object, port)
	written, ok := rule.Subsets[subset]
	if !ok {
		return found
	}
	for _, sub := range rule.Spec.GetSubsets() {
		if sub.GetName() != subset || sub.GetTrafficPolicy() == nil {
			continue
		}
		policy, at := sub.GetTrafficPolicy(), written.Field+".trafficPolicy"
		if policy.GetTls() != nil {
			found = clientTLS{place: place{written.Object, at + ".tls"}, settings: policy.GetTls()}
		}
		for i, p := range policy.GetPortLevelSettings() {
			if p.GetPort().GetNumber() == port {
				return clientTLS{place: place{written.Object, source.Index(at+".portLevelSettings", i) + ".tls"}, settings: p.GetTls()}
			}
		}
	}
	return found
}
