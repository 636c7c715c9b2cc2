package validate

import (
	"sem.example/internal/diag"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM195",
	Title:    "servers of one gateway conflict on a port",
	Severity: diag.Error,
	Stage:    diag.AtListener,
	Why: `Servers of all Gateways that select the same workload share its ports. A port can have HTTP servers, or TLS servers that are distinguished
by SNI, or one TCP server. Servers that do not fit the oldest are ignored.`,
	Fix: `Use another port, or the protocol of the other servers.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: ingress}
spec:
  selector: {istio: ingressgateway}
  servers:
  - {port: {number: 443, name: https, protocol: HTTPS}, hosts: [a.example.com], tls: {mode: SIMPLE, credentialName: a}}
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: more, namespace: ingress}
spec:
  selector: {istio: ingressgateway}
  servers:
  - {port: {number: 443, name: http, protocol: HTTP}, hosts: [b.example.com]}
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: ingress}
spec:
  selector: {istio: ingressgateway}
  servers:
  - {port: {number: 443, name: https, protocol: HTTPS}, hosts: [a.example.com], tls: {mode: SIMPLE, credentialName: a}}
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: more, namespace: ingress}
spec:
  selector: {istio: ingressgateway}
  servers:
  - {port: {number: 443, name: https, protocol: HTTPS}, hosts: [b.example.com], tls: {mode: SIMPLE, credentialName: b}}
`,
	Aliases: []string{"IST0145"},
}, portClash)

func portClash(s *facts.Set, r *reporter) {
	reported := map[facts.Place]bool{}
	for _, group := range s.Gateways.WantedSockets() {
		first := group[0]
		for _, v := range group[1:] {
			if v.Connections() == first.Connections() && v.Connections() != "TCP" || reported[v.Place] {
				continue
			}
			reported[v.Place] = true
			r.at(v.Sub("port"), "this server is ignored: an older server uses port %[1]d for %[2]s, this one for %[3]s", v.GetPort().GetNumber(), first.Connections(), v.Connections()).
				related(first.Sub("port"), "older server%s", elder(first.Object, v.Object))
		}
	}
}

var _ = register(diag.Check{
	ID:       "SEM196",
	Title:    "TLS servers of one port have a common host",
	Severity: diag.Error,
	Stage:    diag.AtFilterChain,
	Why: `TLS servers of a port are distinguished by SNI. A server that shares a host with an older server of the same gateway workload is ignored,
with all its hosts. If the two restrict the host to different namespaces, istiod does not notice and Envoy rejects the whole port.`,
	Fix: `List each host in one server only.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: ingress}
spec:
  selector: {istio: ingressgateway}
  servers:
  - {port: {number: 443, name: https, protocol: HTTPS}, hosts: ["x.example.com", "y.example.com"], tls: {mode: SIMPLE, credentialName: a}}
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: more, namespace: ingress}
spec:
  selector: {istio: ingressgateway}
  servers:
  - {port: {number: 443, name: https, protocol: HTTPS}, hosts: ["y.example.com", "z.example.com"], tls: {mode: SIMPLE, credentialName: b}}
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: ingress}
spec:
  selector: {istio: ingressgateway}
  servers:
  - {port: {number: 443, name: https, protocol: HTTPS}, hosts: ["x.example.com", "y.example.com"], tls: {mode: SIMPLE, credentialName: a}}
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: more, namespace: ingress}
spec:
  selector: {istio: ingressgateway}
  servers:
  - {port: {number: 443, name: https, protocol: HTTPS}, hosts: ["z.example.com"], tls: {mode: SIMPLE, credentialName: b}}
`,
	Aliases: []string{"IST0145", "KIA0301"},
}, hostClash)

