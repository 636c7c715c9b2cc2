package pipeline

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"sem.example/internal/diag"
	"sem.example/internal/patch"
)

// findings are those of a text, without what only informs, but for that of EnvoyFilters.
func findings(t *testing.T, text string) diag.List {
	t.Helper()
	report, err := Validate(Options{FS: fstest.MapFS{"mesh.yaml": {Data: []byte(text)}}, Paths: []string{"."}}, ValidateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var out diag.List
	for _, d := range report.Findings {
		if d.Level() != diag.Info || slices.Contains(patch.Checks, d.Check) {
			out = append(out, d)
		}
	}
	return out
}

// The wrong example of each check of EnvoyFilters has findings of that check and of no other, the right one has none.
func TestPatchExamples(t *testing.T) {
	for _, check := range patch.Checks {
		t.Run(check.ID, func(t *testing.T) {
			wrong := findings(t, check.Wrong)
			if len(wrong) == 0 {
				t.Error("the wrong example has no finding")
			}
			for _, d := range wrong {
				if d.Check != check {
					t.Errorf("the wrong example has %s as well: %s", d.Check.ID, d.Message)
				}
			}
			for _, d := range findings(t, check.Right) {
				t.Errorf("the right example has %s: %s", d.Check.ID, d.Message)
			}
		})
	}
}

const patchedMesh = `apiVersion: v1
kind: Service
metadata: {name: cart, namespace: shop}
spec: {selector: {app: cart}, ports: [{name: http, port: 80}]}
---
apiVersion: v1
kind: Pod
metadata: {name: cart-1, namespace: shop, labels: {app: cart}}
spec: {containers: [{name: app}, {name: istio-proxy, args: [proxy, sidecar]}]}
status: {phase: Running, podIP: 10.0.0.1, conditions: [{type: Ready, status: "True"}]}
---
apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: filter, namespace: shop}
spec: {configPatches: [`

// A patch that changes nothing is explained by the part of its match without which it would apply.
func TestPatchReasons(t *testing.T) {
	const lua = `patch: {operation: INSERT_FIRST, value: {name: x, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.buffer.v3.Buffer, max_request_bytes: 9}}}`
	for _, test := range []struct{ patch, field, help string }{
		{`{applyTo: HTTP_FILTER, match: {context: GATEWAY}, ` + lua + `}`, "match.context", ""},
		{`{applyTo: HTTP_FILTER, match: {context: SIDECAR_INBOUND, proxy: {proxyVersion: "^1\\.9.*"}}, ` + lua + `}`, "match.proxy.proxyVersion", ""},
		{`{applyTo: HTTP_FILTER, match: {context: SIDECAR_INBOUND, listener: {portNumber: 81}}, ` + lua + `}`, "match.listener.portNumber", ""},
		{`{applyTo: HTTP_FILTER, match: {context: SIDECAR_INBOUND, listener: {name: virtualinbound}}, ` + lua + `}`, "match.listener.name", "did you mean virtualInbound?"},
		{`{applyTo: HTTP_FILTER, match: {context: SIDECAR_INBOUND, listener: {filterChain: {filter: {name: envoy.filters.network.http_connection_manger}}}}, ` + lua + `}`,
			"match.listener.filterChain.filter.name", "did you mean envoy.filters.network.http_connection_manager?"},
		{`{applyTo: VIRTUAL_HOST, match: {context: SIDECAR_OUTBOUND, routeConfiguration: {vhost: {name: "cart.shop.svc.cluster.local:8080"}}}, patch: {operation: MERGE, value: {include_request_attempt_count: true}}}`,
			"match.routeConfiguration.vhost.name", "did you mean cart.shop.svc.cluster.local:80?"},
		{`{applyTo: CLUSTER, match: {context: SIDECAR_OUTBOUND, cluster: {service: cart.shop.svc.cluster.local, portNumber: 8080}}, patch: {operation: MERGE, value: {per_connection_buffer_limit_bytes: 9}}}`,
			"match.cluster.portNumber", ""},
		{`{applyTo: CLUSTER, match: {context: SIDECAR_OUTBOUND, cluster: {service: cart.shop.svc.cluster.local}}, patch: {operation: MERGE, value: {per_connection_buffer_limit_bytes: 9}}}`, "", ""},
	} {
		var got []string
		for _, d := range findings(t, patchedMesh+test.patch+"]}\n") {
			got = append(got, d.At.Field, d.Help)
		}
		var want []string
		if test.field != "" {
			want = []string{"spec.configPatches[0]." + test.field, test.help}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.patch, diff)
		}
	}
}

// Values are held to the messages of Envoy.
func TestPatchValues(t *testing.T) {
	for _, test := range []struct{ patch, want string }{
		{`{applyTo: CLUSTER, patch: {operation: MERGE, value: {connect_timeuot: 3s}}}`, "SEM362 warning istiod ignores a field of the value: connect_timeuot"},
		{`{applyTo: HTTP_FILTER, match: {context: SIDECAR_INBOUND}, patch: {operation: INSERT_FIRST, value: {name: x, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.buffer.v3.Buffer}}}}`,
			"SEM362 error Envoy refuses the value: Buffer: invalid Buffer.MaxRequestBytes: value is required and must not be nil."},
	} {
		got := ""
		for _, d := range findings(t, patchedMesh+test.patch+"]}\n") {
			got += d.Check.ID + " " + string(d.Level()) + " " + d.Message
		}
		if got != test.want {
			t.Errorf("%s:\n got %s\nwant %s", test.patch, got, test.want)
		}
	}
}

// Where a mesh is too large to apply patches to all workloads, the report says so instead of being silent.
func TestPatchesOfLargeMesh(t *testing.T) {
	var text strings.Builder
	text.WriteString("apiVersion: networking.istio.io/v1alpha3\nkind: EnvoyFilter\nmetadata: {name: limits, namespace: n0}\nspec:\n  configPatches:\n" +
		"  - applyTo: CLUSTER\n    match: {context: SIDECAR_OUTBOUND, cluster: {service: nothing.n0.svc.cluster.local}}\n" +
		"    patch: {operation: MERGE, value: {per_connection_buffer_limit_bytes: 65536}}\n")
	for i := range 1000 {
		fmt.Fprintf(&text, "---\napiVersion: v1\nkind: Service\nmetadata: {name: s%d, namespace: n0}\nspec: {ports: [{name: tcp, port: %d}]}\n", i, 1000+i)
	}
	const workloads = 25
	for i := range workloads {
		fmt.Fprintf(&text, "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: w%d, namespace: n0}\nspec: {template: {metadata: {labels: {app: w%d}}, spec: {containers: [{name: app}]}}}\n", i, i)
	}
	report, err := Validate(Options{FS: fstest.MapFS{"mesh.yaml": {Data: []byte(text.String())}}, Paths: []string{"."}}, ValidateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, d := range report.Findings {
		if d.Check.ID == "SEM361" {
			got = append(got, string(d.Level())+": "+d.Message)
		}
	}
	want := []string{fmt.Sprintf("info: EnvoyFilters were applied to 21 of %d workloads, because the mesh is large: a patch that changes nothing is not found", workloads)}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
