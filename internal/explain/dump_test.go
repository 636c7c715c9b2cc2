package explain_test

import (
	"fmt"
	"strings"
	"testing"

	"sem.example/internal/explain"
	"sem.example/internal/pipeline"
	"sem.example/simulate"
)

// A dump of a proxy that forwards bytes on port 9000 to a cluster.
const (
	dumpOfProxy = `{"configs": [
 {"@type": "type.googleapis.com/envoy.admin.v3.ListenersConfigDump", "dynamic_listeners": [
  {"name": "0.0.0.0_9000", "active_state": {"listener": {"@type": "type.googleapis.com/envoy.config.listener.v3.Listener",
    "name": "0.0.0.0_9000", "address": {"socket_address": {"address": "0.0.0.0", "port_value": 9000}}, "traffic_direction": "OUTBOUND",
    "filter_chains": [{"filters": [%s{"name": "envoy.filters.network.tcp_proxy", "typed_config":
      {"@type": "type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy", "stat_prefix": "c", "cluster": "outbound|9000||db.shop.svc.cluster.local"}}]}]}}}]},
 {"@type": "type.googleapis.com/envoy.admin.v3.ClustersConfigDump", "dynamic_active_clusters": [
  {"cluster": {"@type": "type.googleapis.com/envoy.config.cluster.v3.Cluster", "name": "outbound|9000||db.shop.svc.cluster.local", %s}}]}%s]}`
	denial       = `{"name": "envoy.filters.network.rbac", "typed_config": {"@type": "type.googleapis.com/envoy.extensions.filters.network.rbac.v3.RBAC", "stat_prefix": "r", "rules": {"action": "ALLOW"}}}, `
	byEDS        = `"type": "EDS", "eds_cluster_config": {"eds_config": {"ads": {}}}`
	byList       = `"type": "STATIC", "load_assignment": {"cluster_name": "outbound|9000||db.shop.svc.cluster.local"}`
	otherCluster = `,
 {"@type": "type.googleapis.com/envoy.admin.v3.EndpointsConfigDump", "dynamic_endpoint_configs": [
  {"endpoint_config": {"@type": "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment", "cluster_name": "outbound|80||web.shop.svc.cluster.local",
    "endpoints": [{"lb_endpoints": [{"endpoint": {"address": {"socket_address": {"address": "10.1.0.1", "port_value": 80}}}}]}]}}]}`
)

// TestDump traces a request through what a proxy runs. Without endpoints in the dump, where it ends is unknown; a cluster whose
// endpoints would be in the dump, and are not, has none.
func TestDump(t *testing.T) {
	for name, test := range map[string]struct {
		filter, cluster, endpoints string
		want                       simulate.Verdict
	}{
		"no endpoints in the dump":     {"", byEDS, "", simulate.Unsupported},
		"endpoints of another cluster": {"", byEDS, otherCluster, simulate.NoEndpoints},
		"an empty list of endpoints":   {"", byList, "", simulate.NoEndpoints},
		"a filter that denies":         {denial, byEDS, "", simulate.Denied},
	} {
		t.Run(name, func(t *testing.T) {
			dump, err := pipeline.LoadDump(strings.NewReader(fmt.Sprintf(dumpOfProxy, test.filter, test.cluster, test.endpoints)))
			if err != nil {
				t.Fatal(err)
			}
			trace, err := explain.NewDump(dump).Trace(simulate.Call{URL: "tcp://10.0.0.1:9000", Proxy: simulate.Proxy{Namespace: "shop", Name: "web"}}, pipeline.TraceOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if trace.Verdict != test.want {
				t.Errorf("verdict %s, want %s: %s", trace.Verdict, test.want, trace.Summary)
			}
			advised := strings.Contains(trace.Fix, "include_eds")
			if unknown := test.want == simulate.Unsupported; advised != unknown {
				t.Errorf("fix %q; advises to include the endpoints: %t, want %t", trace.Fix, advised, unknown)
			}
		})
	}
}