func hostClash(s *facts.Set, r *reporter) {
	reported := map[facts.Place]bool{}
	for _, group := range s.Gateways.WantedSockets() {
		taken, names := map[string]facts.Place{}, map[string]facts.Place{} // as written, and without the namespace
		for _, v := range group {
			if v.GetTls() == nil {
				continue
			}
			i, older, left := clash(v, taken, names)
			if i >= 0 && !reported[v.Place] {
				reported[v.Place] = true
				reportClash(r, v, i, older, left)
			}
			if left {
				continue
			}
			for i := range v.GetHosts() {
				taken[qualifiedHost(v, i)] = v.HostPlace(i)
				names[v.HostAt(i).Name] = v.HostPlace(i)
			}
		}
	}
}

func reportClash(r *reporter, v facts.Server, i int, older facts.Place, left bool) {
	if left {
		r.at(v.HostPlace(i), "this server is ignored with all its hosts: an older server of port %d has the host %q", v.GetPort().GetNumber(), v.HostAt(i).Name).
			related(older, "older server%s", elder(older.Object, v.Object))
		return
	}
	r.at(v.HostPlace(i), "Envoy rejects the listener of port %d: another server has the host %q for another namespace",
		v.GetPort().GetNumber(), v.HostAt(i).Name).related(older, "other server")
}

// clash finds the host of a server that an older one has. Istiod leaves the server out where both write the host in the same way;
// where they differ in the namespace it does not notice, and the proxy refuses the listener.
func clash(v facts.Server, taken, names map[string]facts.Place) (i int, older facts.Place, left bool) {
	for i := range v.GetHosts() {
		if at, ok := taken[qualifiedHost(v, i)]; ok {
			return i, at, true
		}
	}
	for i := range v.GetHosts() {
		if at, ok := names[v.HostAt(i).Name]; ok {
			return i, at, false
		}
	}
	return -1, facts.Place{}, false
}

// qualifiedHost is a host with its namespace, as istiod compares them.
func qualifiedHost(v facts.Server, i int) string {
	h := v.HostAt(i)
	if h.Namespace == "*" {
		return h.Name
	}
	return h.Namespace + "/" + h.Name
}

var _ = register(diag.Check{
	ID:       "SEM197",
	Title:    "servers share a certificate, and clients reuse connections",
	Severity: diag.Warning,
	Stage:    diag.AtTLS,
	Why: `Browsers reuse an HTTP/2 connection for every host that the server's certificate covers. The gateway selects the server of a connection
once, by its SNI. A request for a host of the other server then arrives at a server without routes for it, which responds with 404.`,
	Fix: `Put all hosts of the certificate into one server, or use a separate certificate for each server.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: ingress}
spec:
  selector: {istio: ingressgateway}
  servers:
  - {port: {number: 443, name: apps, protocol: HTTPS}, hosts: ["*.example.com"], tls: {mode: SIMPLE, credentialName: wild}}
  - {port: {number: 443, name: shop, protocol: HTTPS}, hosts: [shop.example.com], tls: {mode: SIMPLE, credentialName: wild}}
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: ingress}
spec:
  selector: {istio: ingressgateway}
  servers:
  - {port: {number: 443, name: apps, protocol: HTTPS}, hosts: ["*.example.com", shop.example.com], tls: {mode: SIMPLE, credentialName: wild}}
`,
	Aliases: []string{"IST0138"},
}, sharedCertificate)

func sharedCertificate(s *facts.Set, r *reporter) {
	reported := map[facts.Place]bool{}
	for _, group := range s.Gateways.WantedSockets() {
		first := map[string]facts.Server{}
		for _, v := range group {
			credential := v.GetTls().GetCredentialName()
			if credential == "" || v.RuleKind() != "http" {
				continue
			}
			older, shared := first[credential]
			if !shared {
				first[credential] = v
				continue
			}
			if reported[v.Place] {
				continue
			}
			reported[v.Place] = true
			r.at(v.Sub("tls.credentialName"), "two servers of port %d share the certificate %q: a client that reuses its connection for a host of the other server receives 404",
				v.GetPort().GetNumber(), credential).related(older.Sub("tls.credentialName"), "other server")
		}
	}
}
