package validate

import (
	"fmt"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM267",
	Title:    "endpoint port name does not match the Service",
	Severity: diag.Error,
	Stage:    diag.NoStage,
	Why: `The ports of an EndpointSlice or Endpoints are matched with those of the Service by name; numbers do not matter. A port with another name
has no effect, and requests to the Service port receive 503 (response flag UH).`,
	Fix: `Use the port name of the Service.`,
	Wrong: `
apiVersion: v1
kind: Service
metadata: {name: db, namespace: shop}
spec: {ports: [{name: tcp-db, port: 5432}]}
---
apiVersion: v1
kind: Endpoints
metadata: {name: db, namespace: shop}
subsets: [{addresses: [{ip: 192.0.2.1}], ports: [{name: db, port: 5432}]}]
`,
	Right: `
apiVersion: v1
kind: Service
metadata: {name: db, namespace: shop}
spec: {ports: [{name: tcp-db, port: 5432}]}
---
apiVersion: v1
kind: Endpoints
metadata: {name: db, namespace: shop}
subsets: [{addresses: [{ip: 192.0.2.1}], ports: [{name: tcp-db, port: 5432}]}]
`,
}, unknownSlicePorts)

func unknownSlicePorts(s *facts.Set, r *reporter) {
	eachEndpointsPort(s, func(at facts.Place, port config.EndpointPort, svc *mesh.Service) {
		if svc.PortNamed(port.Name) != nil {
			return
		}
		field := at
		if port.Name != "" {
			field.Field += ".name"
		}
		r.at(field, "these addresses serve no port of Service %s: it has no port %s", svc.Name, namedPort(port.Name)).
			help("use one of its port names: %s", portNames(svc)).related(facts.At(svc.Object, "spec.ports"), "ports of the Service")
	})
}

func namedPort(name string) string {
	if name == "" {
		return "without a name"
	}
	return fmt.Sprintf("named %q", name)
}

// eachEndpointsPort calls do for every port of EndpointSlices and Endpoints of a Service that the input has.
func eachEndpointsPort(s *facts.Set, do func(facts.Place, config.EndpointPort, *mesh.Service)) {
	for _, o := range s.WantedObjects("EndpointSlice") {
		spec := config.Spec[*config.EndpointSlice](o)
		if svc := s.Hosts.KubernetesService(o.Namespace, o.Labels[serviceName]); svc != nil && spec.AddressType != "FQDN" {
			for i, p := range spec.Ports {
				do(facts.At(o, "ports").Item(i), p, svc)
			}
		}
	}
	for _, o := range s.WantedObjects("Endpoints") {
		svc := s.Hosts.KubernetesService(o.Namespace, o.Name)
		if svc == nil {
			continue
		}
		for i, subset := range config.Spec[*config.Endpoints](o).Subsets {
			for j, p := range subset.Ports {
				do(facts.At(o, "subsets").Item(i).Sub("ports").Item(j), p, svc)
			}
		}
	}
}

// serviceName is the label by which an EndpointSlice names its Service.
const serviceName = "kubernetes.io/service-name"

var _ = register(diag.Check{
	ID:       "SEM282",
	Title:    "endpoints without a Service",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `An EndpointSlice belongs to the Service in its label kubernetes.io/service-name, Endpoints to the Service of the same name. Without a
Service, these addresses receive no requests.`,
	Fix: `Set the label, or correct the name.`,
	Wrong: `
apiVersion: v1
kind: Service
metadata: {name: db, namespace: shop}
spec: {selector: {app: db}, ports: [{name: tcp-db, port: 5432}]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: db-1, namespace: shop}
addressType: IPv4
ports: [{name: tcp-db, port: 5432}]
endpoints: [{addresses: [192.0.2.1]}]
`,
	Right: `
apiVersion: v1
kind: Service
metadata: {name: db, namespace: shop}
spec: {selector: {app: db}, ports: [{name: tcp-db, port: 5432}]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: db-1, namespace: shop, labels: {kubernetes.io/service-name: db}}
addressType: IPv4
ports: [{name: tcp-db, port: 5432}]
endpoints: [{addresses: [192.0.2.1]}]
`,
}, strayEndpoints)

