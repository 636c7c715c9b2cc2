package validate

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM251",
	Title:    "WorkloadEntry address must be an IP address",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `Only ServiceEntries with resolution DNS resolve names. Services and ServiceEntries with resolution STATIC use IP addresses and ignore a
WorkloadEntry whose address is a name.`,
	Fix: `Write the IP address, or set resolution DNS in the ServiceEntry.`,
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
spec: {address: db-1.example.com, labels: {app: db}}
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
spec: {address: 192.0.2.7, labels: {app: db}}
`,
}, namedWorkload)

func namedWorkload(s *facts.Set, r *reporter) {
	for _, o := range s.WantedObjects("WorkloadEntry") {
		address := config.Spec[*networking.WorkloadEntry](o).GetAddress()
		if _, err := netip.ParseAddr(address); err == nil || address == "" || strings.HasPrefix(address, "unix://") {
			continue
		}
		for _, svc := range s.Workloads.SelectedBy(o) {
			if !svc.Resolution.IsDNS() {
				r.at(facts.At(o, "spec.address"), "address %[2]q is ignored: %[1]q uses IP addresses only", svc.Host, address).
					related(facts.At(svc.Object, svc.Field), "%s selects the workload", name(svc.Object))
				break
			}
		}
	}
}

var _ = register(diag.Check{
	ID:       "SEM252",
	Title:    "WorkloadEntry port that no service uses",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `ports of a WorkloadEntry maps port names of the service to the numbers that the workload listens on. Services that select this workload
have no port of this name: the entry is ignored, and the default number is used.`,
	Fix: `Use the port name of the ServiceEntry or Service.`,
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
spec: {address: 192.0.2.7, labels: {app: db}, ports: {web: 8080}}
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
spec: {address: 192.0.2.7, labels: {app: db}, ports: {http: 8080}}
`,
}, unaskedPorts)

func unaskedPorts(s *facts.Set, r *reporter) {
	for _, o := range s.WantedObjects("WorkloadEntry") {
		ports := config.Spec[*networking.WorkloadEntry](o).GetPorts()
		svcs := s.Workloads.SelectedBy(o)
		if len(ports) == 0 || len(svcs) == 0 {
			continue
		}
		for _, asked := range slices.Sorted(maps.Keys(ports)) {
			if slices.ContainsFunc(svcs, func(svc *mesh.Service) bool { return asksFor(svc, asked) }) {
				continue
			}
			f := r.at(facts.At(o, "spec.ports").Key(asked), "no service that selects this workload has a port named %q", asked)
			f.At.Key = true
			f.help("use a port of %s: %s", name(svcs[0].Object), portNames(svcs[0])).
				related(facts.At(svcs[0].Object, "spec.ports"), "%s selects the workload", name(svcs[0].Object))
		}
	}
}

// asksFor reports whether a service asks its workloads for a port of a name: its own, or that of the container's port.
func asksFor(svc *mesh.Service, port string) bool {
	return slices.ContainsFunc(svc.Ports, func(p *mesh.Port) bool { return p.Name == port || p.TargetPortName == port })
}

var _ = register(diag.Check{
	ID:       "SEM253",
	Title:    "duplicate endpoint",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `Two WorkloadEntries, or two endpoints of one ServiceEntry, have the same address and ports and serve one host. The proxy treats them as
two endpoints: the machine receives twice its share, and ejecting one keeps the other.`,
	Fix: `Remove one of the two, or correct its address; to give an endpoint a larger share, set weight.`,
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
spec: {address: 192.0.2.7, labels: {app: db}}
---
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: db-2, namespace: shop}
spec: {address: 192.0.2.7, labels: {app: db}}
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
spec: {address: 192.0.2.7, labels: {app: db}}
---
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: db-2, namespace: shop}
spec: {address: 192.0.2.8, labels: {app: db}}
`,
}, twiceListed)

func twiceListed(s *facts.Set, r *reporter) {
	first := map[string]*config.Object{}
	for _, o := range s.Mesh.Objects("WorkloadEntry") {
		entry := config.Spec[*networking.WorkloadEntry](o)
		svcs := s.Workloads.SelectedBy(o)
		if entry.GetAddress() == "" || len(svcs) == 0 {
			continue
		}
		key := fmt.Sprint(svcs[0].Host, "\x00", svcs[0].Namespace, "\x00", socketOf(entry))
		if twin := first[key]; twin != nil {
			r.at(facts.At(o, "spec.address"), "WorkloadEntry %s has the same address and ports and also serves %q", twin.Name, svcs[0].Host).
				related(facts.At(twin, "spec.address"), "other WorkloadEntry")
			continue
		}
		first[key] = o
	}
	facts.Each(s.Documents, "ServiceEntry", func(o *config.Object, spec *networking.ServiceEntry) {
		listed := map[string]int{}
		for i, e := range spec.GetEndpoints() {
			key := fmt.Sprint(socketOf(e), "\x00", facts.LabelPairs(e.GetLabels()))
			at := func(i int) facts.Place { return facts.At(o, "spec.endpoints").Item(i).Sub("address") }
			if twin, taken := listed[key]; taken && e.GetAddress() != "" {
				r.at(at(i), "the endpoint %s is listed twice", e.GetAddress()).related(at(twin), "first listed here")
				continue
			}
			listed[key] = i
		}
	})
}

// socketOf is what tells workloads of one service apart.
func socketOf(e *networking.WorkloadEntry) string {
	var ports []string
	for _, n := range slices.Sorted(maps.Keys(e.GetPorts())) {
		ports = append(ports, fmt.Sprint(n, "=", e.GetPorts()[n]))
	}
	return fmt.Sprint(e.GetNetwork(), "\x00", e.GetAddress(), "\x00", ports)
}
