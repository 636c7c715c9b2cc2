package trafficpolicy

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	networking "istio.io/api/networking/v1alpha3"
	"sigs.k8s.io/yaml"

	"sem.example/internal/config"
)

func TestLayers(t *testing.T) {
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
	merged := ReadRule(object, spec, "example.com")
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := &Effective{}
			at := config.Place{Object: &config.Object{}, Field: "mesh"}
			e.ConnectionPool.Override(&networking.ConnectionPoolSettings{}, at, "")
			e.OutlierDetection.Override(&networking.OutlierDetection{}, at, "")
			e.Apply(merged, test.port, test.subset)
			got := map[string][]string{
				"balancer": fields(e.LoadBalancer), "pool": fields(e.ConnectionPool), "outlier": fields(e.OutlierDetection),
				"tls": fields(e.TLS), "retry": fields(e.RetryBudget),
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func fields[T any](b Block[T]) []string {
	out := []string{b.At.Field}
	for _, l := range b.Overridden {
		out = append(out, "-"+l.Field)
	}
	return out
}
