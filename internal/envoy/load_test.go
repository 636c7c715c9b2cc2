package envoy

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
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
		if s, err := Load(data); err == nil {
			NewIndex(s).ListenersOn(80)
		}
	})
}
