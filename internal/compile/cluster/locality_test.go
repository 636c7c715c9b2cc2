package cluster

import (
	"fmt"
	"strings"
	"testing"

	clusterv3 "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	endpointv3 "github.com/envoyproxy/go-control-plane/envoy/config/endpoint/v3"
	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/types/known/wrapperspb"
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/mesh"
)

func TestPlace(t *testing.T) {
	tests := []struct {
		name    string
		client  string
		labels  map[string]string
		setting string
		zones   string
		ejects  bool
		force   bool
		groups  []string // locality, and label=value of one endpoint each
		want    []string // locality priority weight
	}{
		{
			name: "distance orders localities", client: "eu/west/a", setting: `{}`, ejects: true,
			groups: []string{"", "eu/east/a", "eu/west/a", "eu/west/b", "us/east/a"},
			want:   []string{" 3 1", "eu/east/a 2 1", "eu/west/a 0 1", "eu/west/b 1 1", "us/east/a 3 1"},
		},
		{
			name: "no outlier detection, no failover", client: "eu/west/a", setting: `{}`,
			groups: []string{"eu/west/a", "us/east/a"},
			want:   []string{"eu/west/a 0 1", "us/east/a 0 1"},
		},
		{
			name: "a service's own preference needs no outlier detection", client: "eu/west/a", setting: `{}`, force: true,
			groups: []string{"eu/west/a", "us/east/a"},
			want:   []string{"eu/west/a 0 1", "us/east/a 1 1"},
		},
		{
			name: "a region fails over to one region before others", client: "eu/west", ejects: true,
			setting: `{"failover":[{"from":"eu","to":"us"}]}`,
			groups:  []string{"asia", "us/east"},
			want:    []string{"asia 1 1", "us/east 0 1"},
		},
		{
			name: "distribution divides a wildcard's weight and drops the rest", client: "eu/west/a",
			setting: `{"distribute":[{"from":"us/*","to":{"us/*":100}},{"from":"eu/west/*","to":{"eu/*":70,"us/east":30}}]}`,
			groups:  []string{"asia", "eu/east/a", "eu/west/a", "us/east/a"},
			want:    []string{"asia 0 1 empty", "eu/east/a 0 35", "eu/west/a 0 35", "us/east/a 0 30"},
		},
		{
			name: "distribution that names no such client changes nothing", client: "asia",
			setting: `{"distribute":[{"from":"us/*","to":{"us/*":100}}]}`,
			groups:  []string{"eu/west/a", "us/east/a"},
			want:    []string{"eu/west/a 0 1", "us/east/a 0 1"},
		},
		{
			name: "labels split a locality", labels: map[string]string{"tier": "front", "v": "1"}, ejects: true,
			setting: `{"failoverPriority":["tier","v"]}`,
			groups:  []string{"eu tier=front,v=1 tier=front,v=2 tier=back,v=1 tier=front,v=1"},
			want:    []string{"eu 0 2", "eu 1 1", "eu 2 1"},
		},
		{
			name: "a label may carry the value to look for", labels: map[string]string{"x": "y"}, ejects: true,
			setting: `{"failoverPriority":["v=2"]}`,
			groups:  []string{"eu v=1 v=2"},
			want:    []string{"eu 0 1", "eu 1 1"},
		},
		{
			name: "the network ranks before all other labels", labels: map[string]string{networkLabel: "n1", zoneLabel: "z1"}, ejects: true,
			setting: `{"failoverPriority":["topology.istio.io/network","topology.kubernetes.io/zone"]}`,
			groups: []string{"eu topology.istio.io/network=n2,topology.kubernetes.io/zone=z1 topology.istio.io/network=n2 " +
				"topology.istio.io/network=n1 topology.istio.io/network=n1,topology.kubernetes.io/zone=z1"},
			want: []string{"eu 0 1", "eu 1 1", "eu 2 1", "eu 3 1"},
		},
		{
			name: "labels first, then the region", labels: map[string]string{"v": "1"}, client: "eu", ejects: true,
			setting: `{"failoverPriority":["v"],"failover":[{"from":"eu","to":"us"}]}`,
			groups:  []string{"eu v=2 v=1", "us v=1"},
			want:    []string{"eu 0 1", "eu 2 1", "us 1 1"},
		},
		{
			name: "zone aware keeps the region together", client: "eu/west", zones: `{"failover":[{"from":"eu","to":"us"}]}`,
			groups: []string{"asia", "eu/east", "eu/west", "us"},
			want:   []string{"asia 2 1", "eu/east 0 1", "eu/west 0 1", "us 1 1"},
		},
		{
			name: "zone aware switched off", client: "eu/west", zones: `{"enabled":false}`, ejects: true,
			groups: []string{"asia", "eu/west"},
			want:   []string{"asia 0 1", "eu/west 0 1"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			m, _ := mesh.Build(nil, mesh.Settings{})
			view := m.View(mesh.Proxy{Type: mesh.Sidecar, Locality: test.client, Labels: test.labels})
			p := placement{client: view.Proxy(), labels: true, force: test.force}
			if test.setting != "" {
				p.locality = &networking.LocalityLoadBalancerSetting{}
				unmarshal(t, test.setting, p.locality)
			}
			if test.zones != "" {
				p.zoneAware = &networking.ZoneAwareLoadBalancerSetting{}
				unmarshal(t, test.zones, p.zoneAware)
			}
			var got []string
			for _, g := range p.place(groupsOf(test.groups), test.ejects) {
				line := fmt.Sprintf("%s %d %d", g.locality, g.priority, g.weight)
				if len(g.members) == 0 {
					line += " empty"
				}
				got = append(got, line)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestPrefer holds which clusters weigh localities. Failover needs outlier detection, unless it is a service's own
// preference, which goes by the health of endpoints.
func TestPrefer(t *testing.T) {
	for _, test := range []struct {
		name, setting string
		force, ejects bool
		want          bool
	}{
		{"distribution", `{"distribute":[{"from":"*","to":{"us":100}}]}`, false, false, true},
		{"failover with outlier detection", `{"failover":[{"from":"eu","to":"us"}]}`, false, true, true},
		{"failover without", `{"failover":[{"from":"eu","to":"us"}]}`, false, false, false},
		{"priorities without", `{"failoverPriority":["v"]}`, false, false, false},
		{"priorities of a service", `{"failoverPriority":["v"]}`, true, false, true},
		{"nothing to fail over to", `{}`, true, true, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := placement{force: test.force, locality: &networking.LocalityLoadBalancerSetting{}}
			unmarshal(t, test.setting, p.locality)
			d := NewMutable("c", clusterv3.Cluster_EDS)
			d.CommonLbConfig = &clusterv3.Cluster_CommonLbConfig{}
			if test.ejects {
				d.OutlierDetection = &clusterv3.OutlierDetection{}
			}
			p.prefer(d)
			if got := d.CommonLbConfig.GetLocalityWeightedLbConfig() != nil; got != test.want {
				t.Errorf("weighs localities: %v, want %v", got, test.want)
			}
		})
	}
}

func unmarshal(t *testing.T, text string, m interface {
	UnmarshalJSON([]byte) error
}) {
	t.Helper()
	if err := m.UnmarshalJSON([]byte(text)); err != nil {
		t.Fatal(err)
	}
}

// groupsOf makes groups from lines of a locality and the labels of its endpoints; one without labels where none follow.
func groupsOf(lines []string) []*group {
	var out []*group
	for _, line := range lines {
		locality, rest, _ := strings.Cut(line, " ")
		g := &group{locality: locality}
		for _, e := range strings.Split(rest, " ") {
			labels := map[string]string{}
			for _, pair := range strings.Split(e, ",") {
				k, v, _ := strings.Cut(pair, "=")
				labels[k] = v
			}
			g.add(&mesh.Endpoint{Labels: labels}, &endpointv3.LbEndpoint{LoadBalancingWeight: wrapperspb.UInt32(1)})
		}
		out = append(out, g)
	}
	return out
}

func TestInPlace(t *testing.T) {
	tests := []struct {
		locality, rule string
		want           bool
	}{
		{"us/east/1", "*", true},
		{"us/east/1", "us", true},
		{"us/east/1", "us/*", true},
		{"us/east/1", "us/east/*", true},
		{"us/east/1", "us/west/*", false},
		{"us/east/1", "us/*/1", true},
		{"us", "us/east", false},
		{"", "*", true},
		{"", "us", false},
	}
	for _, test := range tests {
		if got := inPlace(test.locality, test.rule); got != test.want {
			t.Errorf("inPlace(%q, %q) = %v", test.locality, test.rule, got)
		}
	}
}

func TestEnvoyLocality(t *testing.T) {
	for locality, want := range map[string]string{"": `{}`, "us": `{"region":"us"}`, "us/east/1": `{"region":"us","zone":"east","subZone":"1"}`} {
		got, err := protojson.Marshal(envoyLocality(locality))
		if diff := cmp.Diff(want, strings.ReplaceAll(string(got), " ", "")); diff != "" || err != nil {
			t.Error(diff, err)
		}
	}
}
