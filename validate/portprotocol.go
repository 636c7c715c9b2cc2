package validate

import (
	"slices"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM125",
	Title:    "unusual protocol on port 80 or 443 of an external host",
	Severity: diag.Warning,
	Stage:    diag.AtFilterChain,
	When:     diag.NoPlaintextToTLS,
	Why: `The protocol describes what the application sends. On port 443 with protocol HTTP, the proxy expects plain HTTP and, unless a
DestinationRule originates TLS, sends plain HTTP to a TLS server; an application that uses TLS itself bypasses the ServiceEntry. On port
80 with protocol HTTPS or TLS, the proxy passes bytes through: plain HTTP is not routed as HTTP, and nothing is encrypted. The same
applies to a targetPort of 443 under protocol HTTP.`,
	Fix: `Declare what the application sends: HTTPS or TLS if it uses TLS itself; HTTP if the proxy originates TLS, with a DestinationRule of mode
SIMPLE.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 443, name: http, protocol: HTTP}]
  resolution: DNS
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 443, name: https, protocol: HTTPS}]
  resolution: DNS
`,
}, unusualProtocol)

func unusualProtocol(s *facts.Set, r *reporter) {
	reported := map[facts.Place]bool{}
	for _, svc := range s.WantedServices() {
		if svc.Kubernetes() || !svc.External {
			continue
		}
		for _, p := range svc.Ports {
			at := facts.At(svc.Object, p.Field+".protocol")
			switch {
			case reported[at]:
			case p.Number != 443 && p.TargetPort == 443 && readsPlainHTTP(p) && !s.DestinationRules.EverEncrypt(svc, p) && !misplaced(s, svc):
				reported[at] = true
				r.at(facts.At(svc.Object, p.Field+".targetPort"), "plain HTTP is sent to port 443 of the server: no DestinationRule originates TLS for port %d of %q", p.Number, svc.Host).
					help("add a DestinationRule for %s with tls mode SIMPLE on port %d", svc.Host, p.Number)
			case p.Number == 443 && readsPlainHTTP(p) && (p.TargetPort == 0 || p.TargetPort == 443) && !s.DestinationRules.EverEncrypt(svc, p):
				reported[at] = true
				r.at(at, "plain HTTP is sent to port 443 of %q: its protocol is %s, and no DestinationRule originates TLS", svc.Host, p.Protocol).
					help("set protocol: HTTPS if the application uses TLS itself; otherwise add a DestinationRule for %s with tls mode SIMPLE on port 443", svc.Host)
			case p.Number == 80 && p.Protocol.IsTLS():
				reported[at] = true
				r.at(at, "port 80 of %q has protocol %s: the proxy expects TLS and does not route HTTP", svc.Host, p.Protocol).
					help("set protocol: HTTP; to originate TLS, add a DestinationRule and targetPort 443")
			}
		}
	}
}

// misplaced reports whether a DestinationRule encrypts on port 443 of a service, of which other checks speak where it has none.
func misplaced(s *facts.Set, svc *mesh.Service) bool {
	return slices.ContainsFunc(s.DestinationRules.Of(svc.Host), func(o *config.Object) bool { return facts.SetsTLS(o, 443) })
}

// readsPlainHTTP reports whether the proxy takes the traffic of a port for HTTP that it is to forward itself.
func readsPlainHTTP(p *mesh.Port) bool { return p.Protocol.IsHTTP() && p.Protocol != mesh.HTTPProxy }

var _ = register(diag.Check{
	ID:       "SEM127",
	Title:    "ServiceEntries declare a port with different protocols",
	Severity: diag.Warning,
	Stage:    diag.AtListener,
	Why: `A client uses one of the declarations: ServiceEntries of one namespace are merged, and the older sets the protocol; otherwise the client's
own namespace takes precedence, then the older. Routes for the other protocol do not apply.`,
	Fix: `Use one protocol, or different ports.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: one, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 8080, name: http, protocol: HTTP}]
  resolution: DNS
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: two, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 8080, name: tls, protocol: TLS}]
  resolution: DNS
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: one, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 8080, name: http, protocol: HTTP}]
  resolution: DNS
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: two, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 8443, name: tls, protocol: TLS}]
  resolution: DNS
`,
	Aliases: []string{"IST0177", "KIA1212"},
}, twoProtocols)

func twoProtocols(s *facts.Set, r *reporter) {
	s.Hosts.EachDuplicate(func(older, newer *mesh.Service) {
		if older.Object == newer.Object || older.Kubernetes() || newer.Kubernetes() || !older.VisibleIn(newer.Namespace) {
			return
		}
		theirs, ours := facts.ProtocolConflict(older, newer)
		if ours == nil {
			return
		}
		f := r.at(facts.At(newer.Object, ours.Field+".protocol"), "port %d of %q is %s here and %s in %s", ours.Number, newer.Host, spoken(ours), spoken(theirs), name(older.Object))
		if older.Namespace == newer.Namespace {
			f.related(facts.At(older.Object, theirs.Field), "this declaration takes precedence")
		} else {
			f.related(facts.At(older.Object, theirs.Field), "this declaration takes precedence for clients outside namespace %s", newer.Namespace)
		}
	})
}
