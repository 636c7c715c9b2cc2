package pipeline

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sem.example/simulate"
)

const callers = `-- a.yaml --
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {istio-injection: enabled}}
---
apiVersion: v1
kind: Namespace
metadata: {name: legacy, labels: {istio-injection: disabled}}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {clusterIP: 10.96.0.1, selector: {app: web}, ports: [{name: http, port: 80, targetPort: 8080}]}
---
apiVersion: v1
kind: Service
metadata: {name: empty, namespace: shop}
spec: {clusterIP: 10.96.0.2, selector: {app: none}, ports: [{name: http, port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: partner, namespace: shop}
spec: {type: ExternalName, externalName: partner.example.com}
---
apiVersion: v1
kind: Pod
metadata: {name: web-0, namespace: shop, labels: {app: web}}
spec: {serviceAccountName: web, containers: [{name: c}]}
status: {podIP: 10.1.0.1, phase: Running, conditions: [{type: Ready, status: "True"}]}
---
apiVersion: v1
kind: Pod
metadata: {name: old, namespace: legacy, labels: {app: old}}
spec: {containers: [{name: c}]}
status: {podIP: 10.1.0.9, phase: Running, conditions: [{type: Ready, status: "True"}]}
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: default, namespace: shop}
spec: {mtls: {mode: MODE}}
`

// hops names the proxies of a trace, each with its direction.
func hops(t *simulate.Trace) string {
	var out []string
	for _, h := range t.Hops {
		out = append(out, h.Proxy.Type+" "+h.Proxy.Namespace+"/"+h.Proxy.Name+" "+h.Direction)
	}
	return strings.Join(out, ", ")
}

func TestTrace(t *testing.T) {
	web, old := simulate.Proxy{Type: "sidecar", Namespace: "shop", Name: "web-0"}, simulate.Proxy{Type: "sidecar", Namespace: "legacy", Name: "old"}
	tests := map[string]struct {
		mode    string // of mutual TLS
		call    simulate.Call
		alone   bool // do not follow
		verdict simulate.Verdict
		hops    string
		dials   string
		stages  string // of the first hop
	}{
		"through both sidecars": {
			call: simulate.Call{Proxy: web, URL: "http://web/"}, verdict: simulate.Delivered, dials: "10.96.0.1",
			hops: "sidecar shop/web-0 outbound, sidecar shop/web-0 inbound",
		},
		"through the first one alone": {
			call: simulate.Call{Proxy: web, URL: "http://web/"}, alone: true, verdict: simulate.Delivered, dials: "10.96.0.1",
			hops: "sidecar shop/web-0 outbound",
		},
		"a client without a sidecar reaches the sidecar of the server": {
			call: simulate.Call{Proxy: old, URL: "http://web.shop/"}, verdict: simulate.Delivered,
			hops: "none legacy/old outbound, sidecar shop/web-0 inbound", stages: "client name endpoint",
		},
		"which refuses it with strict mutual TLS": {
			mode: "STRICT", call: simulate.Call{Proxy: old, URL: "http://web.shop/"}, verdict: simulate.NoFilterChain,
			hops: "none legacy/old outbound, sidecar shop/web-0 inbound", stages: "client name endpoint",
		},
		"a Service by its address": {
			call: simulate.Call{Proxy: old, URL: "http://x/", Address: "10.96.0.1", Port: 80}, verdict: simulate.Delivered,
			hops: "none legacy/old outbound, sidecar shop/web-0 inbound", dials: "10.96.0.1", stages: "client name endpoint",
		},
		"a Pod by its address": {
			call: simulate.Call{Proxy: old, URL: "http://10.1.0.1:8080/"}, verdict: simulate.Delivered,
			hops: "none legacy/old outbound, sidecar shop/web-0 inbound", dials: "10.1.0.1", stages: "client endpoint",
		},
		"a Pod without a proxy": {
			call: simulate.Call{Proxy: old, URL: "http://10.1.0.9:8080/"}, verdict: simulate.Delivered,
			hops: "none legacy/old outbound", dials: "10.1.0.9", stages: "client endpoint",
		},
		"a port that the Service does not have": {
			call: simulate.Call{Proxy: old, URL: "http://web.shop:81/"}, verdict: simulate.NoEndpoints,
			hops: "none legacy/old outbound", stages: "client name",
		},
		"a Service without endpoints": {
			call: simulate.Call{Proxy: old, URL: "http://empty.shop/"}, verdict: simulate.NoEndpoints,
			hops: "none legacy/old outbound", stages: "client name endpoint",
		},
		"a Service that is an alias": {
			call: simulate.Call{Proxy: old, URL: "http://partner.shop/"}, verdict: simulate.Passthrough,
			hops: "none legacy/old outbound", stages: "client name",
		},
		"a host outside of the mesh": {
			call: simulate.Call{Proxy: old, URL: "http://www.example.com/"}, verdict: simulate.Passthrough,
			hops: "none legacy/old outbound", stages: "client",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			mode := test.mode
			if mode == "" {
				mode = "PERMISSIVE"
			}
			w := loaded(t, input(strings.Replace(callers, "MODE", mode, 1)))
			trace, err := w.Trace(test.call, TraceOptions{Follow: !test.alone})
			if err != nil {
				t.Fatal(err)
			}
			if trace.Verdict != test.verdict || trace.Call.Address != test.dials {
				t.Errorf("%s, dials %q", trace.Verdict, trace.Call.Address)
			}
			if diff := cmp.Diff(test.hops, hops(trace)); diff != "" {
				t.Errorf("hops (-want +got):\n%s", diff)
			}
			var stages []string
			for _, s := range trace.Hops[0].Steps {
				stages = append(stages, s.Stage)
			}
			if got := strings.Join(stages, " "); test.stages != "" && got != test.stages {
				t.Errorf("stages %q, want %q", got, test.stages)
			}
		})
	}
}

