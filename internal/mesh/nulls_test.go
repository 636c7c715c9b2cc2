package mesh

import (
	"io"
	"testing"

	"sem.example/internal/config"
)

// Null items of lists and empty specs are nothing, not a reason to stop.
func TestNulls(t *testing.T) {
	docs := parseYAML(t, "mesh.yaml", []byte(`
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: e, namespace: a}
spec: {hosts: [x.example, null], addresses: [null], ports: [null], endpoints: [null], resolution: STATIC}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: empty, namespace: a}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: v, namespace: a}
spec:
  hosts: [x.example, null]
  http: [null, {match: [null], route: [null], mirrors: [null]}, {delegate: {}}, {delegate: {name: d}}]
  tls: [null, {match: [null], route: [null, {}]}]
  tcp: [null, {match: [null], route: [null, {}]}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: d, namespace: a}
spec: {http: [null, {match: [null]}]}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: r, namespace: a}
spec: {host: x.example, subsets: [null], workloadSelector: {}}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: r2, namespace: a}
spec: {host: x.example, subsets: [null, null]}
---
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: s, namespace: a}
spec: {egress: [null, {hosts: [null], port: null}]}
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: g, namespace: a}
spec: {servers: [null]}
---
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: w, namespace: a}
---
apiVersion: networking.istio.io/v1
kind: WorkloadGroup
metadata: {name: w, namespace: a}
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: p, namespace: a}
spec: {selector: {matchLabels: {app: x}}, portLevelMtls: {80: null}}
---
apiVersion: v1
kind: Service
metadata: {name: s, namespace: a}
spec: {ports: [null], selector: null}
---
apiVersion: v1
kind: Pod
metadata: {name: p, namespace: a}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: s, namespace: a, labels: {kubernetes.io/service-name: s}}
endpoints: [null]
ports: [null]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: d, namespace: a}
`))
	objects, _, found := config.Decode(docs, "default")
	for _, d := range found {
		t.Log(d.At.Range().Line, d.Message)
	}
	m, _ := Build(objects, Settings{})
	if err := m.Dump(io.Discard); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"p", "w", "d", "s"} {
		p, _ := m.Proxy(Proxy{Type: Gateway, Namespace: "a", Name: name, Labels: map[string]string{"app": "x"}})
		for _, role := range []ProxyType{Sidecar, Gateway} {
			p.Type = role
			if err := m.View(p).Dump(io.Discard); err != nil {
				t.Fatal(err)
			}
		}
	}
}
