package validate

import (
	"fmt"
	"slices"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/diag"
	"sem.example/internal/mesh"
)

var _ = register(diag.Check{
	ID:       "SEM249",
	Title:    "sidecars and gateway do not agree on mutual TLS",
	Severity: diag.Error,
	Why: `Towards a gateway there is no automatic mutual TLS: its Pods do not ask for it. A server of mode ISTIO_MUTUAL needs a DestinationRule
of mode ISTIO_MUTUAL for the gateway's Service, and such a rule needs such a server. Servers are told apart by server name, so the rule
has to set sni to a host of the server; without it the sidecar sends the name of its cluster, which no server takes. Either way the
handshake fails, and the caller gets 503.`,
	Fix: `Set tls mode ISTIO_MUTUAL and sni in the DestinationRule for the gateway's Service, or take mutual TLS from the server.`,
	Wrong: `
apiVersion: v1
kind: Service
metadata: {name: egress, namespace: net}
spec:
  selector: {app: egress}
  ports: [{name: https, port: 443, targetPort: 8443}]
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: egress, namespace: net}
spec:
  selector: {app: egress}
  servers: [{port: {number: 443, name: https, protocol: HTTPS}, hosts: [api.example.com], tls: {mode: ISTIO_MUTUAL}}]
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: net}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: DNS
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: net}
spec:
  hosts: [api.example.com]
  gateways: [mesh, egress]
  http:
  - match: [{gateways: [mesh], port: 80}]
    route: [{destination: {host: egress, port: {number: 443}}}]
  - match: [{gateways: [egress], port: 443}]
    route: [{destination: {host: api.example.com, port: {number: 80}}}]
`,
	Right: `
apiVersion: v1
kind: Service
metadata: {name: egress, namespace: net}
spec:
  selector: {app: egress}
  ports: [{name: https, port: 443, targetPort: 8443}]
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: egress, namespace: net}
spec:
  selector: {app: egress}
  servers: [{port: {number: 443, name: https, protocol: HTTPS}, hosts: [api.example.com], tls: {mode: ISTIO_MUTUAL}}]
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: net}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: DNS
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: egress, namespace: net}
spec:
  host: egress
  trafficPolicy:
    portLevelSettings:
    - port: {number: 443}
      tls: {mode: ISTIO_MUTUAL, sni: api.example.com}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: net}
spec:
  hosts: [api.example.com]
  gateways: [mesh, egress]
  http:
  - match: [{gateways: [mesh], port: 80}]
    route: [{destination: {host: egress, port: {number: 443}}}]
  - match: [{gateways: [egress], port: 443}]
    route: [{destination: {host: api.example.com, port: {number: 80}}}]
`,
}, unevenMutual)

func unevenMutual(s *Scope, r *reporter) {
	s.eachLeg(s.Mesh.Objects("VirtualService"), func(l leg) { // it is told at DestinationRules
		open := l.open()
		i := slices.IndexFunc(open, l.mutualTrouble)
		if i < 0 || slices.ContainsFunc(open, func(v server) bool { return l.fits(v) && !l.mutualTrouble(v) }) {
			return
		}
		v := open[i]
		switch {
		case !l.mutual():
			r.at(l.portPlace(), "%s arrives at a server of %s that demands mutual TLS of the mesh", l.sends(), name(v.object)).
				help("add a DestinationRule for %s with tls mode ISTIO_MUTUAL and sni %s on port %d", l.service.Host, hostName(v.GetHosts()[0]), l.port.Number).
				related(place{v.object, v.field + ".tls.mode"}, "it is demanded here")
		case !v.takesMutual():
			r.at(l.tls.at("mode"), "mutual TLS of the mesh arrives at a server of %s that does not expect it", name(v.object)).
				related(v.place, "the server stands here").related(l.portPlace(), "this rule leads there")
		default:
			r.at(l.tls.at("mode"), "the server name that sidecars send is %q, which no server of %s takes", l.serverName(), name(v.object)).
				help("set sni to %s", hostName(v.GetHosts()[0])).related(v.place, "the server takes other names")
		}
	})
}

// mutual says whether the sidecar presents its certificate of the mesh.
func (l leg) mutual() bool {
	return l.tls.settings.GetMode() == networking.ClientTLSSettings_ISTIO_MUTUAL
}

// serverName is the name that a sidecar with mutual TLS of the mesh sends: that of the rule, or that of its cluster.
func (l leg) serverName() string {
	if sni := l.tls.settings.GetSni(); sni != "" {
		return sni
	}
	return fmt.Sprintf("outbound_.%d_.%s_.%s", l.port.Number, l.Subset, l.service.Host)
}

// mutualTrouble says whether only one side of a leg speaks mutual TLS of the mesh, or both do and the names do not meet.
func (l leg) mutualTrouble(v server) bool {
	if l.mutual() != v.demandsMutual() {
		return !l.mutual() || !v.takesMutual()
	}
	return l.mutual() && !v.named(l.serverName())
}

// demandsMutual says whether a server takes nothing but certificates of the mesh.
func (v server) demandsMutual() bool {
	return v.sort() == "TLS" && v.GetTls().GetMode() == networking.ServerTLSSettings_ISTIO_MUTUAL
}

// takesMutual says whether a server may take a connection with a certificate of the mesh: one that passes TLS through leaves that
// to whoever is behind it.
func (v server) takesMutual() bool {
	return v.sort() != "HTTP" && (v.demandsMutual() || !v.terminates())
}

// named says whether a server takes a server name.
func (v server) named(sni string) bool {
	return slices.ContainsFunc(v.GetHosts(), func(h string) bool { return mesh.Covers(hostName(h), sni) })
}