// The error is for a proxy that cannot be understood.
func TestTraceErrors(t *testing.T) {
	w := loaded(t, input(strings.Replace(callers, "MODE", "STRICT", 1)))
	for _, p := range []simulate.Proxy{{Type: "waypoint"}, {IPs: []string{"ten"}}} {
		if _, err := w.Trace(simulate.Call{Proxy: p, URL: "http://web/"}, TraceOptions{}); err == nil {
			t.Errorf("a trace from %+v", p)
		}
		if _, err := w.Compile(p); err == nil {
			t.Errorf("resources of %+v", p)
		}
		if _, err := w.View(p); err == nil {
			t.Errorf("a view of %+v", p)
		}
	}
}

// What is assumed of the objects that a call meets is in the trace, and no more; all of it in short.
func TestAssumed(t *testing.T) {
	const archive = `-- a.yaml --
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{name: http, port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: other, namespace: shop}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec: {template: {metadata: {labels: {app: web}, annotations: {proxy.istio.io/config: "x: y"}}, spec: {containers: [{name: c}]}}}
`
	opts := input(archive)
	w := loaded(t, opts)
	trace, err := w.Trace(simulate.Call{Proxy: simulate.Proxy{Namespace: "shop", Name: "web"}, URL: "http://web/"}, TraceOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, a := range trace.Assumed {
		got = append(got, a.What+" "+a.Of.Kind+" "+a.Of.Name)
		if len(a.Addresses) == 0 != (a.What == "sidecar") {
			t.Errorf("%s: addresses %v", a.Message, a.Addresses)
		}
		if a.Origin == nil || a.Origin.File != "a.yaml" || a.Origin.Line == 0 {
			t.Errorf("%s: at %+v", a.Message, a.Origin)
		}
	}
	if diff := cmp.Diff([]string{"address Service web", "pods Deployment web", "sidecar Deployment web"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if len(trace.NotModelled) == 0 || !strings.Contains(trace.NotModelled[0], "proxy.istio.io/config") {
		t.Errorf("not modelled: %q", trace.NotModelled)
	}
	if got, want := w.AssumedInShort(), "addresses of 2 Services, the Pods of 1 workload, sidecar injection of 1 workload"; got != want {
		t.Errorf("in short %q, want %q", got, want)
	}
	opts.Assume.Nothing = true
	if w = loaded(t, opts); w.AssumedInShort() != "" || len(w.Objects) != 3 {
		t.Errorf("assumed %q", w.AssumedInShort())
	}
}

// A statement decides about sidecars by hand.
func TestState(t *testing.T) {
	opts := input(strings.Replace(callers, "MODE", "PERMISSIVE", 1))
	if err := opts.Assume.State("sidecar:legacy/old"); err != nil {
		t.Fatal(err)
	}
	trace, err := loaded(t, opts).Trace(simulate.Call{Proxy: simulate.Proxy{Type: "sidecar", Namespace: "legacy", Name: "old"}, URL: "http://web.shop/"}, TraceOptions{})
	if err != nil || hops(trace) != "sidecar legacy/old outbound" {
		t.Errorf("%s, %v", hops(trace), err)
	}
	if err := opts.Assume.State("sidecar:everything"); err == nil {
		t.Error("a statement about nothing")
	}
}
