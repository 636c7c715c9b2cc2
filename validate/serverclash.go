package validate

import (
	"fmt"
	"slices"
	"strings"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
)

var _ = register(diag.Check{
	ID:       "SEM195",
	Title:    "servers of one gateway use a port in different ways",
	Severity: diag.Error,
	Why: `Servers of all Gateways that select the same workload share its ports. On one port there may be HTTP servers, or TLS servers told
apart by SNI, or a single TCP server. What does not go with the oldest is left out.`,
	Fix: `Give the server a port of its own, or the protocol of the others.`,
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

func portClash(s *Scope, r *reporter) {
	for _, group := range s.sharedPorts() {
		first := group[0]
		for _, v := range group[1:] {
			if v.sort() == first.sort() && v.sort() != "TCP" {
				continue
			}
			r.at(place{v.object, v.field + ".port"}, "port %d is taken for %s by an older server, so this one for %s is left out", v.GetPort().GetNumber(), first.sort(), v.sort()).
				related(place{first.object, first.field + ".port"}, "the older server stands here")
		}
	}
}

// sort is how a server tells connections apart, which all servers of a port have to do in the same way.
func (v server) sort() string {
	switch p := v.protocol(); {
	case p.IsHTTP():
		return "HTTP"
	case p.IsTLS():
		return "TLS"
	}
	return "TCP"
}

// sharedPorts returns the servers that share a socket of one gateway workload, the oldest first, in the order of the first of each.
// Gateways with the same selector select the same workloads.
func (s *Scope) sharedPorts() [][]server {
	position := map[string]int{}
	var groups [][]server
	for _, o := range s.Mesh.Objects("Gateway") {
		for _, v := range serversOf(o) {
			key := fmt.Sprint(words(config.Spec[*networking.Gateway](o).GetSelector()), " ", v.GetBind(), " ", v.GetPort().GetNumber())
			i, ok := position[key]
			if !ok {
				i = len(groups)
				position[key] = i
				groups = append(groups, nil)
			}
			groups[i] = append(groups[i], v)
		}
	}
	return groups
}

var _ = register(diag.Check{
	ID:       "SEM196",
	Title:    "TLS servers of one port share a host",
	Severity: diag.Error,
	Why: `TLS servers of a port are told apart by the SNI of the connection. One that has a host in common with an older server of the same
gateway workload is left out as a whole, with all its other hosts.`,
	Fix: `Let each host stand in one server only.`,
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

func hostClash(s *Scope, r *reporter) {
	for _, group := range s.sharedPorts() {
		taken := map[string]place{}
		for _, v := range group {
			if v.GetTls() == nil {
				continue
			}
			clash := slices.IndexFunc(v.GetHosts(), func(h string) bool { _, ok := taken[hostName(h)]; return ok })
			if clash >= 0 {
				r.at(v.host(clash), "an older server of port %d has the host %q, so this server is left out with all its hosts", v.GetPort().GetNumber(), v.hostAt(clash).name).
					related(taken[hostName(v.GetHosts()[clash])], "the older server has it here")
				continue
			}
			for i, h := range v.GetHosts() {
				taken[hostName(h)] = v.host(i)
			}
		}
	}
}

// hostName is a server's host without its namespace.
func hostName(host string) string {
	if _, name, limited := strings.Cut(host, "/"); limited {
		return name
	}
	return host
}

var _ = register(diag.Check{
	ID:       "SEM197",
	Title:    "servers share a certificate, and clients their connections",
	Severity: diag.Warning,
	Why: `Browsers reuse an HTTP/2 connection for every host that its certificate covers. The connection belongs to the server that its first
request named, and that server answers 404 for the hosts of the other.`,
	Fix: `Put the hosts of one certificate into one server.`,
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

func sharedCertificate(s *Scope, r *reporter) {
	for _, group := range s.sharedPorts() {
		first := map[string]server{}
		for _, v := range group {
			credential := v.GetTls().GetCredentialName()
			if credential == "" || v.family() != "http" {
				continue
			}
			older, shared := first[credential]
			if !shared {
				first[credential] = v
				continue
			}
			r.at(place{v.object, v.field + ".tls.credentialName"}, "two servers of port %d share the certificate %q: clients reuse connections of one for hosts of the other, and get 404",
				v.GetPort().GetNumber(), credential).related(place{older.object, older.field + ".tls.credentialName"}, "the other server stands here")
		}
	}
}
