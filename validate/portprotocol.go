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
	Title:    "protocol of an external port is not what usually answers there",
	Severity: diag.Warning,
	Stage:    diag.AtFilterChain,
	When:     diag.NoPlaintextToTLS,
	Why: `The declared protocol tells the proxy what the application sends. On port 443 declared HTTP it expects plain HTTP and, unless a
DestinationRule originates TLS, sends plain HTTP to a server that expects TLS; an application that encrypts itself is no longer
routed by the entry. On port 80 declared HTTPS or TLS the proxy passes bytes through: plain HTTP is not routed as HTTP, and declaring
the protocol does not encrypt anything. Nor does a targetPort of 443 under a port of protocol HTTP.`,
	Fix: `Declare what the application sends: HTTPS or TLS where it encrypts itself; HTTP where the proxy is to encrypt, with a
DestinationRule of mode SIMPLE.`,
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
			case p.Number != 443 && p.Target == 443 && readsPlainHTTP(p) && !s.DestinationRules.EverEncrypt(svc, p) && !misplaced(s, svc):
				reported[at] = true
				r.at(facts.At(svc.Object, p.Field+".targetPort"), "port %d of %q leads to port 443 of the server, and no DestinationRule encrypts: plain HTTP is sent to it", p.Number, svc.Host).
					help("add a DestinationRule for %s with tls mode SIMPLE on port %d", svc.Host, p.Number)
			case p.Number == 443 && readsPlainHTTP(p) && (p.Target == 0 || p.Target == 443) && !s.DestinationRules.EverEncrypt(svc, p):
				reported[at] = true
				r.at(at, "port 443 of %q is declared %s, and no DestinationRule encrypts: plain HTTP is sent to it", svc.Host, p.Protocol).
					help("write protocol HTTPS if the application encrypts itself; otherwise add a DestinationRule for %s with tls mode SIMPLE on port 443", svc.Host)
			case p.Number == 80 && p.Protocol.IsTLS():
				reported[at] = true
				r.at(at, "port 80 of %q is declared %s: the proxy takes its traffic for TLS and does not read it as HTTP", svc.Host, p.Protocol).
					help("write protocol HTTP, and let a DestinationRule encrypt where the server wants TLS (with targetPort 443)")
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
	Title:    "port of one host has different protocols",
	Severity: diag.Warning,
	Stage:    diag.AtListener,
	Why: `Two entries declare the same port of the same host with different protocols. A client goes by one of them: entries of one
namespace are united and the older gives the protocol; of several namespaces a client's own comes first, then the older. Rules
written for the other protocol do not act.`,
	Fix: `Agree on one protocol, or use different ports.`,
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
	s.Hosts.EachDuplicate(func(winner, loser *mesh.Service) {
		if winner.Object == loser.Object || winner.Kubernetes() || loser.Kubernetes() || !winner.VisibleIn(loser.Namespace) {
			return
		}
		theirs, ours := facts.ProtocolConflict(winner, loser)
		if ours == nil {
			return
		}
		f := r.at(facts.At(loser.Object, ours.Field+".protocol"), "port %d of %q is %s here and %s in %s", ours.Number, loser.Host, spoken(ours), spoken(theirs), name(winner.Object))
		if winner.Namespace == loser.Namespace {
			f.related(facts.At(winner.Object, theirs.Field), "this declaration counts")
		} else {
			f.related(facts.At(winner.Object, theirs.Field), "this one counts for clients outside of namespace %s", loser.Namespace)
		}
	})
}
