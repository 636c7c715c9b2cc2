package explain

import (
	"testing"

	networking "istio.io/api/networking/v1alpha3"

	"github.com/google/go-cmp/cmp"

	"sem.example/internal/config"
)

// The index finds what is about a host or has a name, once and in the order of the input.
func TestObjectIndex(t *testing.T) {
	object := func(kind, name string, spec any) *config.Object {
		return &config.Object{Kind: kind, Meta: config.Meta{Namespace: "shop", Name: name}, Spec: spec}
	}
	x := newObjectIndex([]*config.Object{
		object("DestinationRule", "all", &networking.DestinationRule{Host: "*.example.com"}),
		object("VirtualService", "both", &networking.VirtualService{Hosts: []string{"api.example.com", "*.example.com"}}),
		object("ServiceEntry", "api", &networking.ServiceEntry{Hosts: []string{"api.example.com"}}),
		object("Service", "web", nil),
		object("ServiceEntry", "other", &networking.ServiceEntry{Hosts: []string{"example.com", "api.example.org"}}),
		object("PeerAuthentication", "strict", nil),
	}, "cluster.local")
	peer := objectName{"PeerAuthentication", "shop", "strict"}
	for _, c := range []struct {
		name  string
		names map[objectName][]string
		hosts []string
		want  []string
	}{
		{"a host and the wildcards over it", nil, []string{"api.example.com"}, []string{"all", "both", "api"}},
		{"a wildcard asks for no narrower host", nil, []string{"*.example.com"}, []string{"all", "both"}},
		{"a short name is completed", nil, []string{"web.shop.svc.cluster.local"}, []string{"web"}},
		{"a name of no host", map[objectName][]string{peer: {"spec"}}, nil, []string{"strict"}},
		{"the order of the input", map[objectName][]string{peer: {"spec"}, {"ServiceEntry", "shop", "api"}: {"spec"}},
			[]string{"web.shop.svc.cluster.local", "api.example.com"}, []string{"all", "both", "api", "web", "strict"}},
		{"a name of another namespace", map[objectName][]string{{"Service", "default", "web"}: {"spec"}}, []string{"www.example.net"}, nil},
	} {
		var got []string
		for _, o := range x.about(c.names, c.hosts) {
			got = append(got, o.Name)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}
