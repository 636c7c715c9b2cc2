package validate

import (
	"slices"

	"sem.example/internal/diag"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM248",
	Title:    "sidecars hand traffic to a gateway that does not take it",
	Severity: diag.Error,
	Stage:    diag.NoStage,
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
}, unfitHop)

func unfitHop(s *facts.Set, r *reporter) {
	s.Egress.EachHop(s.WantedObjects("VirtualService"), func(l facts.EgressHop) {
		open := l.Open()
		switch {
		case len(open) == 0:
			f := r.at(l.PortPlace(), "no server of %s for this host listens behind port %d of %q", name(l.Servers[0].Object), l.Port.Number, l.Service.Host)
			for _, v := range l.Servers {
				f.related(v.Sub("port"), "this server takes the host, at port %d", v.GetPort().GetNumber())
			}
		case !slices.ContainsFunc(open, l.Fits) && !slices.ContainsFunc(open, l.MutualMismatch):
			r.at(l.PortPlace(), "%s arrives at a server of %s that expects %s", l.Sends(), name(open[0].Object), expects(open[0])).
				related(open[0].Place, "the server stands here")
		}
	})
}

// expects words what a server takes.
func expects(v facts.Server) string {
	if v.Connections() == "HTTP" {
		return "plain HTTP"
	}
	return "TLS"
}
