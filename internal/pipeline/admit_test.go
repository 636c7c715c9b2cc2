package pipeline

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The webhook of an older release rejects what newer ones admit, and older istiods ignore fields; a finding says so, and what is
// rejected is not in the mesh.
func TestForRelease(t *testing.T) {
	const head = "-- a.yaml --\napiVersion: networking.istio.io/v1\n"
	tests := map[string]struct {
		archive string
		last    string // the newest release that rejects or ignores it
		found   []string
		kept    bool
	}{
		"a Sidecar that excludes a namespace": {
			archive: head + "kind: Sidecar\nmetadata: {name: s, namespace: shop}\nspec:\n  egress:\n  - hosts:\n    - ./*\n    - ~other/*\n",
			last:    "1.30", found: []string{"SEM062 a.yaml:8"},
		},
		"a Sidecar with no namespace twice": {
			archive: head + "kind: Sidecar\nmetadata: {name: s, namespace: shop}\nspec:\n  egress:\n  - hosts:\n    - ~/*\n    - ~/*\n",
			last:    "1.30", found: []string{"SEM062 a.yaml:8"}, kept: true,
		},
		"a redirect of a prefix alone": {
			archive: head + "kind: VirtualService\nmetadata: {name: v, namespace: shop}\nspec:\n  hosts: [a.example.com]\n  http:\n  - match: [{uri: {prefix: /a}}]\n    redirect: {prefixRewrite: /b}\n",
			last:    "1.30", found: []string{"SEM062 a.yaml:8", "SEM062 a.yaml:8"},
		},
		"TLS ports of hosts that the proxy resolves": {
			archive: head + "kind: ServiceEntry\nmetadata: {name: e, namespace: shop}\nspec:\n  hosts: [\"*.example.com\"]\n  location: MESH_EXTERNAL\n  resolution: DYNAMIC_DNS\n  ports:\n  - {number: 80, name: http, protocol: HTTP}\n  - {number: 443, name: tls, protocol: TLS}\n",
			last:    "1.28", found: []string{"SEM062 a.yaml:10"},
		},
		"HTTP2 ports of hosts that the proxy resolves": {
			archive: head + "kind: ServiceEntry\nmetadata: {name: e, namespace: shop}\nspec:\n  hosts: [\"*.example.com\"]\n  location: MESH_EXTERNAL\n  resolution: DYNAMIC_DNS\n  ports:\n  - {number: 80, name: http2, protocol: HTTP2}\n",
			last:    "1.29", found: []string{"SEM062 a.yaml:9"},
		},
		"hosts of the mesh that the proxy resolves": {
			archive: head + "kind: ServiceEntry\nmetadata: {name: e, namespace: shop}\nspec:\n  hosts: [\"*.example.com\"]\n  location: MESH_INTERNAL\n  resolution: DYNAMIC_DNS\n  ports:\n  - {number: 80, name: http, protocol: HTTP}\n",
			last:    "1.29", found: []string{"SEM062 a.yaml:6"},
		},
		"a condition on trust domains": {
			archive: "-- a.yaml --\napiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: {name: p, namespace: shop}\nspec:\n  rules:\n  - when:\n    - {key: source.trustDomain, values: [x]}\n",
			last:    "1.29", found: []string{"SEM062 a.yaml:7"},
		},
		"a warmup with a low aggression": {
			archive: head + "kind: DestinationRule\nmetadata: {name: d, namespace: shop}\nspec:\n  host: web.shop.svc.cluster.local\n  subsets:\n  - name: a\n    trafficPolicy:\n      loadBalancer: {simple: ROUND_ROBIN, warmup: {duration: 30s, aggression: 0.5}}\n",
			last:    "1.30", found: []string{"SEM062 a.yaml:9"},
		},
		"a patch that replaces lists": {
			archive: "-- a.yaml --\napiVersion: networking.istio.io/v1alpha3\nkind: EnvoyFilter\nmetadata: {name: f, namespace: shop}\nspec:\n  configPatches:\n  - applyTo: CLUSTER\n    patch:\n      operation: MERGE_AND_REPLACE_LIST\n      value: {name: x}\n",
			last:    "1.30", found: []string{"SEM062 a.yaml:8"},
		},
		"a patch of waypoints": {
			archive: "-- a.yaml --\napiVersion: networking.istio.io/v1alpha3\nkind: EnvoyFilter\nmetadata: {name: f, namespace: shop}\nspec:\n  configPatches:\n  - applyTo: CLUSTER\n    match: {context: WAYPOINT}\n    patch: {operation: MERGE, value: {name: x}}\n",
			last:    "1.28", found: []string{"SEM062 a.yaml:7"},
		},
		"a TrafficExtension": {
			archive: "-- a.yaml --\napiVersion: extensions.istio.io/v1alpha1\nkind: TrafficExtension\nmetadata: {name: f, namespace: shop}\nspec: {lua: {inlineCode: x}}\n",
			last:    "1.29", found: []string{"SEM062 a.yaml:2"},
		},
		"fields of a Telemetry": {
			archive: "-- a.yaml --\napiVersion: telemetry.istio.io/v1\nkind: Telemetry\nmetadata: {name: t, namespace: shop}\nspec:\n  tracing:\n  - disableContextPropagation: true\n    customTags: {x: {formatter: {value: path}}}\n",
			last:    "1.28", found: []string{"SEM062 a.yaml:6", "SEM062 a.yaml:7"}, kept: true,
		},
		"a source of excluded trust domains": {
			archive: "-- a.yaml --\napiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: {name: p, namespace: shop}\nspec:\n  rules:\n  - from:\n    - source:\n        notTrustDomains: [x]\n",
			last:    "1.29", found: []string{"SEM062 a.yaml:8", "SEM062 a.yaml:7"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			opts := input(test.archive)
			w := loaded(t, opts)
			if len(w.Found) != 0 || len(w.Objects) != 1 {
				t.Errorf("the newest release: %v", places(w.Found))
			}
			opts.Release = releaseOf(t, test.last)
			w = loaded(t, opts)
			if diff := cmp.Diff(test.found, places(w.Found)); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
			if kept := len(w.Objects) == 1; kept != test.kept {
				t.Errorf("kept: %v", kept)
			}
		})
	}
}

