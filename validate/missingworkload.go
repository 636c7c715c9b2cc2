package validate

import (
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM113",
	Title:    "ServiceEntry selects no workload",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `workloadSelector selects Pods and WorkloadEntries in the namespace of the ServiceEntry. The input contains workloads there, but no
workload with these labels: the host has no endpoints, and the proxy responds with 503 (response flag UH).`,
	Fix: `Correct the labels, or move the ServiceEntry to the namespace of the workloads.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: db-1, namespace: shop}
spec: {address: 192.0.2.1, labels: {app: database}}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: db, namespace: shop}
spec:
  hosts: [db.example.com]
  location: MESH_INTERNAL
  addresses: [192.0.2.100]
  ports: [{number: 5432, name: tcp, protocol: TCP}]
  resolution: STATIC
  workloadSelector: {labels: {app: databse}}
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: db-1, namespace: shop}
spec: {address: 192.0.2.1, labels: {app: database}}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: db, namespace: shop}
spec:
  hosts: [db.example.com]
  location: MESH_INTERNAL
  addresses: [192.0.2.100]
  ports: [{number: 5432, name: tcp, protocol: TCP}]
  resolution: STATIC
  workloadSelector: {labels: {app: database}}
`,
}, missingWorkload)

func missingWorkload(s *facts.Set, r *reporter) {
	for _, o := range s.WantedObjects("ServiceEntry") {
		selector := config.Spec[*networking.ServiceEntry](o).GetWorkloadSelector().GetLabels()
		if len(selector) == 0 || !holdsWorkloads(s, o.Namespace) || len(s.Workloads.Selected(o.Namespace, selector)) > 0 {
			continue
		}
		f := r.at(facts.At(o, "spec.workloadSelector.labels"), "no workload in namespace %s has the labels %s", o.Namespace, labelList(selector))
		if near := s.Workloads.NearestLabels(o.Namespace, selector); near != "" {
			f.help("did you mean %s?", near)
		} else if elsewhere := s.Workloads.Selected("", selector); len(elsewhere) > 0 {
			f.help("move the ServiceEntry to namespace %s: it selects workloads of its own namespace only", elsewhere[0].Namespace).
				related(facts.At(elsewhere[0], "metadata.name"), "%s has these labels", name(elsewhere[0]))
		}
		f.infoUnless(s.Complete(o.Namespace, facts.WorkloadKinds...))
	}
}

// holdsWorkloads reports whether the input holds a workload of a namespace that a ServiceEntry could select.
func holdsWorkloads(s *facts.Set, namespace string) bool {
	for _, kind := range []string{"WorkloadEntry", "WorkloadGroup", "Pod"} {
		if s.Holds(kind, namespace) {
			return true
		}
	}
	return false
}

var _ = register(diag.Check{
	ID:       "SEM116",
	Title:    "Gateway selects no workload",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `A Gateway configures the gateway workloads that its selector matches, in any namespace. No workload in the input has these labels, so no
proxy opens the ports of the Gateway.`,
	Fix: `Correct the selector, or add the workload of the gateway to the input.`,
	Wrong: `
apiVersion: apps/v1
kind: Deployment
metadata: {name: ingress, namespace: istio-system}
spec:
  template:
    metadata: {labels: {istio: ingressgateway}}
    spec: {}
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: shop}
spec:
  selector: {istio: ingresgateway}
  servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ["*"]}]
`,
	Right: `
apiVersion: apps/v1
kind: Deployment
metadata: {name: ingress, namespace: istio-system}
spec:
  template:
    metadata: {labels: {istio: ingressgateway}}
    spec: {}
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: shop}
spec:
  selector: {istio: ingressgateway}
  servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ["*"]}]
`,
	Aliases: []string{"IST0101", "KIA0302"},
	Alone:   true,
}, idleGateway)

func idleGateway(s *facts.Set, r *reporter) {
	for _, o := range s.WantedObjects("Gateway") {
		spec, ok := o.Spec.(*networking.Gateway)
		if !ok || len(spec.GetSelector()) == 0 || len(s.Workloads.Selected("", spec.GetSelector())) > 0 {
			continue
		}
		near := s.Workloads.NearestLabels("", spec.GetSelector())
		if near == "" && s.Registry != facts.Closed {
			continue
		}
		f := r.at(facts.At(o, "spec.selector"), "no workload has the labels %s", labelList(spec.GetSelector()))
		if near != "" {
			f.help("did you mean %s?", near)
		}
		f.infoUnless(s.Complete("", facts.WorkloadKinds...))
	}
}
