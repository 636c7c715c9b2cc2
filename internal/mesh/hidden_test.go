package mesh

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"sem.example/internal/config"
)

// hiddenMesh has a service that is not exported, one that a Sidecar does not import, and hosts that several claim.
const hiddenMesh = `
apiVersion: v1
kind: Service
metadata: {name: private, namespace: a, annotations: {networking.istio.io/exportTo: "."}}
spec: {clusterIP: 10.96.0.1, ports: [{name: http, port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: other, namespace: a}
spec: {clusterIP: 10.96.0.2, ports: [{name: http, port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: ported, namespace: b}
spec: {clusterIP: 10.96.0.3, ports: [{name: http, port: 81}]}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: wild, namespace: b}
spec: {hosts: ["*.example"], ports: [{number: 443, name: tls, protocol: TLS}], resolution: NONE}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: far, namespace: a}
spec: {hosts: [x.example], ports: [{number: 443, name: tls, protocol: TLS}], resolution: DNS}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: near, namespace: b}
spec: {hosts: [x.example], ports: [{number: 443, name: tls, protocol: TLS}], resolution: DNS}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: nearer, namespace: b, creationTimestamp: "2026-01-01T00:00:00Z"}
spec: {hosts: [x.example], ports: [{number: 443, name: tls, protocol: TLS}], resolution: DNS}
---
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: narrow, namespace: b}
spec:
  egress:
  - port: {number: 80, name: http, protocol: HTTP}
    hosts: [b/ported.b.svc.cluster.local]
  - hosts: ["*/*.example", ~b/*.example]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: wide, namespace: a}
spec: {hosts: ["*.example"], tls: [{match: [{sniHosts: [x.example]}], route: [{destination: {host: x.example}}]}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: elder, namespace: a, creationTimestamp: "2026-01-01T00:00:00Z"}
spec: {hosts: [x.example], tls: [{match: [{sniHosts: [x.example]}], route: [{destination: {host: x.example}}]}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: younger, namespace: a}
spec: {hosts: [x.example], tls: [{match: [{sniHosts: [x.example]}], route: [{destination: {host: x.example}}]}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: gateway-only, namespace: a}
spec: {hosts: [x.example], gateways: [edge], tls: [{match: [{sniHosts: [x.example]}], route: [{destination: {host: x.example}}]}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: private, namespace: a}
spec: {hosts: [x.example], exportTo: [.], tls: [{match: [{sniHosts: [x.example]}], route: [{destination: {host: x.example}}]}]}
`

func TestHiddenServices(t *testing.T) {
	m := buildYAML(t, []byte(hiddenMesh), nil)
	tests := []struct {
		namespace, host string
		want            []string
	}{
		{"c", "private.a.svc.cluster.local", []string{"private: exportTo does not include namespace c"}},
		{"a", "private.a.svc.cluster.local", nil},
		{"b", "other.a.svc.cluster.local", []string{"other: Sidecar b/narrow does not import it"}},
		{"b", "ported.b.svc.cluster.local", []string{"ported: Sidecar b/narrow imports it for port 80 only, which it does not have"}},
		{"b", "y.example", []string{"wild: Sidecar b/narrow excludes it"}},
		{"c", "y.example", nil},
		{"a", "x.example", []string{
			"nearer: ServiceEntry a/far has the same host, in the proxy's own namespace",
			"near: ServiceEntry a/far has the same host, in the proxy's own namespace"}},
		{"c", "x.example", []string{
			"far: ServiceEntry b/nearer has the same host and takes precedence",
			"near: ServiceEntry b/nearer has the same host and ports, and is older"}},
	}
	for _, test := range tests {
		v := m.View(Proxy{Type: Sidecar, Namespace: test.namespace, Name: "p"})
		if diff := cmp.Diff(test.want, reasons(v.HiddenServices(test.host))); diff != "" {
			t.Errorf("%s in %s (-want +got):\n%s", test.host, test.namespace, diff)
		}
	}
}

