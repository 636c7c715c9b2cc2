package validate

import (
	"maps"
	"slices"
	"sync"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM192",
	Title:    "Gateway port is not exposed by the gateway Service",
	Severity: diag.Warning,
	Stage:    diag.AtListener,
	Why: `Clients reach the gateway through its Service. A server whose number is neither a port nor a target port of the Service receives no
connections from there.`,
	Fix: `Add the port to the Service of the gateway, or use one of its ports.`,
	Wrong: `
apiVersion: v1
kind: Service
metadata: {name: ingressgateway, namespace: ingress}
spec:
  selector: {istio: ingressgateway}
  ports: [{name: http, port: 80, targetPort: 8080}]
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: ingress}
spec:
  selector: {istio: ingressgateway}
  servers:
  - {port: {number: 8443, name: http, protocol: HTTP}, hosts: [a.example.com]}
`,
	Right: `
apiVersion: v1
kind: Service
metadata: {name: ingressgateway, namespace: ingress}
spec:
  selector: {istio: ingressgateway}
  ports: [{name: http, port: 80, targetPort: 8080}]
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: ingress}
spec:
  selector: {istio: ingressgateway}
  servers:
  - {port: {number: 80, name: http, protocol: HTTP}, hosts: [a.example.com]}
`,
	Aliases: []string{"IST0162"},
}, unofferedPort)

func unofferedPort(s *facts.Set, r *reporter) {
	for _, o := range s.WantedObjects("Gateway") {
		selector := config.Spec[*networking.Gateway](o).GetSelector()
		if len(selector) == 0 {
			continue
		}
		label := slices.Min(slices.Collect(maps.Keys(selector)))
		var services []*mesh.Service
		for _, i := range s.Workloads.ServicesByLabel()[facts.LabelKey{Name: label, Value: selector[label]}] {
			if svc := s.Mesh.Services[i]; facts.HasLabels(svc.Selector, selector) {
				services = append(services, svc)
			}
		}
		if len(services) == 0 {
			continue
		}
		for _, v := range facts.ServersOf(o) {
			number := v.GetPort().GetNumber()
			if number == 0 || v.GetBind() != "" || slices.ContainsFunc(services, func(svc *mesh.Service) bool { return offers(svc, number) }) {
				continue
			}
			r.at(facts.At(o, v.Field+".port.number"), "gateway Service %s/%s does not expose port %d", services[0].Namespace, services[0].Name, number).
				related(facts.At(services[0].Object, services[0].Field), "it has %s", portList(services[0])).
				infoUnless(s.Complete(services[0].Namespace, "Service"))
		}
	}
}

// offers reports whether a Service may lead to a port of the gateway: it has the number as its own port or as that of its Pods, or
// names a port of theirs.
func offers(svc *mesh.Service, number uint32) bool {
	return slices.ContainsFunc(svc.Ports, func(p *mesh.Port) bool { return p.Number == number || p.TargetPort == number || p.TargetPortName != "" })
}

var _ = register(diag.Check{
	ID:       "SEM199",
	Title:    "HTTPS redirect without an HTTPS server",
	Severity: diag.Warning,
	Stage:    diag.AtRedirect,
	Why: `The server redirects every request to https. No server of the gateway accepts HTTPS connections for the host, so clients reach a closed
port.`,
	Fix: `Add an HTTPS server for the host, or remove httpsRedirect.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: ingress}
spec:
  selector: {istio: ingressgateway}
  servers:
  - {port: {number: 80, name: http, protocol: HTTP}, hosts: [a.example.com], tls: {httpsRedirect: true}}
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: ingress}
spec:
  selector: {istio: ingressgateway}
  servers:
  - {port: {number: 80, name: http, protocol: HTTP}, hosts: [a.example.com], tls: {httpsRedirect: true}}
  - {port: {number: 443, name: https, protocol: HTTPS}, hosts: [a.example.com], tls: {mode: SIMPLE, credentialName: a}}
`,
}, deadRedirect)

func deadRedirect(s *facts.Set, r *reporter) {
	secure := sync.OnceValue(func() map[string][]facts.Server { return secureServers(s) })
	for _, o := range s.WantedObjects("Gateway") {
		key := facts.SelectorText(config.Spec[*networking.Gateway](o).GetSelector())
		for _, v := range facts.ServersOf(o) {
			if !v.GetTls().GetHttpsRedirect() {
				continue
			}
			for i := range v.GetHosts() {
				host := v.HostAt(i).Name
				if !slices.ContainsFunc(secure()[key], func(t facts.Server) bool { return names(t, host) }) {
					r.at(facts.At(o, v.Field+".tls.httpsRedirect"), "requests for %q are redirected to https, but the gateway has no HTTPS server for this host", host).
						related(v.HostPlace(i), "host")
					break
				}
			}
		}
	}
}

// secureServers returns the TLS servers of Gateways by selector.
func secureServers(s *facts.Set) map[string][]facts.Server {
	secure := map[string][]facts.Server{}
	for _, o := range s.Mesh.Objects("Gateway") {
		key := facts.SelectorText(config.Spec[*networking.Gateway](o).GetSelector())
		for _, v := range facts.ServersOf(o) {
			if v.Protocol().IsTLS() {
				secure[key] = append(secure[key], v)
			}
		}
	}
	return secure
}

// names reports whether one of the server's hosts overlaps a host, whatever namespace it is for.
func names(v facts.Server, host string) bool {
	for i := range v.GetHosts() {
		if mesh.Overlap(v.HostAt(i).Name, host) {
			return true
		}
	}
	return false
}
