package patch

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	clusterv3 "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	networking "istio.io/api/networking/v1alpha3"
	"sigs.k8s.io/yaml"

	"sem.example/internal/config"
	"sem.example/internal/envoy"
	"sem.example/internal/source"
)

var update = flag.Bool("update", false, "rewrite goldens")

// TestScenarios applies the EnvoyFilters of each archive to its resources. Its sections:
//
//	proxy.yaml      the proxy's version, metadata, and whether it is a gateway; may be absent
//	filters.yaml    EnvoyFilters that are attached to it
//	resources.yaml  listeners, routes and clusters before patches
//	patched         what patches make of them, and which patch changed what
func TestScenarios(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatal("no scenarios", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			got := run(t, archive)
			if *update {
				rewrite(t, path, archive, got)
			} else if diff := cmp.Diff(section(archive, "patched"), got); diff != "" {
				t.Errorf("patched (-want +got):\n%s", diff)
			}
		})
	}
}

func run(t *testing.T, archive *txtar.Archive) string {
	var proxy struct {
		ProxyAttributes
		Gateway bool
		Ports   map[string][]uint32
		Hosts   map[string][]string
	}
	if err := yaml.Unmarshal([]byte(section(archive, "proxy.yaml")), &proxy); err != nil {
		t.Fatal(err)
	}
	text, err := yaml.YAMLToJSON([]byte(section(archive, "resources.yaml")))
	if err != nil {
		t.Fatal(err)
	}
	before, err := envoy.Load(text)
	if err != nil {
		t.Fatal(err)
	}
	filters := decode([]byte(section(archive, "filters.yaml")))
	set := Select(filters, "istio-system", proxy.ProxyAttributes, Options{
		Ports: func(port uint32) []uint32 { return proxy.Ports[fmt.Sprint(port)] },
		Hosts: func(port uint32) []string { return proxy.Hosts[fmt.Sprint(port)] },
	})
	kept := proto.Clone(before.Listeners[0])
	out := &strings.Builder{}
	print(out, Apply(loaded{envoy.NewIndex(before), before}, set, proxy.Gateway))
	if !proto.Equal(kept, before.Listeners[0]) {
		t.Error("the resources before patches were changed")
	}
	for _, f := range filters {
		for i := range config.Spec[*networking.EnvoyFilter](f).GetConfigPatches() {
			if _, err := newPatch(f, i); err != nil { // the messages of protojson differ from run to run in a space
				fmt.Fprintf(out, "left out: spec.configPatches[%d].patch: %s\n", i, strings.ReplaceAll(err.Error(), "\u00a0", " "))
			}
		}
	}
	return out.String()
}

func print(out *strings.Builder, x *Resources) {
	for _, t := range envoy.Types {
		list := x.List(t)
		for i := range list.Len {
			if m := list.At(i); m != nil {
				fmt.Fprintf(out, "# %s\n%s", strings.TrimSuffix(string(t), "s"), text(m))
			}
		}
	}
	fmt.Fprintln(out, "# changed by")
	var lines []string
	for at, origins := range x.origins {
		for _, o := range origins {
			lines = append(lines, fmt.Sprintf("%s: %s %s/%s %s", at, o.Role, o.Object.Namespace, o.Object.Name, o.Field))
		}
	}
	slices.Sort(lines)
	fmt.Fprintln(out, strings.Join(lines, "\n"))
}

// text is a message as YAML.
func text(m proto.Message) string {
	data, err := protojson.MarshalOptions{UseProtoNames: true}.Marshal(m)
	if err != nil {
		return err.Error() + "\n"
	}
	compact := &bytes.Buffer{}
	if err := json.Compact(compact, data); err != nil {
		return err.Error() + "\n"
	}
	out, err := yaml.JSONToYAML(compact.Bytes())
	if err != nil {
		return err.Error() + "\n"
	}
	return string(out)
}

// loaded are resources that are at hand, as a compiler would build them.
type loaded struct {
	*envoy.Index
	all *envoy.Snapshot
}

func (l loaded) List(t envoy.Type) envoy.List     { return l.all.List(t) }
func (l loaded) Snapshot() *envoy.Snapshot        { return l.all }
func (l loaded) Resources() *envoy.Snapshot       { return l.all }
func (l loaded) NotModelled() []envoy.NotModelled { return nil }
func (l loaded) ListenPort(port uint32) uint32    { return port }

func (l loaded) RouteFor(name, authority string) *routev3.RouteConfiguration { return nil }

func section(archive *txtar.Archive, name string) string {
	for _, f := range archive.Files {
		if f.Name == name {
			return string(f.Data)
		}
	}
	return ""
}

func decode(data []byte) []*config.Object {
	docs, _ := source.Parse(&source.File{Name: "filters.yaml", Data: data})
	objects, _, _ := config.Decode(docs, "default")
	return slices.DeleteFunc(objects, func(o *config.Object) bool { return o.Kind != "EnvoyFilter" })
}

func TestMergeReplacesDurations(t *testing.T) {
	into := &clusterv3.Cluster{}
	if err := envoy.Read(map[string]any{"connect_timeout": "0.5s"}, into); err != nil {
		t.Fatal(err)
	}
	from := &clusterv3.Cluster{}
	if err := envoy.Read(map[string]any{"connect_timeout": "5s"}, from); err != nil {
		t.Fatal(err)
	}
	merging{}.message(into.ProtoReflect(), from.ProtoReflect())
	if got := into.GetConnectTimeout().AsDuration().String(); got != "5s" {
		t.Errorf("0.5s patched with 5s is %s", got)
	}
}

// FuzzPatch applies whatever EnvoyFilter to a sidecar's listener, route table and cluster. It must not panic, and must not
// change what it is given.
func FuzzPatch(f *testing.F) {
	paths, _ := filepath.Glob("testdata/*.txtar")
	var resources [][]byte
	for _, path := range paths {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add([]byte(section(archive, "filters.yaml")))
		text, err := yaml.YAMLToJSON([]byte(section(archive, "resources.yaml")))
		if err != nil {
			f.Fatal(err)
		}
		resources = append(resources, text)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		filters := decode(data)
		for _, text := range resources {
			before, err := envoy.Load(text)
			if err != nil {
				t.Fatal(err)
			}
			kept := proto.Clone(before.Listeners[0]).(*listenerv3.Listener)
			for _, gateway := range []bool{false, true} {
				set := Select(filters, "istio-system", ProxyAttributes{Version: "1.32.0"}, Options{})
				Apply(loaded{envoy.NewIndex(before), before}, set, gateway).Resources()
			}
			if !proto.Equal(kept, before.Listeners[0]) {
				t.Fatal("the resources before patches were changed")
			}
		}
	})
}

func rewrite(t *testing.T, path string, archive *txtar.Archive, got string) {
	archive.Files = slices.DeleteFunc(archive.Files, func(f txtar.File) bool { return f.Name == "patched" })
	archive.Files = append(archive.Files, txtar.File{Name: "patched", Data: []byte(got)})
	if err := os.WriteFile(path, txtar.Format(archive), 0o644); err != nil {
		t.Fatal(err)
	}
}
