package envoy_test

import (
	"testing"
	"time"

	clusterv3 "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/durationpb"

	"sem.example/internal/envoy"
)

// What a user writes is read as istiod reads it.
func TestReadWritten(t *testing.T) {
	tests := map[string]struct {
		object map[string]any
		want   *clusterv3.Cluster // nil where it cannot be read
	}{
		"a duration in any unit of Go":  {map[string]any{"dns_refresh_rate": "1m500ms"}, &clusterv3.Cluster{DnsRefreshRate: durationpb.New(time.Minute + 500*time.Millisecond)}},
		"a field that Envoy lacks":      {map[string]any{"name": "a", "colour": "red"}, &clusterv3.Cluster{Name: "a"}},
		"a duration without a unit":     {map[string]any{"dns_refresh_rate": "5"}, nil},
		"an enum's value by name":       {map[string]any{"type": "STRICT_DNS"}, &clusterv3.Cluster{ClusterDiscoveryType: &clusterv3.Cluster_Type{Type: clusterv3.Cluster_STRICT_DNS}}},
		"a name that is no enum's":      {map[string]any{"type": "STRICT"}, nil},
		"an extension that sem has not": {map[string]any{"transport_socket": map[string]any{"name": "x", "typed_config": map[string]any{"@type": "type.googleapis.com/acme.X", "a": 1.0}}}, &clusterv3.Cluster{TransportSocket: &corev3.TransportSocket{Name: "x"}}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := &clusterv3.Cluster{}
			err := envoy.ReadWritten(test.object, got)
			if (err == nil) != (test.want != nil) {
				t.Fatalf("error %v", err)
			}
			if test.want == nil {
				return
			}
			if got.GetTransportSocket() != nil {
				if kind := envoy.TypeOf(got.GetTransportSocket().GetTypedConfig()); kind != "type.googleapis.com/acme.X" {
					t.Errorf("the extension is of type %q", kind)
				}
				got.TransportSocket.ConfigType = nil
			}
			if diff := cmp.Diff(test.want, got, protocmp.Transform()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
