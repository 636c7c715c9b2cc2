package registry

import (
	"testing"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/mesh/settings"
)

// Services that select the same workloads share their endpoints; those that differ in a port or in how hosts are resolved do not.
func TestSharedEndpoints(t *testing.T) {
	entry := func(name string, target uint32, resolution networking.ServiceEntry_Resolution) *config.Object {
		return object("ServiceEntry", name, &networking.ServiceEntry{
			Hosts: []string{name + ".example.com"}, Resolution: resolution,
			Ports:            []*networking.ServicePort{{Number: 80, Name: "http", Protocol: "HTTP", TargetPort: target}},
			WorkloadSelector: &networking.WorkloadSelector{Labels: map[string]string{"app": "vm"}},
		})
	}
	workload := func(name, address string) *config.Object {
		return object("WorkloadEntry", name, &networking.WorkloadEntry{Address: address, Labels: map[string]string{"app": "vm"}})
	}
	r := Build([]*config.Object{
		entry("a", 0, networking.ServiceEntry_STATIC), entry("b", 0, networking.ServiceEntry_STATIC),
		entry("moved", 8080, networking.ServiceEntry_STATIC), entry("dns", 0, networking.ServiceEntry_DNS),
		workload("one", "10.1.0.1"), workload("two", "10.1.0.2"), workload("named", "vm.example.com"),
	}, settings.Settings{}.Complete())
	list := func(name string) []*Endpoint { return r.EndpointsOf(r.ServicesOf(name + ".example.com")[0]) }
	a, b, moved, dns := list("a"), list("b"), list("moved"), list("dns")
	if len(a) != 2 || len(b) != 2 || a[0] != b[0] || a[1] != b[1] {
		t.Errorf("a and b have their own endpoints: %v, %v", a, b)
	}
	if len(moved) != 2 || moved[0].Port != 8080 || a[0].Port != 80 {
		t.Errorf("a port of its own: %v, %v", moved, a)
	}
	if len(dns) != 3 {
		t.Errorf("DNS resolves names too: %v", dns)
	}
	var hosts []string
	for _, target := range r.entryTargetsAt("10.1.0.2", "shop") {
		hosts = append(hosts, target.Service.Name)
	}
	if len(hosts) != 4 {
		t.Errorf("the workload serves %v", hosts)
	}
}

// The hosts of an entry share the endpoints that it lists.
func TestSharedByHosts(t *testing.T) {
	r := Build([]*config.Object{object("ServiceEntry", "a", &networking.ServiceEntry{
		Hosts: []string{"a.example.com", "b.example.com"}, Resolution: networking.ServiceEntry_STATIC,
		Ports:     []*networking.ServicePort{{Number: 80, Name: "http", Protocol: "HTTP"}},
		Endpoints: []*networking.WorkloadEntry{{Address: "10.1.0.1"}, {Address: "10.1.0.2"}},
	})}, settings.Settings{}.Complete())
	a, b := r.EndpointsOf(r.ServicesOf("a.example.com")[0]), r.EndpointsOf(r.ServicesOf("b.example.com")[0])
	if len(a) != 2 || len(b) != 2 || a[0] != b[0] || a[1] != b[1] {
		t.Errorf("a and b have their own endpoints: %v, %v", a, b)
	}
	if at := r.entryTargetsAt("10.1.0.2", "shop"); len(at) != 2 {
		t.Errorf("the address serves %v", at)
	}
}

func object(kind, name string, spec any) *config.Object {
	return &config.Object{Kind: kind, Meta: config.Meta{Namespace: "shop", Name: name}, Spec: spec}
}
