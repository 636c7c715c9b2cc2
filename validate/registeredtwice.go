package validate

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"google.golang.org/protobuf/proto"
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM160",
	Title:    "host is registered in several namespaces",
	Severity: diag.Warning,
	Stage:    diag.AtVirtualHost,
	Why: `A client uses one service for each host: that of its own namespace, else a Kubernetes Service, else the oldest. Ports and endpoints of the
others do not exist for it, and which one takes precedence can change with the age of the resources.`,
	Fix: `Keep one ServiceEntry, or limit each to its clients with exportTo.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: one, namespace: a}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: DNS
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: two, namespace: b}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: DNS
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: one, namespace: a}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: DNS
  exportTo: ["."]
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: two, namespace: b}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: DNS
  exportTo: ["."]
`,
	Aliases: []string{"KIA1211"},
}, registeredTwice)

func registeredTwice(s *facts.Set, r *reporter) {
	hiddenPorts(s, r)
	s.Hosts.EachDuplicate(func(older, newer *mesh.Service) {
		if older.Namespace == newer.Namespace || older.Kubernetes() || newer.Kubernetes() || !facts.ExportedToAll(older) || !facts.ExportedToAll(newer) {
			return
		}
		if _, differing := facts.ProtocolConflict(older, newer); differing != nil {
			return // SEM127 says so
		}
		r.at(facts.At(newer.Object, newer.Field), "%q is also registered in namespace %s; clients in other namespaces use only that registration", newer.Host, older.Namespace).
			related(facts.At(older.Object, older.Field), "the older registration takes precedence")
	})
}

// hiddenPorts reports ports that clients in the namespace of a private ServiceEntry lose, because it takes the place of one that is
// exported to them. One with the same ports is taken to be meant so.
func hiddenPorts(s *facts.Set, r *reporter) {
	for _, own := range s.WantedServices() {
		if own.Kubernetes() || facts.ExportedToAll(own) || !own.VisibleIn(own.Namespace) {
			continue
		}
		for _, other := range s.Mesh.ServicesOf(own.Host) {
			if other.Kubernetes() || other.Namespace == own.Namespace || !other.VisibleIn(own.Namespace) {
				continue
			}
			if lost := numbersOf(other, func(p *mesh.Port) bool { return own.Port(p.Number) == nil }); lost != "" {
				r.at(facts.At(own.Object, own.Field), "clients in namespace %s lose %s of %q: this ServiceEntry takes the place of %s", own.Namespace, lost, own.Host, name(other.Object)).
					help("add %s to this ServiceEntry, or remove it", lost).
					related(facts.At(other.Object, other.Field), "hidden ServiceEntry")
				break
			}
		}
	}
}

// numbersOf words the ports of a service that fit; "" for none.
func numbersOf(svc *mesh.Service, fits func(*mesh.Port) bool) string {
	var numbers []string
	for _, p := range svc.Ports {
		if fits(p) {
			numbers = append(numbers, strconv.FormatUint(uint64(p.Number), 10))
		}
	}
	switch len(numbers) {
	case 0:
		return ""
	case 1:
		return "port " + numbers[0]
	}
	return "ports " + strings.Join(numbers, ", ")
}

var _ = register(diag.Check{
	ID:       "SEM161",
	Title:    "ServiceEntries of one host conflict",
	Severity: diag.Warning,
	Stage:    diag.AtVirtualHost,
	Why: `Two ServiceEntries of one host and namespace are merged only if resolution, labels, workloadSelector and exportTo are equal. These differ,
so istiod ignores the newer one.`,
	Fix: `Write one ServiceEntry for the host, or make the two agree.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: one, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: DNS
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: two, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 443, name: tls, protocol: TLS}]
  resolution: NONE
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: one, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: DNS
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: two, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 443, name: tls, protocol: TLS}]
  resolution: DNS
`,
	Aliases: []string{"KIA1211"},
}, registeredTwiceHere)

func registeredTwiceHere(s *facts.Set, r *reporter) {
	s.Hosts.EachDuplicate(func(older, newer *mesh.Service) {
		if older.Namespace != newer.Namespace || older.Kubernetes() || newer.Kubernetes() || older.Object == newer.Object {
			return
		}
		differing := difference(older.Object, newer.Object)
		switch {
		case differing == "":
		case disjoint(older, newer):
			r.at(facts.At(newer.Object, newer.Field), "%s registers %q for other namespaces, and the two share their endpoints", name(older.Object), newer.Host).
				help("write each ServiceEntry in a namespace of its own clients, or give both the same endpoints").
				related(facts.At(older.Object, older.Field), "the other ServiceEntry").severity(diag.Info)
		default:
			r.at(facts.At(newer.Object, newer.Field), "this ServiceEntry is ignored for %[2]q: %[1]s already registers it with another %[3]s", name(older.Object), newer.Host, differing).
				related(facts.At(older.Object, older.Field), "this ServiceEntry is used")
		}
	})
}

// disjoint reports whether no namespace sees two services, each of which is exported to namespaces by name.
func disjoint(a, b *mesh.Service) bool {
	both := slices.Concat(a.ExportTo, b.ExportTo, []string{a.Namespace, b.Namespace})
	return !facts.ExportedToAll(a) && !facts.ExportedToAll(b) && !slices.ContainsFunc(both, func(ns string) bool { return a.VisibleIn(ns) && b.VisibleIn(ns) })
}

// difference names what keeps two ServiceEntries of one host from being united, or "".
func difference(a, b *config.Object) string {
	x, y := config.Spec[*networking.ServiceEntry](a), config.Spec[*networking.ServiceEntry](b)
	switch {
	case x.GetResolution() != y.GetResolution():
		return "resolution"
	case !proto.Equal(x.GetWorkloadSelector(), y.GetWorkloadSelector()):
		return "workloadSelector"
	case !slices.Equal(x.GetExportTo(), y.GetExportTo()):
		return "exportTo"
	case !maps.Equal(a.Labels, b.Labels):
		return "set of labels"
	}
	return ""
}
