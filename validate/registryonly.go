package validate

import (
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM184",
	Title:    "outboundTrafficPolicy without mode",
	Severity: diag.Warning,
	Stage:    diag.AtVirtualHost,
	Why:      `outboundTrafficPolicy without a mode means REGISTRY_ONLY instead of the mesh default: requests to unregistered hosts are blocked.`,
	Fix:      `Set the mode.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: default, namespace: shop}
spec:
  outboundTrafficPolicy: {}
  egress: [{hosts: ["./*"]}]
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: default, namespace: shop}
spec:
  outboundTrafficPolicy: {mode: ALLOW_ANY}
  egress: [{hosts: ["./*"]}]
`,
	Aliases: []string{"KIA1007"},
}, modeless)

func modeless(s *facts.Set, r *reporter) {
	facts.Each(s.Documents, "Sidecar", func(o *config.Object, spec *networking.Sidecar) {
		if spec.GetOutboundTrafficPolicy() != nil && o.Doc.Lookup("spec.outboundTrafficPolicy.mode") == nil {
			r.at(facts.At(o, "spec.outboundTrafficPolicy"), "mode defaults to REGISTRY_ONLY here: requests to unregistered hosts are blocked")
		}
	})
}

var _ = register(diag.Check{
	ID:       "SEM187",
	Title:    "external host is not registered, and the mode is REGISTRY_ONLY",
	Severity: diag.Warning,
	Stage:    diag.AtVirtualHost,
	Why: `With REGISTRY_ONLY clients reach registered hosts only. Routes for other hosts have no effect: HTTP requests receive 502, other
connections are closed.`,
	Fix: `Add a ServiceEntry for the host.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: DNS
---
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: default, namespace: shop}
spec:
  outboundTrafficPolicy: {mode: REGISTRY_ONLY}
  egress: [{hosts: ["./*"]}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: out, namespace: shop}
spec:
  hosts: [api.example.com]
  http: [{route: [{destination: {host: other.example.com}}]}]
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: DNS
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: other, namespace: shop}
spec:
  hosts: [other.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: DNS
---
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: default, namespace: shop}
spec:
  outboundTrafficPolicy: {mode: REGISTRY_ONLY}
  egress: [{hosts: ["./*"]}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: out, namespace: shop}
spec:
  hosts: [api.example.com]
  http: [{route: [{destination: {host: other.example.com}}], rewrite: {authority: other.example.com}}]
`,
}, blockedHost)

func blockedHost(s *facts.Set, r *reporter) {
	if !s.HoldsKind("ServiceEntry") {
		return
	}
	for _, o := range s.WantedObjects("VirtualService") {
		view := s.Client(o.Namespace)
		if !facts.IsBoundTo(o, mesh.MeshGateway) || view.Outbound.GetMode() != networking.OutboundTrafficPolicy_REGISTRY_ONLY {
			continue
		}
		for _, t := range s.Routes.Destinations(o) {
			host := s.FullHost(t.Host, o)
			if s.Hosts.Presence(host) != facts.Unknown || !s.Hosts.OutsideCluster(host) {
				continue
			}
			r.at(t.HostPlace(), "%q is blocked: no ServiceEntry registers it, and clients in namespace %s use REGISTRY_ONLY", host, o.Namespace).
				related(facts.At(view.Policy.Object, view.Policy.Field), "REGISTRY_ONLY is set here")
		}
	}
}
