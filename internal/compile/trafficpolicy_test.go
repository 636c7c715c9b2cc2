package compile

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	networking "istio.io/api/networking/v1alpha3"
	"sigs.k8s.io/yaml"

	"sem.example/internal/config"
	"sem.example/internal/mesh"
)

func TestPolicyLayers(t *testing.T) {
	const rule = `
trafficPolicy:
  loadBalancer: {simple: RANDOM}
  connectionPool: {tcp: {maxConnections: 1}}
  retryBudget: {minRetryConcurrency: 4}
  tls: {mode: SIMPLE}
  portLevelSettings:
  - port: {number: 80}
    loadBalancer: {simple: ROUND_ROBIN}
subsets:
- name: plain
- name: own
  trafficPolicy:
    tls: {mode: DISABLE}
- name: port
  trafficPolicy:
    tls: {mode: MUTUAL}
    portLevelSettings:
    - port: {number: 90}
      outlierDetection: {interval: 1s}
`
	tests := []struct {
		name   string
		port   uint32
		subset string
		want   map[string][]string // of a block: where it is written, then what lost
	}{
		{"rule", 90, "", map[string][]string{
			"balancer": {"spec.trafficPolicy.loadBalancer"},
			"pool":     {"spec.trafficPolicy.connectionPool", "-mesh"},
			"outlier":  {"mesh"},
			"tls":      {"spec.trafficPolicy.tls"},
			"retry":    {"spec.trafficPolicy.retryBudget"},
		}},
		{"port stands in for the whole rule, the mesh default shows through", 80, "", map[string][]string{
			"balancer": {"spec.trafficPolicy.portLevelSettings[0].loadBalancer", "-spec.trafficPolicy.loadBalancer"},
			"pool":     {"mesh", "-spec.trafficPolicy.connectionPool"},
			"outlier":  {"mesh"},
			"tls":      {"", "-spec.trafficPolicy.tls"},
			"retry":    {"", "-spec.trafficPolicy.retryBudget"},
		}},
		{"subset without a policy", 90, "plain", map[string][]string{
			"balancer": {"spec.trafficPolicy.loadBalancer"},
			"pool":     {"spec.trafficPolicy.connectionPool", "-mesh"},
			"outlier":  {"mesh"},
			"tls":      {"spec.trafficPolicy.tls"},
			"retry":    {"spec.trafficPolicy.retryBudget"},
		}},
		{"subset replaces one block", 90, "own", map[string][]string{
			"balancer": {"spec.trafficPolicy.loadBalancer"},
			"pool":     {"spec.trafficPolicy.connectionPool", "-mesh"},
			"outlier":  {"mesh"},
			"tls":      {"spec.subsets[1].trafficPolicy.tls", "-spec.trafficPolicy.tls"},
			"retry":    {"spec.trafficPolicy.retryBudget"},
		}},
		{"subset's port clears what it leaves out", 90, "port", map[string][]string{
			"balancer": {"", "-spec.trafficPolicy.loadBalancer"},
			"pool":     {"", "-mesh", "-spec.trafficPolicy.connectionPool"},
			"outlier":  {"spec.subsets[2].trafficPolicy.portLevelSettings[0].outlierDetection", "-mesh"},
			"tls":      {"", "-spec.subsets[2].trafficPolicy.tls", "-spec.trafficPolicy.tls"},
			"retry":    {"spec.trafficPolicy.retryBudget"},
		}},
	}
	spec := &networking.DestinationRule{}
	if err := yaml.Unmarshal([]byte(rule), spec); err != nil {
		t.Fatal(err)
	}
	object := &config.Object{Meta: config.Meta{Name: "rule"}}
	merged := &mesh.DestinationRule{Spec: spec, Host: mesh.Written{Object: object}, Subsets: map[string]mesh.Written{
		"plain": {Object: object, Field: "spec.subsets[0]"},
		"own":   {Object: object, Field: "spec.subsets[1]"},
		"port":  {Object: object, Field: "spec.subsets[2]"},
	}}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := &policy{}
			at := mesh.Written{Field: "mesh"}
			p.pool.set(&networking.ConnectionPoolSettings{}, at, "")
			p.outlier.set(&networking.OutlierDetection{}, at, "")
			p.layOver(merged, test.port, test.subset)
			got := map[string][]string{
				"balancer": written(p.balancer), "pool": written(p.pool), "outlier": written(p.outlier),
				"tls": written(p.tls), "retry": written(p.retryBudget),
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func written[M any](b block[M]) []string {
	out := []string{b.from.Field}
	for _, l := range b.lost {
		out = append(out, "-"+l.Field)
	}
	return out
}
