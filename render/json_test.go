package render_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	clusterv3 "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	endpointv3 "github.com/envoyproxy/go-control-plane/envoy/config/endpoint/v3"
	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"sem.example/internal/envoy"
	"sem.example/internal/source"
	"sem.example/render"
)

var update = flag.Bool("update", false, "rewrite goldens")

// sidecar is the snapshot of a sidecar that reaches one service of the mesh, in a subset too, and one outside of it.
func sidecar(t testing.TB) *envoy.Snapshot {
	t.Helper()
	file := &source.File{Name: "mesh.yaml"}
	rule := &source.Document{File: file, Kind: "VirtualService", Namespace: "shop", Name: "reviews", Root: &source.Node{
		Kind: source.Map, Fields: []source.Field{{Key: "spec", Range: source.Range{Line: 8, Column: 1}, Value: &source.Node{Range: source.Range{Line: 9, Column: 3}}}},
	}}
	s := &envoy.Snapshot{
		Listeners: []*listenerv3.Listener{message(t, &listenerv3.Listener{}, "listener")},
		Routes:    []*routev3.RouteConfiguration{message(t, &routev3.RouteConfiguration{}, "route")},
		Clusters: []*clusterv3.Cluster{
			message(t, &clusterv3.Cluster{}, "cluster-external"),
			message(t, &clusterv3.Cluster{}, "cluster-reviews"),
			message(t, &clusterv3.Cluster{}, "cluster-reviews-v2"),
		},
		Endpoints: []*endpointv3.ClusterLoadAssignment{message(t, &endpointv3.ClusterLoadAssignment{}, "endpoints-reviews")},
		Origins:   envoy.Origins{},
	}
	s.Origins.Add(envoy.Route("80", "reviews:80", 0), envoy.Of(rule, "spec", envoy.Defines))
	s.Origins.Add(envoy.Route("80", "reviews:80", 0).Part("match/0"), envoy.Of(rule, "spec.http[0].match[0]", envoy.Defines))
	s.Origins.Add(envoy.Cluster("outbound|80||reviews"), envoy.Origin{
		Object: envoy.Object{Kind: "DestinationRule", Namespace: "shop", Name: "late"}, Field: "spec", Role: envoy.Overridden, Note: "an older rule is for the same host",
	})
	return s
}

func message[T proto.Message](t testing.TB, m T, name string) T {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "resources", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := protojson.Unmarshal(text, m); err != nil {
		t.Fatal(name, err)
	}
	return m
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

func TestJSON(t *testing.T) {
	tests := []struct {
		golden  string
		options render.Options
	}{
		{"all.json", render.Options{}},
		{"annotated.json", render.Options{Origins: sidecar(t).Origins, Annotate: true, Filter: render.Filter{Types: []envoy.Type{envoy.Clusters, envoy.Routes}}}},
		{"sourcemap.json", render.Options{Origins: sidecar(t).Origins, SourceMap: true, Filter: render.Filter{Types: []envoy.Type{envoy.Routes}}}},
	}
	for _, test := range tests {
		t.Run(test.golden, func(t *testing.T) {
			var out bytes.Buffer
			if err := render.JSON(&out, sidecar(t), test.options); err != nil {
				t.Fatal(err)
			}
			golden(t, test.golden, out.Bytes())
		})
	}
}

func TestJSONLeavesTheSnapshotAlone(t *testing.T) {
	s, before := sidecar(t), sidecar(t)
	if err := render.JSON(&bytes.Buffer{}, s, render.Options{Origins: s.Origins, Annotate: true}); err != nil {
		t.Fatal(err)
	}
	render.Static(s, render.BootstrapOptions{})
	for i, l := range s.Listeners {
		if !proto.Equal(l, before.Listeners[i]) {
			t.Errorf("listener %s was changed", l.GetName())
		}
	}
	for i, c := range s.Clusters {
		if !proto.Equal(c, before.Clusters[i]) {
			t.Errorf("cluster %s was changed", c.GetName())
		}
	}
	for i, r := range s.Routes {
		if !proto.Equal(r, before.Routes[i]) {
			t.Errorf("route table %s was changed", r.GetName())
		}
	}
}

// An extension that neither sem nor Envoy knows is still printed, so that nothing is lost on the way.
func TestJSONOfUnknownExtension(t *testing.T) {
	s := sidecar(t)
	config := s.Listeners[0].FilterChains[0].Filters[0].GetTypedConfig()
	config.TypeUrl, config.Value = "type.googleapis.com/nobody.knows.This", []byte("abc")
	var out bytes.Buffer
	if err := render.JSON(&out, s, render.Options{}); err != nil {
		t.Fatal(err)
	}
	if want := `"@type": "type.googleapis.com/nobody.knows.This",` + "\n" + strings.Repeat(" ", 16) + `"value": "YWJj"`; !strings.Contains(out.String(), want) {
		t.Errorf("the document does not hold %s:\n%s", want, out.String())
	}
}
