package validate

import (
	"fmt"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM162",
	Title:    "ServiceEntry registers the host of a Kubernetes Service",
	Severity: diag.Warning,
	Stage:    diag.AtVirtualHost,
	Why: `A client uses one service for each host. If a ServiceEntry and a Kubernetes Service share a host, the Service takes precedence, with its
ports, addresses and resolution; clients in the namespace of the ServiceEntry use the ServiceEntry, unless the Service is in the same
namespace. Endpoints of a ServiceEntry in the namespace of the Service are added to those of the Service.`,
	Fix: `Use another host in the ServiceEntry, or change the Service.`,
	Wrong: `
apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: prod}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: reviews, namespace: prod}
spec:
  hosts: [reviews.prod.svc.cluster.local]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: DNS
`,
	Right: `
apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: prod}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: reviews, namespace: prod}
spec:
  hosts: [reviews.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: DNS
`,
}, shadowsService)

func shadowsService(s *facts.Set, r *reporter) {
	looked := map[facts.Place]bool{}
	for _, svc := range s.WantedServices() {
		at := facts.At(svc.Object, svc.Field)
		if svc.Kubernetes() || looked[at] {
			continue
		}
		looked[at] = true // of a host with many addresses there are as many services
		for _, other := range s.Mesh.ServicesOf(svc.Host) {
			if !other.Kubernetes() {
				continue
			}
			f := r.at(at, "%q is already a Kubernetes Service: its ports and resolution override those of this ServiceEntry", svc.Host)
			if !facts.ExportedToAll(other) {
				f.Message = fmt.Sprintf("%q is also a Kubernetes Service, which only some namespaces see: their clients use the Service, all others this ServiceEntry", svc.Host)
				f.severity(diag.Info)
			} else if s.Client(svc.Namespace).Service(svc.Host) == svc {
				f.Message = fmt.Sprintf("%q is already a Kubernetes Service: only clients in namespace %s use this ServiceEntry", svc.Host, svc.Namespace)
			}
			f.related(facts.At(other.Object, other.Field), "Service")
			break
		}
	}
}

var _ = register(diag.Check{
	ID:       "SEM163",
	Title:    "wildcard and specific ServiceEntries differ",
	Severity: diag.Info,
	Stage:    diag.NoStage,
	Why: `The most specific host is used. The wildcard ServiceEntry applies to this host only on ports that the specific ServiceEntry does not
declare, with its different protocol or resolution.`,
	Fix: `Declare all ports in the specific ServiceEntry, or make the two agree.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: all, namespace: shop}
spec:
  hosts: ["*.example.com"]
  ports: [{number: 443, name: tls, protocol: TLS}]
  resolution: NONE
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: DNS
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: all, namespace: shop}
spec:
  hosts: ["*.example.com"]
  ports: [{number: 443, name: tls, protocol: TLS}]
  resolution: NONE
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 443, name: tls, protocol: TLS}]
  resolution: NONE
`,
}, wildcardDiffers)

func wildcardDiffers(s *facts.Set, r *reporter) {
	reported := map[[2]*config.Object]bool{}
	looked := map[facts.Place]bool{}
	for _, svc := range s.WantedServices() {
		at := facts.At(svc.Object, svc.Field)
		if svc.Kubernetes() || mesh.IsWildcard(svc.Host) || looked[at] {
			continue
		}
		looked[at] = true
		for _, wide := range wildcardsOver(s, svc) {
			pair := [2]*config.Object{svc.Object, wide.Object}
			differing := unlike(wide, svc)
			if differing == "" || reported[pair] || svc.Object == wide.Object || !wide.VisibleIn(svc.Namespace) {
				continue
			}
			reported[pair] = true
			r.at(at, "%q is also covered by %q, which %s", svc.Host, wide.Host, differing).
				related(facts.At(wide.Object, wide.Field), "the wildcard applies on ports that this ServiceEntry does not declare")
		}
	}
}

// wildcardsOver returns the services whose wildcard host covers that of another one.
func wildcardsOver(s *facts.Set, svc *mesh.Service) []*mesh.Service {
	var wide []*mesh.Service
	for _, c := range s.Mesh.Covering(svc.Host) {
		if c.Host != svc.Host && c.Host != "*" {
			wide = append(wide, c)
		}
	}
	return wide
}

// unlike returns what a wildcard service has otherwise than a specific one, or "".
func unlike(wide, svc *mesh.Service) string {
	if _, p := facts.ProtocolConflict(wide, svc); p != nil {
		return fmt.Sprintf("has port %d as %s", p.Number, spoken(wide.Port(p.Number)))
	}
	for _, p := range wide.Ports {
		if svc.Port(p.Number) == nil {
			return fmt.Sprintf("applies on port %d, with resolution %s", p.Number, wide.Resolution)
		}
	}
	if wide.Resolution != svc.Resolution {
		return fmt.Sprintf("has resolution %s instead of %s", wide.Resolution, svc.Resolution)
	}
	return ""
}

var _ = register(diag.Check{
	ID:       "SEM175",
	Title:    "ServiceEntries of one host differ in location",
	Severity: diag.Warning,
	Stage:    diag.AtCluster,
	Why: `The location (MESH_INTERNAL or MESH_EXTERNAL) determines automatic mutual TLS and telemetry. ServiceEntries of one host in one namespace
are merged with the location of the older.`,
	Fix: `Set the same location in both.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: one, namespace: shop}
spec:
  hosts: [api.example.com]
  location: MESH_INTERNAL
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: DNS
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: two, namespace: shop}
spec:
  hosts: [api.example.com]
  location: MESH_EXTERNAL
  ports: [{number: 8080, name: http, protocol: HTTP}]
  resolution: DNS
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: one, namespace: shop}
spec:
  hosts: [api.example.com]
  location: MESH_INTERNAL
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: DNS
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: two, namespace: shop}
spec:
  hosts: [api.example.com]
  location: MESH_INTERNAL
  ports: [{number: 8080, name: http, protocol: HTTP}]
  resolution: DNS
`,
}, twoLocations)

func twoLocations(s *facts.Set, r *reporter) {
	s.Hosts.EachDuplicate(func(older, newer *mesh.Service) {
		if older.Kubernetes() || newer.Kubernetes() || older.External == newer.External || !older.VisibleIn(newer.Namespace) {
			return
		}
		r.at(facts.At(newer.Object, "spec.location"), "%q is %s here and %s in %s", newer.Host, location(newer), location(older), name(older.Object)).
			related(facts.At(older.Object, "spec.location"), "older ServiceEntry")
	})
}

func location(svc *mesh.Service) string {
	if svc.External {
		return "MESH_EXTERNAL"
	}
	return "MESH_INTERNAL"
}