// A setting of the mesh that an older release does not know is left out, at the line of the setting.
func TestSettingsForRelease(t *testing.T) {
	const archive = "-- a.yaml --\napiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nmetadata: {name: i, namespace: istio-system}\nspec:\n  meshConfig:\n    rootNamespace: control\n    defaultTrafficPolicy:\n      connectionPool: {tcp: {maxConnections: 3}}\n"
	tests := map[string]struct {
		release string
		found   []string
		policy  bool
	}{
		"the newest": {"1.32", nil, true},
		"an older":   {"1.30", []string{"SEM062 a.yaml:7"}, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			opts := input(archive)
			opts.Release = releaseOf(t, test.release)
			w := loaded(t, opts)
			settings := w.Mesh.Settings.Config
			if settings.GetRootNamespace() != "control" || (settings.GetDefaultTrafficPolicy() != nil) != test.policy {
				t.Errorf("the settings are %v", settings)
			}
			if diff := cmp.Diff(test.found, places(w.Found)); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

// What a release admits and ignores is another finding than what it rejects.
func TestIgnoredByRelease(t *testing.T) {
	const archive = "-- a.yaml --\napiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: r, namespace: shop}\nspec:\n  host: web\n  trafficPolicy:\n    outlierDetection:\n      outlierDetectionHttpErrorCodes: [500]\n"
	for name, want := range map[string][]string{"1.32": nil, "1.31": {"SEM098 a.yaml:8"}, "1.30": {"SEM062 a.yaml:8"}} {
		opts := input(archive)
		opts.Release = releaseOf(t, name)
		if diff := cmp.Diff(want, places(loaded(t, opts).Found)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
