package validate

import (
	"net/netip"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/source"
)

var _ = register(diag.Check{
	ID:       "SEM250",
	Title:    "WorkloadEntry that nothing selects",
	Severity: diag.Warning,
	Why:      `A WorkloadEntry serves a host only if a ServiceEntry or a Service of its namespace selects its labels. None does.`,
	Fix:      `Select its labels in a ServiceEntry of the namespace, or correct them.`,
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

func orphanEntry(s *Scope, r *reporter) {
	mistaken := s.mistaken()
	for _, o := range s.subjects("WorkloadEntry") {
		if s.selects(o.Namespace) && len(s.selectors(o)) == 0 && !mistaken[o.Namespace] {
			r.at(place{o, "spec.labels"}, "no ServiceEntry and no Service of namespace %s selects these labels", o.Namespace)
		}
	}
}

// selects says whether the input holds anything in a namespace that selects workloads.
func (s *Scope) selects(namespace string) bool {
	return s.holds("ServiceEntry", namespace) || s.holds("Service", namespace)
}

// mistaken returns the namespaces in which a ServiceEntry selects nothing at all, of which SEM113 speaks: it may mean any workload
// there.
func (s *Scope) mistaken() map[string]bool {
	found := map[string]bool{}
	for _, o := range s.Mesh.Objects("ServiceEntry") {
		selector := config.Spec[*networking.ServiceEntry](o).GetWorkloadSelector().GetLabels()
		if len(selector) > 0 && len(s.workloads(o.Namespace, selector)) == 0 {
			found[o.Namespace] = true
		}
	}
	return found
}

var _ = register(diag.Check{
	ID:       "SEM259",
	Title:    "Service selects no workload",
	Severity: diag.Warning,
	Why: `The input holds workloads in the namespace of the Service, but none with the labels that it selects, and no EndpointSlice or
Endpoints for it. Requests are answered with 503 and the flag UH.`,
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

func emptyService(s *Scope, r *reporter) {
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
	for _, svc := range s.subjectServices() {
		if !svc.Kubernetes() || len(svc.Selector) == 0 || sliced[svc.Namespace+"/"+svc.Name] || !s.populated(svc.Namespace) {
			continue
		}
		if len(s.workloads(svc.Namespace, svc.Selector)) == 0 {
			r.at(place{svc.Object, "spec.selector"}, "no workload of namespace %s has these labels", svc.Namespace)
		}
	}
}

var _ = register(diag.Check{
	ID:       "SEM264",
	Title:    "endpoint is the proxy itself",
	Severity: diag.Warning,
	Why: `The address is a loopback or link-local address: each proxy connects to its own machine. That is right
only where a helper runs beside every client.`,
	Fix: `Write an address that clients can reach.`,
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

func localEndpoint(s *Scope, r *reporter) {
	for _, o := range s.subjects("ServiceEntry") {
		for i, e := range config.Spec[*networking.ServiceEntry](o).GetEndpoints() {
			if at := (place{o, source.Index("spec.endpoints", i) + ".address"}); local(e.GetAddress()) {
				r.at(at, "%s is an address of the client's own machine", e.GetAddress()).severity(diag.Info) // a helper beside each proxy is reached so
			}
		}
	}
	for _, o := range s.subjects("WorkloadEntry") {
		if address := config.Spec[*networking.WorkloadEntry](o).GetAddress(); local(address) {
			r.at(place{o, "spec.address"}, "%s is an address of the client's own machine", address)
		}
	}
}

func local(address string) bool {
	ip, err := netip.ParseAddr(address)
	return err == nil && (ip.IsLoopback() || ip.IsLinkLocalUnicast())
}
