package main

import (
	"slices"
	"strings"
	"testing"

	"sem.example/internal/envoy"
	"sem.example/internal/envoytest/binary"
	"sem.example/internal/pipeline"
	"sem.example/internal/release"
	"sem.example/simulate"
)

// What the Envoys of releases differ in: a route that compares a repeated header, and a port without a protocol.
const differing = `apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {clusterIP: 10.96.0.10, ports: [{name: http, port: 80}, {port: 7000}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: [web]
  http:
  - {name: testers, match: [{headers: {x-tester: {exact: "yes"}}}], directResponse: {status: 201}}
  - {name: everyone, directResponse: {status: 202}}
`

// TestReleases sends the calls on which Envoys differ through the one of each release, and traces them as that release.
func TestReleases(t *testing.T) {
	client := simulate.Proxy{Namespace: "shop", Name: "client"}
	repeated := simulate.Call{Proxy: client, Direction: "outbound", URL: "http://web.shop/", Address: "10.96.0.10", Port: 80, Headers: map[string][]string{"x-tester": {"other", "yes"}}}
	unknown := simulate.Call{Proxy: client, Direction: "outbound", URL: "http://web.shop:7000/", Method: "BREW", Address: "10.96.0.10", Port: 7000}
	joined := simulate.Call{Proxy: client, Direction: "outbound", URL: "http://web.shop/", Address: "10.96.0.10", Port: 80, Headers: map[string][]string{"x-tester": {"yes"}}}
	for _, name := range release.Names() {
		r, err := release.Parse(name)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(r.Versions(), func(t *testing.T) {
			o := options{release: r, envoy: binary.RequiredVersion(t, binary.Versions[r.Envoy()])}
			w, err := o.load([]byte(differing), nil)
			if err != nil {
				t.Fatal(err)
			}
			compiler, err := w.Compile(client)
			if err != nil {
				t.Fatal(err)
			}
			s := compiler.Snapshot()
			engine := simulate.New(envoy.NewIndex(s), simulate.Of(pipeline.EnvoyOf(r)))
			older := slices.Contains([]string{"1.28", "1.29", "1.30"}, name)
			if got := engine.Trace(repeated).Hops[0].Route == "everyone"; got != older {
				t.Errorf("a repeated header is compared as one text: %t, want %t", got, older)
			}
			if got := engine.Trace(unknown).Hops[0].Cluster != ""; got != older {
				t.Errorf("a request with an unknown method is forwarded as TCP: %t, want %t", got, older)
			}
			var compared result
			if err := compared.compare(t.Context(), o, []simulate.Call{repeated, unknown, joined}, s, engine); err != nil {
				t.Fatal(err)
			}
			for _, d := range compared.disagreements {
				t.Error(describe(d.call), strings.Join(d.differences, "; "))
			}
		})
	}
}
