package mesh

import (
	"testing"

	"github.com/google/go-cmp/cmp"
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
		{"c", "private.a.svc.cluster.local", []string{"private: exportTo does not let namespace c see it"}},
		{"a", "private.a.svc.cluster.local", nil},
		{"b", "other.a.svc.cluster.local", []string{"other: Sidecar b/narrow does not import it"}},
		{"b", "ported.b.svc.cluster.local", []string{"ported: Sidecar b/narrow imports it for port 80 only, which it does not have"}},
		{"b", "y.example", []string{"wild: Sidecar b/narrow excludes it"}},
		{"c", "y.example", nil},
		{"a", "x.example", []string{
			"nearer: ServiceEntry a/far has the same host, in the proxy's own namespace",
			"near: ServiceEntry a/far has the same host, in the proxy's own namespace"}},
		{"c", "x.example", []string{
			"far: ServiceEntry b/nearer has the same host and comes first",
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
		"private: exportTo does not let namespace c see it",
		"younger: a/elder has the same host and is older",
		"wide: a/elder has the more specific host x.example",
	}
	if diff := cmp.Diff(want, reasons(v.HiddenVirtualServices("x.example", MeshGateway))); diff != "" {
		t.Error(diff)
	}
}

func reasons(list []Loser) []string {
	var out []string
	for _, l := range list {
		out = append(out, l.Object.Name+": "+l.Reason)
	}
	return out
}
