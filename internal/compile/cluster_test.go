package compile

import (
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	clusterv3 "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"

	"sem.example/internal/compile/compiletest"
	"sem.example/internal/envoy"
)

// TestAnyOrder asks for clusters and endpoints from many goroutines at once, and in another order than a snapshot does.
// The answers are the same messages every time, and equal to those of the snapshot.
func TestAnyOrder(t *testing.T) {
	m := compiletest.Mesh(t, txtar.Parse([]byte(planted)))
	proxy := compiletest.Proxy(t, "sidecar app/client ip=10.0.0.1")
	whole := New(m.View(proxy)).Snapshot()
	c := New(m.View(proxy))
	got := make([][]*clusterv3.Cluster, 8)
	var wg sync.WaitGroup
	for i := range got {
		wg.Go(func() {
			for _, want := range slices.Backward(whole.Clusters) {
				c.Endpoints(want.Name)
				got[i] = append(got[i], c.Cluster(want.Name))
			}
		})
	}
	wg.Wait()
	slices.Reverse(got[0])
	if diff := cmp.Diff(whole.Clusters, got[0], protocmp.Transform()); diff != "" {
		t.Errorf("clusters by name (-snapshot +by name):\n%s", diff)
	}
	slices.Reverse(got[0])
	for i := range got {
		if !slices.Equal(got[i], got[0]) {
			t.Errorf("goroutine %d was given other messages", i)
		}
	}
}

// The lists, which keep nothing, hold what the snapshot does, and lead to the same origins.
func TestLists(t *testing.T) {
	files, _ := filepath.Glob("testdata/scenario/*.txtar")
	held := map[envoy.Type]int{}
	for _, file := range files {
		ar, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		m := compiletest.Mesh(t, ar)
		for line := range strings.Lines(compiletest.Section(ar, "proxies")) {
			proxy := compiletest.Proxy(t, line)
			whole, c := New(m.View(proxy)).Snapshot(), New(m.View(proxy))
			for _, kind := range envoy.Types {
				got := listed(c, kind)
				held[kind] += len(got)
				if diff := cmp.Diff(listed(whole, kind), got, protocmp.Transform()); diff != "" {
					t.Errorf("%s, %s, %s (-snapshot +list):\n%s", file, proxy.Name, kind, diff)
				}
			}
			c.Resources()
			for at, want := range whole.Origins {
				if !slices.Equal(want, c.OriginsOf(at)) {
					t.Errorf("%s, %s, %s: %v, in the snapshot %v", file, proxy.Name, at, c.OriginsOf(at), want)
				}
			}
		}
	}
	if len(held) != len(envoy.Types) || held[envoy.Endpoints] == 0 {
		t.Errorf("too little to compare: %v", held)
	}
}

func listed(from envoy.Lists, kind envoy.Type) []proto.Message {
	var out []proto.Message
	for i, list := 0, from.List(kind); i < list.Len; i++ {
		if m := list.At(i); m != nil {
			out = append(out, m)
		}
	}
	return out
}

func TestUnknownClusters(t *testing.T) {
	m := compiletest.Mesh(t, txtar.Parse([]byte(planted)))
	c := New(m.View(compiletest.Proxy(t, "sidecar app/client ip=10.0.0.1")))
	for _, name := range []string{
		"", "outbound", "outbound||", "outbound|61001||", "outbound|1||host.q101", "outbound|61001|other|host.q101",
		"outbound|99999||host.q101", "outbound_.61001_._.host.q101", "AllowAnyDynamicDNSCluster", "inbound|1||",
	} {
		if got := c.Cluster(name); got != nil {
			t.Errorf("Cluster(%q) = %v", name, got)
		}
		if got := c.Endpoints(name); got != nil {
			t.Errorf("Endpoints(%q) = %v", name, got)
		}
	}
	if c.Cluster("outbound|61001|q109|host.q101") == nil {
		t.Error("the subset's cluster is missing")
	}
}
