package explain

import (
	"testing"

	networking "istio.io/api/networking/v1alpha3"

	"github.com/google/go-cmp/cmp"

	"sem.example/internal/config"
)

func TestWithin(t *testing.T) {
	for _, c := range []struct {
		field, outer string
		want         bool
	}{
		{"spec.http[0].route", "spec.http", true},
		{"spec.http[0]", "spec.http[0]", true},
		{"spec.http[10]", "spec.http[1]", false},
		{"spec.hostsX", "spec.hosts", false},
		{"spec.hosts", "spec.hosts[0]", false},
		{"spec.hosts[0]", "", false},
	} {
		if got := within(c.field, c.outer); got != c.want {
			t.Errorf("within(%q, %q) = %v", c.field, c.outer, got)
		}
	}
}

func TestHostsIn(t *testing.T) {
	object := func(kind string, spec any) *config.Object {
		return &config.Object{Kind: kind, Meta: config.Meta{Namespace: "shop", Name: "web"}, Spec: spec}
	}
	for _, c := range []struct {
		name   string
		object *config.Object
		want   []string
	}{
		{"VirtualService", object("VirtualService", &networking.VirtualService{Hosts: []string{"web", "api.example.com", "*.example.com"}}), []string{"web.shop.svc.cluster.local", "api.example.com", "*.example.com"}},
		{"ServiceEntry: a short host stays short", object("ServiceEntry", &networking.ServiceEntry{Hosts: []string{"web"}}), []string{"web"}},
		{"DestinationRule", object("DestinationRule", &networking.DestinationRule{Host: "web"}), []string{"web.shop.svc.cluster.local"}},
		{"Gateway: namespaces are no part of a host", object("Gateway", &networking.Gateway{Servers: []*networking.Server{
			{Hosts: []string{"*/api.example.com", "www.example.com"}}, {Hosts: []string{"./*"}},
		}}), []string{"api.example.com", "www.example.com", "*"}},
		{"Service", object("Service", nil), []string{"web.shop.svc.cluster.local"}},
		{"another kind", object("PeerAuthentication", nil), nil},
	} {
		if diff := cmp.Diff(c.want, hostsIn(c.object, "cluster.local")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}
