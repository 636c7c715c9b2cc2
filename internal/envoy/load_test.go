package envoy

import (
	"bytes"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
)

// dumped is a small dump of a proxy as its admin interface prints it, in snake case and with an extension of Istio.
const dumped = `{"configs": [
 {"@type": "type.googleapis.com/envoy.admin.v3.ListenersConfigDump", "dynamic_listeners": [
  {"name": "b", "active_state": {"listener": {"@type": "type.googleapis.com/envoy.config.listener.v3.Listener", "name": "b",
    "address": {"socket_address": {"address": "0.0.0.0", "port_value": 80}},
    "filter_chains": [{"filters": [{"name": "x", "typed_config": {"@type": "type.googleapis.com/acme.Filter", "depth": 3}}]}]}}},
  {"name": "warming", "warming_state": {"listener": {"name": "warming"}}},
  {"name": "virtualOutbound", "active_state": {"listener": {"name": "virtualOutbound", "use_original_dst": true}}}]},
 {"@type": "type.googleapis.com/envoy.admin.v3.ClustersConfigDump",
  "static_clusters": [{"cluster": {"name": "z"}}],
  "dynamic_active_clusters": [{"cluster": {"name": "a", "metadata": {"filter_metadata": {"istio":
   {"config": "/apis/networking.istio.io/v1/namespaces/shop/destination-rule/reviews"}}}}}]},
 {"@type": "type.googleapis.com/envoy.admin.v3.RoutesConfigDump",
  "dynamic_route_configs": [{"route_config": {"name": "80", "unheard_of": true}}]},
 {"@type": "type.googleapis.com/envoy.admin.v3.EndpointsConfigDump",
  "dynamic_endpoint_configs": [{"endpoint_config": {"cluster_name": "a"}}]}]}`

func TestLoadDump(t *testing.T) {
	s, err := Load([]byte(dumped))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string][]string{}
	for _, l := range s.Listeners {
		got["listeners"] = append(got["listeners"], l.GetName())
	}
	for _, r := range s.Routes {
		got["routes"] = append(got["routes"], r.GetName())
	}
	for _, c := range s.Clusters {
		got["clusters"] = append(got["clusters"], c.GetName())
	}
	for _, e := range s.Endpoints {
		got["endpoints"] = append(got["endpoints"], e.GetClusterName())
	}
	want := map[string][]string{"listeners": {"b", "virtualOutbound"}, "routes": {"80"}, "clusters": {"a", "z"}, "endpoints": {"a"}}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("names (-want +got):\n%s", d)
	}
	origin := []Origin{{Object: Object{"DestinationRule", "shop", "reviews"}, Role: Defines}}
	if d := cmp.Diff(origin, s.Origins[Cluster("a")]); d != "" {
		t.Errorf("origin of the cluster (-want +got):\n%s", d)
	}
}

func TestLoadKeepsUnknownExtensions(t *testing.T) {
	s, err := Load([]byte(dumped))
	if err != nil {
		t.Fatal(err)
	}
	config := s.Listeners[0].GetFilterChains()[0].GetFilters()[0].GetTypedConfig()
	if got, want := TypeOf(config), "type.googleapis.com/acme.Filter"; got != want {
		t.Errorf("type %q, want %q", got, want)
	}
	if got := Opaque(config).GetFields()["depth"].GetNumberValue(); got != 3 {
		t.Errorf("depth %v, want 3", got)
	}
}

func TestLoadLists(t *testing.T) {
	for _, text := range []string{
		`{"clusters": [{"name": "a"}]}`,
		`{"static_resources": {"clusters": [{"name": "a"}]}, "admin": {}}`,
	} {
		s, err := Load([]byte(text))
		if err != nil || len(s.Clusters) != 1 {
			t.Errorf("%s: %v, %v", text, s, err)
		}
	}
}

