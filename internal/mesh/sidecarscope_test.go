package mesh

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"sem.example/internal/config"
	"sem.example/internal/source"
)

// Most namespaces share a sidecarScope; each reason for a namespace to see something else gives it another.
func TestSeesAsMost(t *testing.T) {
	docs, _ := source.Parse(&source.File{Name: "mesh.yaml", Data: []byte(`
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: all, namespace: plain}
spec: {hosts: [all.example], ports: [{number: 80, name: http, protocol: HTTP}], resolution: DNS}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: some, namespace: owner}
spec: {hosts: [some.example], ports: [{number: 80, name: http, protocol: HTTP}], resolution: DNS, exportTo: [named]}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: none, namespace: hider}
spec: {hosts: [none.example], ports: [{number: 80, name: http, protocol: HTTP}], resolution: DNS, exportTo: ["~"]}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: both, namespace: left}
spec: {hosts: [both.example], ports: [{number: 80, name: http, protocol: HTTP}], resolution: DNS}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: both, namespace: right}
spec: {hosts: [both.example], ports: [{number: 81, name: http, protocol: HTTP}], resolution: DNS}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: own, namespace: private}
spec: {hosts: [all.example], exportTo: ["."], http: [{route: [{destination: {host: all.example}}]}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: from, namespace: plain}
spec: {hosts: [all.example], http: [{match: [{sourceNamespace: caller}], route: [{destination: {host: some.example}}]}, {route: [{destination: {host: all.example}}]}]}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: router}
spec: {clusterIP: 10.0.0.1, ports: [{name: http, port: 80}]}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: web, namespace: router}
spec: {parentRefs: [{group: "", kind: Service, name: web}], rules: [{backendRefs: [{name: web, port: 80}]}]}
`)})
	objects, _, _ := config.Decode(docs, "default")
	m, _ := Build(objects, Settings{})
	shared := m.View(Proxy{Type: Sidecar, Namespace: "elsewhere"}).scope.sidecarScope
	got := map[string]bool{}
	for _, ns := range []string{"plain", "other", "owner", "named", "hider", "left", "right", "private", "caller", "router"} {
		got[ns] = m.View(Proxy{Type: Sidecar, Namespace: ns}).scope.sidecarScope == shared
	}
	want := map[string]bool{"plain": true, "other": true, "owner": false, "named": false, "hider": false, "left": false,
		"right": false, "private": false, "caller": false, "router": false}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
