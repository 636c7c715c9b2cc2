package validate

import (
	"slices"

	"sem.example/internal/diag"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM249",
	Title:    "sidecars and gateway disagree about mutual TLS",
	Severity: diag.Error,
	Stage:    diag.NoStage,
	Why: `Automatic mutual TLS does not apply to gateways. A server with mode ISTIO_MUTUAL needs a DestinationRule with mode ISTIO_MUTUAL for the
gateway's Service, and the reverse. Servers are selected by SNI, so the DestinationRule must set sni to a host of the server; without it,
the sidecar sends the name of its cluster, which matches no server. In each case the handshake fails and the client receives 503.`,
	Fix: `Set tls mode ISTIO_MUTUAL and sni in the DestinationRule for the gateway's Service, or remove mutual TLS from the server.`,
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

func unevenMutual(s *facts.Set, r *reporter) {
	s.Egress.EachHop(s.Mesh.Objects("VirtualService"), func(l facts.EgressHop) { // it is reported at DestinationRules
		open := l.Open()
		i := slices.IndexFunc(open, l.MutualMismatch)
		if i < 0 || slices.ContainsFunc(open, func(v facts.Server) bool { return l.Fits(v) && !l.MutualMismatch(v) }) {
			return
		}
		v := open[i]
		switch {
		case !l.Mutual():
			r.at(l.PortPlace(), "%s arrives at a server of %s, which requires mutual TLS", l.Sends(), name(v.Object)).
				help("add a DestinationRule for %s with tls mode ISTIO_MUTUAL and sni %s on port %d", l.Service.Host, facts.ServerHostName(v.GetHosts()[0]), l.Port.Number).
				related(v.Sub("tls.mode"), "required here")
		case !v.TakesMutual():
			r.at(l.TLS.Sub("mode"), "mutual TLS arrives at a server of %s, which does not expect it", name(v.Object)).
				help("set tls mode ISTIO_MUTUAL in the server, or remove tls from the DestinationRule").
				related(v.Place, "server").related(l.PortPlace(), "route")
		default:
			r.at(l.TLS.Sub("mode"), "sidecars send the SNI %q, which no server of %s accepts", l.ServerName(), name(v.Object)).
				help("set sni to %s", facts.ServerHostName(v.GetHosts()[0])).related(v.Place, "hosts of the server")
		}
	})
}