func TestLoadReportsWhatItCannotRead(t *testing.T) {
	s, err := Load([]byte(`{"clusters": [{"name": "a", "connectTimeout": "soon"}, {"name": "b"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Clusters) != 1 || len(s.NotModelled) != 1 || s.NotModelled[0].What != "Cluster a" {
		t.Errorf("clusters %v, not modelled %v", s.Clusters, s.NotModelled)
	}
}

func TestLoadErrors(t *testing.T) {
	for _, text := range []string{``, `nonsense`, `[]`, `{} {}`, `null`, `{"kind": "Service"}`} {
		if _, err := Load([]byte(text)); err == nil {
			t.Errorf("%q is read without an error", text)
		}
	}
	if _, err := Load([]byte(`{}`)); !errors.Is(err, ErrNoResources) {
		t.Errorf("an empty object gives %v", err)
	}
}

func TestIndexListenersOn(t *testing.T) {
	s, err := Load([]byte(`{"listeners": [
	 {"name": "a_80", "address": {"socketAddress": {"address": "10.0.0.1", "portValue": 80}}},
	 {"name": "z_80", "address": {"socketAddress": {"address": "0.0.0.0", "portValue": 80}}},
	 {"name": "z_81", "address": {"socketAddress": {"address": "0.0.0.0", "portValue": 81}},
	  "additionalAddresses": [{"address": {"socketAddress": {"address": "::", "portValue": 81}}}]},
	 {"name": "virtualInbound", "address": {"socketAddress": {"address": "0.0.0.0", "portValue": 15006}}},
	 {"name": "virtualOutbound", "useOriginalDst": true}]}`))
	if err != nil {
		t.Fatal(err)
	}
	x := NewIndex(s)
	for port, want := range map[uint32][]string{
		80: {"a_80", "virtualInbound", "virtualOutbound", "z_80"},
		81: {"virtualInbound", "virtualOutbound", "z_81"},
		9:  {"virtualInbound", "virtualOutbound"},
		0:  {"a_80", "virtualInbound", "virtualOutbound", "z_80", "z_81"},
	} {
		var got []string
		for _, l := range x.ListenersOn(port) {
			got = append(got, l.GetName())
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("port %d (-want +got):\n%s", port, d)
		}
	}
}

func FuzzLoad(f *testing.F) {
	f.Add([]byte(dumped))
	f.Add([]byte(`{"listeners": [{"name": "a", "filterChains": [{"filters": [{"typedConfig": {"@type": "x"}}]}]}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := Load(data)
		if err == nil {
			NewIndex(s).ListenersOn(80)
		}
		shared, sharedErr := LoadFrom(bytes.NewReader(data))
		if (err == nil) != (sharedErr == nil) {
			t.Fatalf("shared %v, whole %v", sharedErr, err)
		}
		if err == nil && (len(s.Clusters) != len(shared.Clusters) || len(s.Routes) != len(shared.Routes)) {
			t.Fatal("sharing loses resources")
		}
	})
}

// largeDump is a dump of clusters, route tables and endpoints, as a proxy of a mesh of many services runs them.
func largeDump(services int) string {
	var clusters, hosts, endpoints []string
	for i := range services {
		name := fmt.Sprintf("outbound|80||s%d.shop.svc.cluster.local", i)
		istio := fmt.Sprintf(`{"filter_metadata": {"istio": {"config": "/apis/networking.istio.io/v1/namespaces/shop/virtual-service/s%d",
 "services": [{"host": "s%d.shop.svc.cluster.local", "name": "s%d", "namespace": "shop"}]}}}`, i, i, i)
		clusters = append(clusters, fmt.Sprintf(`{"version_info": "1", "cluster": {"name": %q, "type": "EDS", "metadata": %s,
 "eds_cluster_config": {"eds_config": {"ads": {}, "resource_api_version": "V3"}, "service_name": %q}, "circuit_breakers": {"thresholds":
 [{"max_connections": 4294967295, "max_retries": 4294967295, "max_requests": 4294967295, "track_remaining": true}]}}}`, name, istio, name))
		hosts = append(hosts, fmt.Sprintf(`{"name": "s%d:80", "domains": ["s%d.shop", "10.1.0.%d"], "routes": [{"name": "default", "match": {"prefix": "/"},
 "metadata": %s, "route": {"cluster": %q, "timeout": "0s", "retry_policy": {"retry_on": "connect-failure,refused-stream", "num_retries": 2}}}]}`,
			i, i, i%256, istio, name))
		endpoints = append(endpoints, fmt.Sprintf(`{"endpoint_config": {"cluster_name": %q, "endpoints": [{"lb_endpoints": [{"health_status": "HEALTHY",
 "metadata": {"filter_metadata": {"envoy.transport_socket_match": {"tlsMode": "istio"}, "istio": {"workload": "w%d;shop;w;v1;k"}}},
 "endpoint": {"address": {"socket_address": {"address": "10.0.%d.%d", "port_value": 80}}}}]}]}}`, name, i, i/256, i%256))
	}
	list := func(items []string) string { return strings.Join(items, ",") }
	return `{"configs": [{"dynamic_active_clusters": [` + list(clusters) + `]}, {"dynamic_route_configs": [{"route_config": {"virtual_hosts": [` +
		list(hosts) + `], "name": "80"}}]}, {"dynamic_endpoint_configs": [` + list(endpoints) + `]}]}`
}

// TestLoadFromMemory: the resources of a large dump take little beside its text, which is not held. With what is garbage
// for a while, the process takes at most six times the size of the dump.
func TestLoadFromMemory(t *testing.T) {
	if _, err := LoadFrom(strings.NewReader(largeDump(1))); err != nil { // what reading any dump takes is not counted
		t.Fatal(err)
	}
	text := largeDump(4000)
	size := float64(len(text))
	before := liveBytes()
	s, err := LoadFrom(strings.NewReader(text))
	if err != nil || len(s.Clusters) != 4000 || len(s.Routes[0].GetVirtualHosts()) != 4000 || len(s.Endpoints) != 4000 {
		t.Fatalf("%v: %d clusters", err, len(s.Clusters))
	}
	if times := (liveBytes() - before) / size; times > 3 {
		t.Errorf("the resources take %.1f times the size of their dump, want at most 3", times)
	}
	runtime.KeepAlive(s)
	runtime.KeepAlive(text)
}

func liveBytes() float64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}

// TestLoadFromAgrees: sharing changes nothing of what a dump says.
func TestLoadFromAgrees(t *testing.T) {
	for name, text := range map[string]string{"small": dumped, "large": largeDump(50)} {
		whole, err := Load([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		shared, err := LoadFrom(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range []*Snapshot{whole, shared} {
			for _, list := range []List{ListOf(s.Listeners), ListOf(s.Routes), ListOf(s.Clusters), ListOf(s.Endpoints)} {
				for i := range list.Len {
					Edit(list.At(i), withoutServices)
				}
			}
		}
		if d := cmp.Diff(whole, shared, protocmp.Transform()); d != "" {
			t.Errorf("%s (-whole +shared):\n%s", name, d)
		}
	}
}

// withoutServices takes out of a message the metadata that nothing reads.
func withoutServices(m proto.Message) {
	if metadata, ok := m.(*corev3.Metadata); ok {
		trim(metadata.GetFilterMetadata()["istio"])
	}
}

// TestLoadOfAnyOrder: the keys of an object have no order, and what no resource needs may hold anything.
func TestLoadOfAnyOrder(t *testing.T) {
	s, err := Load([]byte(`{"more": [1, {"a": [[]]}], "configs": [null, 3, {"dynamicActiveClusters": [{"lastUpdated": {"x": [1]}, "cluster": {"name": "a"}}, 7],
 "@type": "type.googleapis.com/envoy.admin.v3.ClustersConfigDump"}, {"bootstrap": {"node": {"id": "n", "x": {}}}}], "clusters": [{"name": "z"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Clusters) != 1 || s.Clusters[0].GetName() != "a" || s.Node != "n" {
		t.Errorf("node %q, clusters %v", s.Node, s.Clusters)
	}
}

func BenchmarkLoadFrom(b *testing.B) {
	text := largeDump(4000)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := LoadFrom(strings.NewReader(text)); err != nil {
			b.Fatal(err)
		}
	}
}
