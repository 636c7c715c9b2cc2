package render_test

import (
	"fmt"
	"io"
	"testing"

	clusterv3 "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	"google.golang.org/protobuf/proto"

	"sem.example/internal/envoy"
	"sem.example/render"
)

// large is a snapshot of a mesh with 1,000 hosts.
func large(b *testing.B) *envoy.Snapshot {
	b.Helper()
	small := sidecar(b)
	s := &envoy.Snapshot{}
	for i := range 1000 {
		c := proto.Clone(small.Clusters[i%len(small.Clusters)]).(*clusterv3.Cluster)
		c.Name = fmt.Sprintf("outbound|80||host-%d.example", i)
		s.Clusters = append(s.Clusters, c)
	}
	return s
}

func BenchmarkJSON(b *testing.B) {
	s := large(b)
	b.ReportAllocs()
	for b.Loop() {
		if err := render.JSON(io.Discard, s, render.Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkStatic(b *testing.B) {
	s := large(b)
	b.ReportAllocs()
	for b.Loop() {
		render.Static(s, render.BootstrapOptions{})
	}
}
