package validate

import (
	"net/netip"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM250",
	Title:    "WorkloadEntry is not selected",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why:      `A WorkloadEntry serves a host only if a ServiceEntry or a Service in its namespace selects its labels.`,
	Fix:      `Select its labels in a ServiceEntry of the namespace, or correct the labels.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: db, namespace: shop}
spec:
  hosts: [db.shop.internal]
  ports: [{number: 80, name: http, protocol: HTTP}]
  location: MESH_INTERNAL
  resolution: STATIC
  workloadSelector: {labels: {app: db}}
---
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: db-1, namespace: shop}
spec:
  address: 10.0.0.7
  labels: {app: db}
---
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: other-1, namespace: shop}
spec:
  address: 10.0.0.8
  labels: {app: other}
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: db, namespace: shop}
spec:
  hosts: [db.shop.internal]
  ports: [{number: 80, name: http, protocol: HTTP}]
  location: MESH_INTERNAL
  resolution: STATIC
  workloadSelector: {labels: {app: db}}
---
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: db-1, namespace: shop}
spec:
  address: 10.0.0.7
  labels: {app: db}
`,
}, orphanEntry)

func orphanEntry(s *facts.Set, r *reporter) {
	mistaken := mistaken(s)
	for _, o := range s.WantedObjects("WorkloadEntry") {
		if selects(s, o.Namespace) && len(s.Workloads.SelectedBy(o)) == 0 && !mistaken[o.Namespace] {
			r.at(facts.At(o, "spec.labels"), "no ServiceEntry and no Service of namespace %s selects these labels", o.Namespace)
		}
	}
}

// selects reports whether the input holds anything in a namespace that selects workloads.
func selects(s *facts.Set, namespace string) bool {
	return s.Holds("ServiceEntry", namespace) || s.Holds("Service", namespace)
}

// mistaken returns the namespaces in which a ServiceEntry selects nothing at all, of which SEM113 speaks: it may mean any workload
// there.
func mistaken(s *facts.Set) map[string]bool {
	found := map[string]bool{}
	for _, o := range s.Mesh.Objects("ServiceEntry") {
		selector := config.Spec[*networking.ServiceEntry](o).GetWorkloadSelector().GetLabels()
		if len(selector) > 0 && len(s.Workloads.Labelled(o.Namespace, selector)) == 0 {
			found[o.Namespace] = true
		}
	}
	return found
}

var _ = register(diag.Check{
	ID:       "SEM259",
	Title:    "Service selects no workload",
	Severity: diag.Warning,
	Stage:    diag.AtEndpoint,
	Why: `The input contains workloads in the namespace of the Service, but no workload with the selected labels, and no EndpointSlice or Endpoints.
Requests receive 503 (response flag UH).`,
	Fix: `Correct the selector or the labels.`,
	Wrong: `
apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: shop}
spec:
  selector: {app: reviews}
  ports: [{name: http, port: 80, targetPort: 8080}]
---
apiVersion: v1
kind: Pod
metadata: {name: ratings-0, namespace: shop, labels: {app: ratings}}
spec: {containers: [{name: app, image: reviews}]}
`,
	Right: `
apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: shop}
spec:
  selector: {app: reviews}
  ports: [{name: http, port: 80, targetPort: 8080}]
---
apiVersion: v1
kind: Pod
metadata: {name: reviews-0, namespace: shop, labels: {app: reviews}}
spec: {containers: [{name: app, image: reviews}]}
`,
	Aliases: []string{"KIA0701"},
}, emptyService)

func emptyService(s *facts.Set, r *reporter) {
	sliced := map[string]bool{}
	for _, kind := range []string{"EndpointSlice", "Endpoints"} {
		for _, o := range s.Mesh.Objects(kind) {
			name := o.Labels["kubernetes.io/service-name"]
			if kind == "Endpoints" {
				name = o.Name
			}
			sliced[o.Namespace+"/"+name] = true
		}
	}
	for _, svc := range s.WantedServices() {
		if !svc.Kubernetes() || len(svc.Selector) == 0 || sliced[svc.Namespace+"/"+svc.Name] || !s.Workloads.Populated(svc.Namespace) {
			continue
		}
		if len(s.Workloads.Labelled(svc.Namespace, svc.Selector)) == 0 && !s.Workloads.InOtherWorld(svc, nil) {
			r.at(facts.At(svc.Object, "spec.selector"), "no workload of namespace %s has these labels", svc.Namespace).
				infoUnless(s.Complete(svc.Namespace, facts.WorkloadKinds...))
		}
	}
}

var _ = register(diag.Check{
	ID:       "SEM264",
	Title:    "endpoint is a loopback or link-local address",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why:      `Each proxy connects to its own machine. This is correct only if a helper runs beside every client.`,
	Fix:      `Use an address that clients can reach.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: api, namespace: net}
spec: {address: 127.0.0.1, labels: {app: api}}
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: api, namespace: net}
spec: {address: 192.0.2.7, labels: {app: api}}
`,
}, localEndpoint)

func localEndpoint(s *facts.Set, r *reporter) {
	for _, o := range s.WantedObjects("ServiceEntry") {
		for i, e := range config.Spec[*networking.ServiceEntry](o).GetEndpoints() {
			if at := (facts.At(o, "spec.endpoints").Item(i).Sub("address")); local(e.GetAddress()) {
				r.at(at, "endpoint %s is a loopback or link-local address: each client connects to its own machine", e.GetAddress()).severity(diag.Info) // a helper beside each proxy is reached so
			}
		}
	}
	for _, o := range s.WantedObjects("WorkloadEntry") {
		if address := config.Spec[*networking.WorkloadEntry](o).GetAddress(); local(address) {
			r.at(facts.At(o, "spec.address"), "endpoint %s is a loopback or link-local address: each client connects to its own machine", address)
		}
	}
}

func local(address string) bool {
	ip, err := netip.ParseAddr(address)
	return err == nil && (ip.IsLoopback() || ip.IsLinkLocalUnicast())
}
