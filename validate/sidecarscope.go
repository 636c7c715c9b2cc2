package validate

import (
	"slices"
	"strings"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM183",
	Title:    "Sidecar leaves out a host of its own namespace",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `With a Sidecar the proxies of the namespace know only the hosts that it imports, and those that imported rules lead to. A ServiceEntry
of the same namespace that is not among them has no effect for anybody there.`,
	Fix: `Add the host, or ./* for all of the namespace, to the egress hosts.`,
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
  egress: [{hosts: ["istio-system/*"]}]
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
kind: Sidecar
metadata: {name: default, namespace: shop}
spec:
  egress: [{hosts: ["istio-system/*", "./api.example.com"]}]
`,
}, unimported)

func unimported(s *facts.Set, r *reporter) {
	for _, o := range s.WantedObjects("Sidecar") {
		spec := config.Spec[*networking.Sidecar](o)
		view := s.Client(o.Namespace)
		if spec.GetWorkloadSelector() != nil || len(spec.GetEgress()) == 0 || view.Sidecar != o || o.Namespace == s.Mesh.Settings.Config.GetRootNamespace() {
			continue
		}
		for _, svc := range s.Hosts.EntriesOf(o.Namespace) {
			if view.Service(svc.Host) == nil && svc.VisibleIn(o.Namespace) {
				r.at(facts.At(o, "spec.egress"), "the Sidecar leaves out %q, which namespace %s registers for itself", svc.Host, o.Namespace).
					help("add ./%s to the egress hosts", svc.Host).related(facts.At(svc.Object, svc.Field), "the host is registered here")
			}
		}
	}
}

var _ = register(diag.Check{
	ID:       "SEM185",
	Title:    "listener with a port imports a host without that port",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why:      `An egress listener with a port imports a host only if it has that port. The host is left out although it is named.`,
	Fix:      `Name the host in a listener without port, or in one with a port that it has.`,
	Wrong: `
apiVersion: v1
kind: Service
metadata: {name: web, namespace: prod}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: default, namespace: shop}
spec:
  egress: [{port: {number: 9080, name: http, protocol: HTTP}, hosts: ["prod/web.prod.svc.cluster.local"]}, {hosts: ["istio-system/*"]}]
`,
	Right: `
apiVersion: v1
kind: Service
metadata: {name: web, namespace: prod}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: default, namespace: shop}
spec:
  egress: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ["prod/web.prod.svc.cluster.local"]}, {hosts: ["istio-system/*"]}]
`,
}, portlessImport)

func portlessImport(s *facts.Set, r *reporter) {
	facts.Each(s.Documents, "Sidecar", func(o *config.Object, spec *networking.Sidecar) {
		for i, l := range spec.GetEgress() {
			number := l.GetPort().GetNumber()
			for j, h := range l.GetHosts() {
				_, host, _ := strings.Cut(h, "/")
				svcs := s.Mesh.ServicesOf(host)
				if number == 0 || len(svcs) == 0 || slices.ContainsFunc(svcs, func(svc *mesh.Service) bool { return svc.Port(number) != nil }) {
					continue
				}
				r.at(facts.At(o, "spec.egress").Item(i).Sub("hosts").Item(j), "%q has no port %d, and so is not imported", host, number).
					related(facts.At(svcs[0].Object, svcs[0].Field), "it has %s", portList(svcs[0]))
			}
		}
	})
}

var _ = register(diag.Check{
	ID:       "SEM186",
	Title:    "Sidecar without egress",
	Severity: diag.Info,
	Stage:    diag.NoStage,
	Why:      `Without egress a Sidecar imports everything, as if there were */* in it. It does not make the configuration of the proxies smaller.`,
	Fix:      `List the hosts that the workloads call.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: default, namespace: shop}
spec:
  outboundTrafficPolicy: {mode: ALLOW_ANY}
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: default, namespace: shop}
spec:
  outboundTrafficPolicy: {mode: ALLOW_ANY}
  egress: [{hosts: ["./*"]}]
`,
}, openSidecar)

func openSidecar(s *facts.Set, r *reporter) {
	facts.Each(s.Documents, "Sidecar", func(o *config.Object, spec *networking.Sidecar) {
		if len(spec.GetEgress()) == 0 {
			r.at(facts.At(o, "spec"), "the Sidecar has no egress, and so imports every host")
		}
	})
}

var _ = register(diag.Check{
	ID:       "SEM188",
	Title:    "Sidecar of the root namespace with a selector",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `A Sidecar of the root namespace without a selector is the default of all namespaces. With a selector it is only for workloads of the
root namespace itself.`,
	Fix: `Take away the selector, or put the Sidecar into the namespace of the workloads.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: default, namespace: istio-system}
spec:
  workloadSelector: {labels: {app: web}}
  egress: [{hosts: ["./*"]}]
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: default, namespace: istio-system}
spec:
  egress: [{hosts: ["./*"]}]
`,
	Aliases: []string{"KIA1006"},
}, rootSelector)

func rootSelector(s *facts.Set, r *reporter) {
	root := s.Mesh.Settings.Config.GetRootNamespace()
	facts.Each(s.Documents, "Sidecar", func(o *config.Object, spec *networking.Sidecar) {
		if labels := spec.GetWorkloadSelector().GetLabels(); o.Namespace == root && len(labels) > 0 && len(s.Workloads.Labelled(root, labels)) == 0 {
			r.at(facts.At(o, "spec.workloadSelector"), "with a selector the Sidecar is only for workloads of namespace %s, and no default of the others", root)
		}
	})
}

var _ = register(diag.Check{
	ID:       "SEM189",
	Title:    "Sidecar for a gateway",
	Severity: diag.Info,
	Stage:    diag.NoStage,
	Why:      `Gateways do not look at Sidecars: they know every host that is exported to their namespace.`,
	Fix:      `Leave the Sidecar out, or let its selector pick other workloads.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: ingress}
spec:
  selector: {istio: ingressgateway}
  servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: [a.example.com]}]
---
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: default, namespace: ingress}
spec:
  workloadSelector: {labels: {istio: ingressgateway}}
  egress: [{hosts: ["./*"]}]
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: ingress}
spec:
  selector: {istio: ingressgateway}
  servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: [a.example.com]}]
---
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: default, namespace: ingress}
spec:
  workloadSelector: {labels: {app: web}}
  egress: [{hosts: ["./*"]}]
`,
}, gatewaySidecar)

func gatewaySidecar(s *facts.Set, r *reporter) {
	gateways := map[string]*config.Object{}
	for _, o := range s.Mesh.Objects("Gateway") {
		if key := facts.SelectorText(config.Spec[*networking.Gateway](o).GetSelector()); key != "" && gateways[key] == nil {
			gateways[key] = o
		}
	}
	facts.Each(s.Documents, "Sidecar", func(o *config.Object, spec *networking.Sidecar) {
		if g := gateways[facts.SelectorText(spec.GetWorkloadSelector().GetLabels())]; g != nil {
			r.at(facts.At(o, "spec.workloadSelector"), "the Sidecar picks a gateway, which does not look at it").
				related(facts.At(g, "spec.selector"), "%s picks the same workloads", name(g))
		}
	})
}
