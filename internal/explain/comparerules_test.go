package explain_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"sem.example/internal/diff"
	"sem.example/internal/explain"
	"sem.example/internal/pipeline"
)

const shopMesh = `apiVersion: v1
kind: Service
metadata: {name: cart, namespace: shop}
spec: {clusterIP: 10.96.0.20, selector: {app: cart}, ports: [{name: http, port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: copy, namespace: shop}
spec: {clusterIP: 10.96.0.21, selector: {app: cart}, ports: [{name: http, port: 80}]}
---
apiVersion: v1
kind: Pod
metadata: {name: cart, namespace: shop, labels: {app: cart, sidecar.istio.io/inject: "true"}}
spec: {containers: [{name: cart}]}
status: {podIP: 10.1.0.2}
---
`

// Each pair is decided, by one rule about what requests can show.
func TestCompareRules(t *testing.T) {
	route := func(rule string) string {
		return "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: cart, namespace: shop}\nspec: {hosts: [cart.shop.svc.cluster.local], http: [" + rule + "]}\n"
	}
	policy := func(spec string) string {
		return "---\napiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: {name: cart, namespace: shop}\nspec: " + spec + "\n"
	}
	settings := func(config string) string {
		return "---\napiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nmetadata: {name: mesh, namespace: istio-system}\nspec: {meshConfig: " + config + "}\n"
	}
	edge := func(rule string) string {
		return "apiVersion: networking.istio.io/v1\nkind: Gateway\nmetadata: {name: edge, namespace: shop}\nspec: {selector: {istio: edge}, servers: [{port: {number: 443, name: https, protocol: HTTPS}, hosts: [shop.example.com], tls: {mode: MUTUAL, credentialName: edge}}]}\n---\n" +
			"apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: edge, namespace: shop}\nspec: {hosts: [shop.example.com], gateways: [edge], http: [" + rule + "]}\n"
	}
	const to = "route: [{destination: {host: cart}}]"
	const keepServer = "{defaultConfig: {proxyHeaders: {server: {disabled: true}}}}"
	for name, tt := range map[string]struct{ old, new, want string }{
		"the manager writes the server header":    {route("{" + to + "}"), route("{headers: {response: {remove: [server]}}, " + to + "}"), ""},
		"the manager leaves the server header":    {route("{"+to+"}") + settings(keepServer), route("{headers: {response: {remove: [server]}}, "+to+"}") + settings(keepServer), "headers response.remove"},
		"all requests are aborted":                {route("{fault: {abort: {httpStatus: 503, percentage: {value: 100}}}, " + to + "}"), route("{timeout: 3s, fault: {abort: {httpStatus: 503, percentage: {value: 100}}}, " + to + "}"), ""},
		"some requests are aborted":               {route("{fault: {abort: {httpStatus: 503, percentage: {value: 99}}}, " + to + "}"), route("{timeout: 3s, fault: {abort: {httpStatus: 503, percentage: {value: 99}}}, " + to + "}"), `→ "3s"`},
		"there is no cluster":                     {route("{route: [{destination: {host: gone}}]}"), route("{rewrite: {uri: /x}, timeout: 3s, headers: {request: {set: {x-a: b}}}, route: [{destination: {host: gone}}]}"), ""},
		"the answer where there is no cluster":    {route("{route: [{destination: {host: gone}}]}"), route("{headers: {response: {set: {x-a: b}}}, route: [{destination: {host: gone}}]}"), "headers response.set.x-a"},
		"nothing is sent where it is redirected":  {route("{redirect: {uri: /x}}"), route("{headers: {request: {set: {x-a: b}}}, redirect: {uri: /x}}"), ""},
		"rewrites that make the same of one path": {route("{match: [{uri: {regex: \".*\"}}], rewrite: {uri: /}, " + to + "}"), route("{rewrite: {uri: /}, " + to + "}"), "rewrite path"},
		"the cluster of a mirror": {
			route("{mirror: {host: copy.shop.svc.cluster.local}, " + to + "}"),
			route("{mirror: {host: copy.shop.svc.cluster.local}, "+to+"}") + "---\napiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: copy, namespace: shop}\nspec: {host: copy, trafficPolicy: {loadBalancer: {simple: RANDOM}}}\n",
			"settings of mirror 0",
		},
		"the listener":                              {settings("{protocolDetectionTimeout: 1s}"), settings("{protocolDetectionTimeout: 2s}"), "settings of the listener.listenerFiltersTimeout"},
		"handshakes":                                {settings("{meshMTLS: {minProtocolVersion: TLSV1_2}}"), settings("{meshMTLS: {minProtocolVersion: TLSV1_3}}"), "tlsMinimumProtocolVersion"},
		"what the proxy adds":                       {settings("{}"), settings("{defaultConfig: {proxyHeaders: {attemptCount: {disabled: true}}}}"), "settings of the host.includeRequestAttemptCount"},
		"a policy of a namespace":                   {policy("{}"), policy("{rules: [{from: [{source: {namespaces: [shop]}}]}]}"), "verdict: DENIED"},
		"behind access control that allows nothing": {policy("{}"), policy("{}") + "---\napiVersion: networking.istio.io/v1\nkind: Sidecar\nmetadata: {name: cart, namespace: shop}\nspec: {inboundConnectionPool: {http: {http2MaxRequests: 7}}}\n", ""},
		"a gateway with certificates":               {edge("{" + to + "}"), edge("{timeout: 3s, " + to + "}"), "timeout"},
	} {
		t.Run(name, func(t *testing.T) {
			r := compareTexts(t, shopMesh+tt.old, shopMesh+tt.new)
			if len(r.Undecided) > 0 {
				t.Errorf("undecided: %v", r.Undecided)
			}
			var details []string
			for i := range r.Changes {
				details = append(details, r.Changes[i].Details...)
			}
			if got := strings.Join(details, "\n"); tt.want == "" && len(r.Changes) > 0 || !strings.Contains(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func compareTexts(t *testing.T, texts ...string) *diff.Report {
	t.Helper()
	var worlds []*pipeline.World
	for _, text := range texts {
		w, err := pipeline.Load(pipeline.Options{FS: fstest.MapFS{"mesh.yaml": {Data: []byte(text)}}, Paths: []string{"mesh.yaml"}})
		if err != nil {
			t.Fatal(err)
		}
		worlds = append(worlds, w)
	}
	r, err := explain.Compare(worlds[0], worlds[1], diff.DefaultLimits, func(pipeline.Class) bool { return true })
	if err != nil {
		t.Fatal(err)
	}
	return r
}