func TestHiddenVirtualServices(t *testing.T) {
	v := buildYAML(t, []byte(hiddenMesh), nil).View(Proxy{Type: Sidecar, Namespace: "c", Name: "p"})
	want := []string{
		"gateway-only: it is bound to a/edge, not to mesh",
		"private: exportTo does not include namespace c",
		"younger: a/elder has the same host and is older: the other has no creation time in the input",
		"wide: a/elder has the more specific host x.example",
	}
	if diff := cmp.Diff(want, reasons(v.HiddenVirtualServices("x.example", MeshGateway))); diff != "" {
		t.Error(diff)
	}
}

func reasons(list []config.Ignored) []string {
	var out []string
	for _, l := range list {
		out = append(out, l.Object.Name+": "+l.Reason)
	}
	return out
}

func TestHiddenEndpoints(t *testing.T) {
	v := buildYAML(t, []byte(`
apiVersion: v1
kind: Service
metadata: {name: web, namespace: a}
spec: {clusterIP: 10.96.0.1, selector: {app: web}, ports: [{name: http, port: 80, targetPort: web}]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: s1, namespace: a, labels: {kubernetes.io/service-name: web}}
addressType: IPv4
ports: [{name: http, port: 80}]
endpoints:
- {addresses: [10.0.0.1], targetRef: {kind: Pod, name: gone}}
- {addresses: [10.0.0.2], conditions: {ready: false, terminating: true}}
- {addresses: [10.0.0.3]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: s2, namespace: a, labels: {kubernetes.io/service-name: web}}
addressType: IPv4
ports: [{name: other, port: 80}]
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: s3, namespace: a, labels: {kubernetes.io/service-name: web}}
addressType: FQDN
---
apiVersion: v1
kind: Pod
metadata: {name: starting, namespace: a, labels: {app: web}}
status: {phase: Pending}
---
apiVersion: v1
kind: Pod
metadata: {name: portless, namespace: a, labels: {app: web}}
status: {phase: Running, podIP: 10.0.0.9, conditions: [{type: Ready, status: "True"}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: a}
spec: {template: {metadata: {labels: {app: web}}}}
---
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: vm, namespace: a}
spec: {address: 192.0.2.1, labels: {app: web}}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: listed, namespace: a}
spec:
  hosts: [listed.example]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  endpoints: [{address: name.example}, {address: 192.0.2.1}, {address: unix:///x}]
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: first, namespace: a}
spec:
  hosts: [first.example]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: DNS_ROUND_ROBIN
  endpoints: [{address: one.example}, {address: two.example}]
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: none, namespace: a}
spec:
  hosts: [none.example]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: NONE
  endpoints: [{address: 192.0.2.1}]
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: selecting, namespace: b}
spec:
  hosts: [selecting.example]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  workloadSelector: {labels: {app: vm}}
---
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: named, namespace: b}
spec: {address: vm.example, labels: {app: vm}}
---
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: ill, namespace: b, annotations: {proxy.istio.io/health-checks-enabled: "true"}}
spec: {address: 192.0.2.2, labels: {app: vm}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: podless, namespace: b}
spec: {template: {metadata: {labels: {app: vm}}}}
`), nil).View(Proxy{Type: Sidecar, Namespace: "a", Name: "p"})
	for host, want := range map[string][]string{
		"web.a.svc.cluster.local": {
			"s1: its Pod gone does not exist, or failed",
			"s1: it is shutting down",
			"s2: it has no port named http",
			"s3: EndpointSlices of names are not used",
			"portless: no container has a port named web",
			"starting: the Pod has no address, is shutting down, or is not ready",
			"vm: it has no port named web",
		},
		"listed.example": {"listed: name.example is a name, which only resolution DNS can use"},
		"first.example":  {"first: resolution DNS_ROUND_ROBIN uses the first endpoint only"},
		"none.example":   {"none: resolution NONE sends to the address that the application connected to"},
		"selecting.example": {
			"ill: its health checks have not succeeded",
			"named: vm.example is a name, which only resolution DNS can use",
			"podless: its Pods are not in the input",
		},
	} {
		s := v.Service(host)
		if diff := cmp.Diff(want, reasons(v.HiddenEndpoints(s, s.Ports[0]))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", host, diff)
		}
	}
}