func strayEndpoints(s *facts.Set, r *reporter) {
	for _, o := range s.WantedObjects("EndpointSlice") {
		switch of := o.Labels[serviceName]; {
		case of == "":
			r.at(facts.At(o, "metadata"), "the EndpointSlice belongs to no Service: it has no label %s", serviceName).
				help("set the label to the name of the Service")
		case plainlyAbsent(s, o.Namespace, of):
			r.at(facts.At(o, "metadata.labels").Key(serviceName), "namespace %s has no Service %q", o.Namespace, of).
				help("correct the label, or add the Service").infoUnless(s.Complete(o.Namespace, "Service"))
		}
	}
	for _, o := range s.WantedObjects("Endpoints") {
		if plainlyAbsent(s, o.Namespace, o.Name) {
			r.at(facts.At(o, "metadata.name"), "namespace %s has no Service %q for these Endpoints", o.Namespace, o.Name).
				help("give the Endpoints the name of their Service").infoUnless(s.Complete(o.Namespace, "Service"))
		}
	}
}

// plainlyAbsent reports whether the input shows that a Kubernetes Service does not exist.
func plainlyAbsent(s *facts.Set, namespace, service string) bool {
	return s.Hosts.Presence(mesh.FullHost(service, namespace, s.Mesh.Settings.Domain)) == facts.Absent
}

var _ = register(diag.Check{
	ID:       "SEM283",
	Title:    "Service without a selector has no endpoints",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `Kubernetes finds no endpoints for a Service without a selector: they must be listed in an EndpointSlice or Endpoints. The input contains
such resources for other Services of the namespace, but not for this one: requests receive 503 (response flag UH).`,
	Fix: `Write an EndpointSlice for the Service, add a selector, or register the host with a ServiceEntry.`,
	Wrong: `
apiVersion: v1
kind: Service
metadata: {name: db, namespace: shop}
spec: {ports: [{name: tcp, port: 5432}]}
---
apiVersion: v1
kind: Service
metadata: {name: cache, namespace: shop}
spec: {ports: [{name: tcp, port: 6379}]}
---
apiVersion: v1
kind: Endpoints
metadata: {name: cache, namespace: shop}
subsets: [{addresses: [{ip: 192.0.2.1}], ports: [{name: tcp, port: 6379}]}]
`,
	Right: `
apiVersion: v1
kind: Service
metadata: {name: cache, namespace: shop}
spec: {ports: [{name: tcp, port: 6379}]}
---
apiVersion: v1
kind: Endpoints
metadata: {name: cache, namespace: shop}
subsets: [{addresses: [{ip: 192.0.2.1}], ports: [{name: tcp, port: 6379}]}]
`,
}, unservedService)

func unservedService(s *facts.Set, r *reporter) {
	listed := map[string]bool{} // Services that endpoints are written for
	for _, o := range s.Mesh.Objects("EndpointSlice") {
		listed[o.Namespace+"/"+o.Labels[serviceName]] = true
	}
	for _, o := range s.Mesh.Objects("Endpoints") {
		listed[o.Namespace+"/"+o.Name] = true
	}
	for _, svc := range s.WantedServices() {
		written := s.Holds("EndpointSlice", svc.Namespace) || s.Holds("Endpoints", svc.Namespace)
		if !svc.Kubernetes() || len(svc.Selector) > 0 || svc.Resolution == mesh.Alias || !written || listed[svc.Namespace+"/"+svc.Name] || s.Workloads.Endpoints(svc) != nil {
			continue
		}
		r.at(facts.At(svc.Object, "metadata.name"), "Service %s has no endpoints: it has no selector and no EndpointSlice", svc.Name)
	}
}
