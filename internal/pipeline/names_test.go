package pipeline

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	"github.com/google/go-cmp/cmp"

	"sem.example/internal/envoy"
	"sem.example/simulate"
)

const meshOfNames = `-- a.yaml --
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{name: http, port: 80}, {name: http-alt, port: 8080}, {name: https, port: 443}, {name: tcp, port: 9000}]}
---
apiVersion: v1
kind: Service
metadata: {name: ingress, namespace: edge}
spec: {selector: {istio: ingress}, ports: [{name: http, port: 80}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec: {template: {metadata: {labels: {app: web}}, spec: {containers: [{name: c}]}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: ingress, namespace: edge}
spec: {template: {metadata: {labels: {istio: ingress}}, spec: {containers: [{name: c}]}}}
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: here, namespace: edge}
spec: {selector: {istio: ingress}, servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ["*"]}]}
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: elsewhere, namespace: shop}
spec: {selector: {istio: egress, app: x}, servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ["*"]}]}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: web, namespace: shop}
spec: {host: web, subsets: [{name: v1}, {name: v2}]}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: wild, namespace: shop}
spec: {hosts: ["*.example.com"], ports: [{number: 80, name: http, protocol: HTTP}]}
`

// The names that the shell completes are those of the input.
func TestNames(t *testing.T) {
	w := loaded(t, input(meshOfNames))
	if diff := cmp.Diff([]string{"Deployment edge/ingress", "Deployment shop/web"}, names(w.Workloads())); diff != "" {
		t.Errorf("workloads (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"Deployment edge/ingress", "Service edge/ingress"}, names(w.Gateways())); diff != "" {
		t.Errorf("gateways (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"v1", "v2"}, w.Subsets()); diff != "" {
		t.Errorf("subsets (-want +got):\n%s", diff)
	}
	want := []string{
		"http://ingress.edge.svc.cluster.local/", "http://web.shop.svc.cluster.local/", "http://web.shop.svc.cluster.local:8080/",
		"https://web.shop.svc.cluster.local/", "tcp://web.shop.svc.cluster.local:9000",
	}
	if diff := cmp.Diff(want, w.URLs()); diff != "" {
		t.Errorf("URLs (-want +got):\n%s", diff)
	}
}

// Two worlds are compared by the proxies that they have in common: sidecars that send traffic alike are one class, each that
// receives it is one, and so is each gateway.
func TestClasses(t *testing.T) {
	const api = `---
apiVersion: apps/v1
kind: Deployment
metadata: {name: api, namespace: shop}
spec: {template: {metadata: {labels: {app: api}}, spec: {containers: [{name: c}]}}}
`
	const old = `---
apiVersion: v1
kind: Pod
metadata: {name: old, namespace: legacy, annotations: {sidecar.istio.io/inject: "false"}}
spec: {containers: [{name: c}]}
`
	before, after := loaded(t, input(meshOfNames+api+old)), loaded(t, input(meshOfNames+api))
	classes, err := Classes(before, after)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"gateway edge/ingress", "gateway istio-system/x-egress", "gateway shop/x-egress",
		"outbound edge/application", "inbound shop/api", "outbound shop/api shop/web", "inbound shop/web",
	}
	var got []string
	for _, c := range classes {
		text := c.Direction
		for _, m := range c.Members {
			text += " " + m
		}
		got = append(got, text)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("classes (-want +got):\n%s", diff)
	}
	for _, c := range classes {
		s, err := after.ResourcesOf(c)
		if err != nil {
			t.Fatal(err)
		}
		inbound := slices.ContainsFunc(s.Listeners, func(l *listenerv3.Listener) bool { return l.GetName() == "virtualInbound" })
		if inbound != (c.Direction == Inbound) || (len(s.Listeners) > 1) != (c.Direction == Outbound) {
			t.Errorf("%s %v: %d listeners, virtualInbound: %v", c.Direction, c.Members, len(s.Listeners), inbound)
		}
	}
}

// Sidecars to which EnvoyFilters are attached differently are not one class, though Istio's own resources tell them to send alike; nor
// where one of the two worlds alone has the EnvoyFilter.
func TestClassesOfEnvoyFilters(t *testing.T) {
	const workload = "apiVersion: v1\nkind: Pod\nmetadata: {name: %[1]s, namespace: shop, labels: {app: %[1]s}}\nspec: {containers: [{name: c}]}\n---\n"
	const filter = `apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: filter, namespace: shop}
spec:
  %s
  configPatches:
  - {applyTo: CLUSTER, match: {context: SIDECAR_OUTBOUND}, patch: {operation: MERGE, value: {connect_timeout: 9s}}}
`
	mesh := "-- a.yaml --\n" + fmt.Sprintf(workload, "web") + fmt.Sprintf(workload, "api") + service + "---\n"
	for name, test := range map[string]struct {
		before, after string
		want          []string
	}{
		"none":                {"", "", []string{"shop/api shop/web"}},
		"for all":             {fmt.Sprintf(filter, ""), fmt.Sprintf(filter, ""), []string{"shop/api shop/web"}},
		"for one":             {fmt.Sprintf(filter, "workloadSelector: {labels: {app: web}}"), fmt.Sprintf(filter, "workloadSelector: {labels: {app: web}}"), []string{"shop/api", "shop/web"}},
		"for one, before":     {fmt.Sprintf(filter, "workloadSelector: {labels: {app: web}}"), "", []string{"shop/api", "shop/web"}},
		"for one, afterwards": {"", fmt.Sprintf(filter, "workloadSelector: {labels: {app: web}}"), []string{"shop/api", "shop/web"}},
	} {
		t.Run(name, func(t *testing.T) {
			classes, err := Classes(loaded(t, input(mesh+test.before)), loaded(t, input(mesh+test.after)))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, c := range classes {
				if c.Direction == Outbound {
					got = append(got, strings.Join(c.Members, " "))
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// A workload that is new, removed, or has a sidecar on one side only is in no class.
func TestUnshared(t *testing.T) {
	pod := func(name, annotations string) string {
		return "apiVersion: v1\nkind: Pod\nmetadata: {name: " + name + ", namespace: shop, annotations: {" + annotations + "}}\nspec: {containers: [{name: c}]}\n"
	}
	before := loaded(t, input("-- a.yaml --\n"+pod("same", "")+"---\n"+pod("removed", "")+"---\n"+pod("injected", `sidecar.istio.io/inject: "false"`)))
	after := loaded(t, input("-- a.yaml --\n"+pod("same", "")+"---\n"+pod("injected", "")))
	removed, added := Unshared(before, after)
	want := [][]Class{
		{{simulate.Proxy{Type: "sidecar", Namespace: "shop", Name: "removed"}, Outbound, []string{"shop/removed"}}},
		{{simulate.Proxy{Type: "sidecar", Namespace: "shop", Name: "injected"}, Outbound, []string{"shop/injected"}}},
	}
	if diff := cmp.Diff(want, [][]Class{removed, added}); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A node's id says which proxy a dump is of.
func TestProxyOf(t *testing.T) {
	tests := map[string]struct {
		want simulate.Proxy
		err  bool
	}{
		"sidecar~10.0.0.7~web-1.shop~shop.svc.cluster.local":   {want: simulate.Proxy{Type: "sidecar", Namespace: "shop", Name: "web-1", IPs: []string{"10.0.0.7"}}},
		"router~10.0.0.8~edge.1.istio~istio.svc.cluster.local": {want: simulate.Proxy{Type: "gateway", Namespace: "istio", Name: "edge.1", IPs: []string{"10.0.0.8"}}},
		"sidecar~~web.shop~shop.svc.cluster.local":             {want: simulate.Proxy{Type: "sidecar", Namespace: "shop", Name: "web"}},
		"sidecar~10.0.0.7~web~shop.svc.cluster.local":          {want: simulate.Proxy{Type: "sidecar", IPs: []string{"10.0.0.7"}}},
		"envoy": {want: simulate.Proxy{Type: "sidecar"}},
		"waypoint~10.0.0.9~w.shop~shop.svc.cluster.local": {err: true},
	}
	for node, test := range tests {
		got, err := proxyOf(node, envoy.Workload{})
		if (err != nil) != test.err {
			t.Errorf("%s: %v", node, err)
		}
		if diff := cmp.Diff(test.want, got); err == nil && diff != "" {
			t.Errorf("%s (-want +got):\n%s", node, diff)
		}
	}
}
