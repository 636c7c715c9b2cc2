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
	told := map[place]bool{}
	for _, group := range s.subjectPorts() {
		first := group[0]
		for _, v := range group[1:] {
			if v.sort() == first.sort() && v.sort() != "TCP" || told[v.place] {
				continue
			}
			told[v.place] = true
			r.at(place{v.object, v.field + ".port"}, "port %d is taken for %s by an older server, so this one for %s is left out", v.GetPort().GetNumber(), first.sort(), v.sort()).
				related(place{first.object, first.field + ".port"}, "the older server stands here%s", elder(first.object, v.object))
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

// sharedPorts returns the servers that share a socket of one gateway workload, the oldest first. Whatever a selector picks is
// picked by every selector that asks for no more, so that a server may stand in several groups.
func (s *Scope) sharedPorts() [][]server {
	return s.all.sockets.get(func() [][]server {
		return s.sharedBy(func(map[string]string) bool { return true })
	})
}

// subjectPorts returns those of them where one of the servers may be of a Gateway that findings are wanted about.
func (s *Scope) subjectPorts() [][]server {
	if s.Subjects == nil {
		return s.sharedPorts()
	}
	return s.chosen.sockets.get(func() [][]server {
		return s.sharedBy(func(selector map[string]string) bool {
			return slices.ContainsFunc(s.subjects("Gateway"), func(o *config.Object) bool {
				return has(selector, config.Spec[*networking.Gateway](o).GetSelector())
			})
		})
	})
}

// sharedBy returns the servers that share a socket of the workloads which wanted selectors pick.
func (s *Scope) sharedBy(wanted func(selector map[string]string) bool) [][]server {
	var sockets [][]server
	seen := map[string]bool{}
	for _, o := range s.Mesh.Objects("Gateway") {
		selector := config.Spec[*networking.Gateway](o).GetSelector()
		if !wanted(selector) {
			continue
		}
		if key := words(selector); !seen[key] {
			seen[key] = true
			sockets = append(sockets, bySocket(s.selecting(selector))...)
		}
	}
	return sockets
}

// bySocket groups the servers of Gateways by address and port, in the order of the first of each.
func bySocket(gateways []*config.Object) [][]server {
	position := map[string]int{}
	var groups [][]server
	for _, o := range gateways {
		for _, v := range serversOf(o) {
			key := fmt.Sprint(v.GetBind(), " ", v.GetPort().GetNumber())
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
gateway workload is left out as a whole, with all its other hosts. Where the two write the host for different namespaces, istiod does
not notice, and the proxy refuses the whole port.`,
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
	told := map[place]bool{}
	for _, group := range s.subjectPorts() {
		taken, names := map[string]place{}, map[string]place{} // as written, and without the namespace
		for _, v := range group {
			if v.GetTls() == nil {
				continue
			}
			i, older, left := v.clash(taken, names)
			if i >= 0 && !told[v.place] {
				told[v.place] = true
				reportClash(r, v, i, older, left)
			}
			if left {
				continue
			}
			for i := range v.GetHosts() {
				taken[v.written(i)] = v.host(i)
				names[v.hostAt(i).name] = v.host(i)
			}
		}
	}
}

func reportClash(r *reporter, v server, i int, older place, left bool) {
	if left {
		r.at(v.host(i), "an older server of port %d has the host %q, so this server is left out with all its hosts", v.GetPort().GetNumber(), v.hostAt(i).name).
			related(older, "the older server has it here%s", elder(older.object, v.object))
		return
	}
	r.at(v.host(i), "another server of port %d has the host %q for another namespace, and the proxy refuses to tell the two apart: the port is lost to both",
		v.GetPort().GetNumber(), v.hostAt(i).name).related(older, "the other server has it here")
}

// clash finds the host of a server that an older one has. Istiod leaves the server out where both write the host in the same way;
// where they differ in the namespace it does not notice, and the proxy refuses the listener.
func (v server) clash(taken, names map[string]place) (i int, older place, left bool) {
	for i := range v.GetHosts() {
		if at, ok := taken[v.written(i)]; ok {
			return i, at, true
		}
	}
	for i := range v.GetHosts() {
		if at, ok := names[v.hostAt(i).name]; ok {
			return i, at, false
		}
	}
	return -1, place{}, false
}

// written is a host with its namespace, as istiod compares them.
func (v server) written(i int) string {
	h := v.hostAt(i)
	if h.namespace == "*" {
		return h.name
	}
	return h.namespace + "/" + h.name
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
	told := map[place]bool{}
	for _, group := range s.subjectPorts() {
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
			if told[v.place] {
				continue
			}
			told[v.place] = true
			r.at(place{v.object, v.field + ".tls.credentialName"}, "two servers of port %d share the certificate %q: clients reuse connections of one for hosts of the other, and get 404",
				v.GetPort().GetNumber(), credential).related(place{older.object, older.field + ".tls.credentialName"}, "the other server stands here")
		}
	}
}
