package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	bootstrapv3 "github.com/envoyproxy/go-control-plane/envoy/config/bootstrap/v3"
	clusterv3 "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"sem.example/internal/envoy"
	"sem.example/internal/envoytest"
)

// TestRefusals has Envoy refuse, in its own words, what sem says that it refuses.
func TestRefusals(t *testing.T) {
	path := envoytest.Required(t)
	words := map[string]string{
		"testdata/partial_wildcard.txtar": "partial wildcards are not supported",
		"testdata/refused_cluster.txtar":  "must have auto_sni and auto_san_validation",
	}
	for archive, want := range words {
		w, err := worldOf(archive)
		if err != nil {
			t.Fatal(err)
		}
		compiler, err := w.Compile(w.proxies[0])
		if err != nil {
			t.Fatal(err)
		}
		refused := 0
		for _, l := range compiler.Snapshot().Listeners {
			if envoy.ListenerRefusal(l) != "" {
				refused++
				refuses(t, path, want, &bootstrapv3.Bootstrap_StaticResources{Listeners: []*listenerv3.Listener{l}})
			}
		}
		for _, c := range compiler.Snapshot().Clusters {
			if envoy.ClusterRefusal(c) != "" {
				refused++
				c = proto.Clone(c).(*clusterv3.Cluster)
				c.Filters = nil // Istio's own
				refuses(t, path, want, &bootstrapv3.Bootstrap_StaticResources{Clusters: []*clusterv3.Cluster{c}})
			}
		}
		if refused == 0 {
			t.Errorf("%s: nothing is refused", archive)
		}
	}
}

func refuses(t *testing.T, path, want string, resources *bootstrapv3.Bootstrap_StaticResources) {
	t.Helper()
	text, err := protojson.Marshal(&bootstrapv3.Bootstrap{StaticResources: resources})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "bootstrap.json")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := envoytest.Validate(t.Context(), path, file); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("Envoy says %v, want %q", err, want)
	}
}
