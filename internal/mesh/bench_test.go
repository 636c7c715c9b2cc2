package mesh

import (
	"fmt"
	"testing"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
)

// manyHosts are n external hosts, each a ServiceEntry, a DestinationRule with two subsets and a VirtualService.
func manyHosts(n int) []*config.Object {
	var out []*config.Object
	for i := range n {
		host := fmt.Sprintf("host-%d.example.com", i)
		meta := config.Meta{Namespace: fmt.Sprintf("ns-%d", i%50), Name: fmt.Sprintf("host-%d", i)}
		out = append(out,
			&config.Object{Kind: "ServiceEntry", Meta: meta, Spec: &networking.ServiceEntry{
				Hosts: []string{host}, Resolution: networking.ServiceEntry_DNS, Location: networking.ServiceEntry_MESH_EXTERNAL,
				Ports: []*networking.ServicePort{{Number: 80, Name: "http", Protocol: "HTTP"}},
			}},
			&config.Object{Kind: "DestinationRule", Meta: meta, Spec: &networking.DestinationRule{Host: host,
				Subsets: []*networking.Subset{{Name: "v1"}, {Name: "v2"}}}},
			&config.Object{Kind: "VirtualService", Meta: meta, Spec: &networking.VirtualService{Hosts: []string{host},
				Http: []*networking.HTTPRoute{{Route: []*networking.HTTPRouteDestination{
					{Destination: &networking.Destination{Host: host, Subset: "v1"}, Weight: 50},
					{Destination: &networking.Destination{Host: host, Subset: "v2"}, Weight: 50}}}}}})
	}
	return out
}

func BenchmarkBuild(b *testing.B) {
	for _, n := range []int{1000, 10000} {
		objects := manyHosts(n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				Build(objects, Settings{})
			}
		})
	}
}

// The first view of each of fifty namespaces, and then one more of each.
func BenchmarkNamespaces(b *testing.B) {
	objects := manyHosts(10000)
	for b.Loop() {
		b.StopTimer()
		m, _ := Build(objects, Settings{})
		b.StartTimer()
		for i := range 100 {
			m.View(Proxy{Type: Sidecar, Namespace: fmt.Sprintf("ns-%d", i%50), Name: "client"})
		}
	}
}

func BenchmarkView(b *testing.B) {
	for _, n := range []int{1000, 10000} {
		objects := manyHosts(n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				m, _ := Build(objects, Settings{})
				b.StartTimer()
				v := m.View(Proxy{Type: Sidecar, Namespace: "client", Name: "client"})
				for _, s := range v.Services() {
					v.DestinationRule(s)
				}
			}
		})
	}
}
