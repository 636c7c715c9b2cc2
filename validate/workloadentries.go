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
	Title:    "WorkloadEntry has a name where an address is needed",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `Only entries with resolution DNS look names up. Everything else that selects workloads, Services and entries with resolution STATIC,
takes IP addresses, and leaves a WorkloadEntry out whose address is a name.`,
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
				r.at(facts.At(o, "spec.address"), "%q takes IP addresses only, so that %q is left out", svc.Host, address).
					related(facts.At(svc.Object, svc.Field), "%s selects the workload", name(svc.Object))
				break
			}
		}
	}
}

var _ = register(diag.Check{
	ID:       "SEM252",
	Title:    "port of a workload that nothing asks for",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `The port map of a WorkloadEntry says at which number a port of the service is served, by the name of the port. What selects this
workload has no port of that name: the entry says nothing, and the default number is used.`,
	Fix: `Write the port's name as the ServiceEntry or Service has it.`,
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
			f.help("the ports of %s are %s", name(svcs[0].Object), portNames(svcs[0])).
				related(facts.At(svcs[0].Object, "spec.ports"), "%s selects the workload", name(svcs[0].Object))
		}
	}
}

// asksFor reports whether a service asks its workloads for a port of a name: its own, or that of the container's port.
func asksFor(svc *mesh.Service, port string) bool {
	return slices.ContainsFunc(svc.Ports, func(p *mesh.Port) bool { return p.Name == port || p.TargetName == port })
}

var _ = register(diag.Check{
	ID:       "SEM253",
	Title:    "the same workload twice",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `Two WorkloadEntries, or two endpoints of one entry, have the same address and ports, and one host is served by both. The proxy takes
them for two endpoints: the machine gets twice its share, and what ejects the one leaves the other in.`,
	Fix: `Remove one of the two, or correct its address. A weight gives one endpoint a greater share.`,
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
			r.at(facts.At(o, "spec.address"), "WorkloadEntry %s has the same address and ports, and serves %q as well", twin.Name, svcs[0].Host).
				related(facts.At(twin, "spec.address"), "the other entry")
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
				r.at(at(i), "the endpoint %s is listed twice", e.GetAddress()).related(at(twin), "it is listed here first")
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
