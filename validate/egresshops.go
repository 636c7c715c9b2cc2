package validate

import (
	"fmt"
	"slices"

	"sem.example/internal/diag"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM248",
	Title:    "sidecars send traffic to a gateway that does not accept it",
	Severity: diag.Error,
	Stage:    diag.NoStage,
	Why: `Traffic through an egress gateway takes two hops. The route for sidecars sends it to a port of the gateway's Service. There, a server of
the Gateway must have that port and the host, and must expect what arrives: plain HTTP from an http route, the application's TLS from a
tls route, or what a DestinationRule for the gateway's Service makes of them. Otherwise the connection is rejected or reset, and the
client receives 503.`,
	Fix: `Route to the port of a server that has the host, with the protocol that the server expects.`,
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
			f := r.at(l.PortPlace(), "no server of %s for this host listens on port %d of %q", name(l.Servers[0].Object), l.Port.Number, l.Service.Host).
				help("%s", portAdvice(l))
			for _, v := range l.Servers {
				f.related(v.Sub("port"), "this server has the host on port %d", v.GetPort().GetNumber())
			}
		case !slices.ContainsFunc(open, l.Fits) && !slices.ContainsFunc(open, l.MutualMismatch):
			r.at(l.PortPlace(), "%s arrives at a server of %s, which expects %s", l.Sends(), name(open[0].Object), expects(open[0])).
				help("%s", protocolAdvice(l, open[0])).
				related(open[0].Place, "server")
		}
	})
}

// portAdvice says which port of the Service leads to a server that has the host.
func portAdvice(l facts.EgressHop) string {
	for _, p := range l.Service.Ports {
		for _, v := range l.Servers {
			if n := v.GetPort().GetNumber(); n == p.Number || n == p.TargetPort {
				return fmt.Sprintf("route to port %d", p.Number)
			}
		}
	}
	return fmt.Sprintf("add a server for this host on port %d", l.Port.Number)
}

// protocolAdvice says how the route and the server come to agree.
func protocolAdvice(l facts.EgressHop, v facts.Server) string {
	switch {
	case l.Encrypted():
		return fmt.Sprintf("remove tls from the DestinationRule for %s, or set protocol HTTPS in the server", l.Service.Host)
	case v.Connections() == "HTTP":
		return "use http routes on a port of protocol HTTP, or set protocol TLS and mode PASSTHROUGH in the server"
	}
	return "use tls routes on a port of protocol TLS, or set protocol HTTP in the server"
}

// expects words what a server takes.
func expects(v facts.Server) string {
	if v.Connections() == "HTTP" {
		return "plain HTTP"
	}
	return "TLS"
}
