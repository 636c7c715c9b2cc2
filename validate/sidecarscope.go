package validate

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM183",
	Title:    "Sidecar does not import a host of its own namespace",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `With a Sidecar, the proxies of the namespace know only the hosts that it imports, and the destinations of imported VirtualServices. A
ServiceEntry of the same namespace that is not imported has no effect there.`,
	Fix: `Add the host, or ./* for the whole namespace, to the egress hosts.`,
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
		var missing []*mesh.Service
		for _, svc := range s.Hosts.EntriesOf(o.Namespace) {
			if view.Service(svc.Host) == nil && svc.VisibleIn(o.Namespace) {
				missing = append(missing, svc)
			}
		}
		if len(missing) > 0 {
			reportUnimported(r, o, missing)
		}
	}
}

// reportUnimported reports the hosts that a Sidecar leaves out, all at once: one edit imports them.
func reportUnimported(r *reporter, o *config.Object, missing []*mesh.Service) {
	var hosts []string
	for _, svc := range missing {
		hosts = append(hosts, strconv.Quote(svc.Host))
	}
	first, advice := missing[0], "./"+missing[0].Host
	if len(missing) > 1 {
		advice = "each as ./HOST, or ./* for all,"
	}
	if more := len(hosts) - shownHosts; more > 1 {
		hosts = append(hosts[:shownHosts], fmt.Sprintf("%d more", more))
	}
	r.at(facts.At(o, "spec.egress"), "the Sidecar does not import %s, which namespace %s registers", strings.Join(hosts, ", "), o.Namespace).
		help("add %s to the egress hosts", advice).related(facts.At(first.Object, first.Field), "%s registered here", first.Host)
}

// shownHosts is how many hosts a message names.
const shownHosts = 3

var _ = register(diag.Check{
	ID:       "SEM185",
	Title:    "egress listener imports a host without the listener's port",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why:      `An egress listener with a port imports a host only if the host has that port. Other hosts are ignored.`,
	Fix:      `List the host in a listener without a port, or in one with a port of the host.`,
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
				r.at(facts.At(o, "spec.egress").Item(i).Sub("hosts").Item(j), "%q is not imported: it has no port %d", host, number).
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
	Why:      `A Sidecar without egress imports every host, like */*. It does not reduce the configuration of the proxies.`,
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
			r.at(facts.At(o, "spec"), "the Sidecar imports every host: it has no egress")
		}
	})
}

var _ = register(diag.Check{
	ID:       "SEM188",
	Title:    "Sidecar in the root namespace with a workloadSelector",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `A Sidecar in the root namespace without a workloadSelector is the default of all namespaces. With a workloadSelector it applies only to
workloads of the root namespace.`,
	Fix: `Remove the workloadSelector, or move the Sidecar to the namespace of the workloads.`,
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
			r.at(facts.At(o, "spec.workloadSelector"), "with a workloadSelector, the Sidecar applies only to namespace %s and is not a mesh-wide default", root)
		}
	})
}

var _ = register(diag.Check{
	ID:       "SEM189",
	Title:    "Sidecar selects a gateway",
	Severity: diag.Info,
	Stage:    diag.NoStage,
	Why:      `Gateways ignore Sidecars: they know every host that is exported to their namespace.`,
	Fix:      `Remove the Sidecar, or select other workloads.`,
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
			r.at(facts.At(o, "spec.workloadSelector"), "the Sidecar selects a gateway, which ignores it").
				related(facts.At(g, "spec.selector"), "%s selects the same workloads", name(g))
		}
	})
}
