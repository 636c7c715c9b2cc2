package outbound

import (
	"fmt"
	"testing"

	"sem.example/internal/config"
	"sem.example/internal/mesh/routing"
)

// hostsOf is a VirtualService with hosts, each at a field of its name.
func hostsOf(hosts ...string) *routing.Rules {
	out := &routing.Rules{}
	for _, h := range hosts {
		out.Hosts = append(out.Hosts, routing.Host{Name: h, At: config.Place{Field: h}})
	}
	return out
}

func TestHostFields(t *testing.T) {
	f := hostFields{}
	vs := hostsOf("*.example.com", "B.example.com", "*.a.example.com", "b.example.com", "x.narrow.org")
	for host, want := range map[string]string{
		"b.example.com": "B.example.com", "c.example.com": "*.example.com", "c.a.example.com": "*.a.example.com",
		"*.example.com": "*.example.com", "*.narrow.org": "x.narrow.org", "elsewhere.org": "*.example.com",
	} {
		if got := f.of(vs, host).Field; got != want {
			t.Errorf("%s stands at %s, want %s", host, got, want)
		}
	}
}

// The place of each host of a VirtualService costs the same, however many it has.
func BenchmarkHostFields(b *testing.B) {
	for _, n := range []int{1_000, 10_000} {
		var names []string
		for i := range n {
			names = append(names, fmt.Sprintf("h%d.example.com", i))
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			vs := hostsOf(names...)
			for b.Loop() {
				f := hostFields{}
				for _, h := range names {
					f.of(vs, h)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/host")
		})
	}
}
