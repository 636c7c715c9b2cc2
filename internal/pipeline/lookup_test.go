package pipeline

import (
	"strings"
	"testing"

	"sem.example/simulate"
)

// The cluster's DNS gives the address of a Service, also to a client that sees an entry of the same host instead of it.
func TestLookUpOfServiceAndEntry(t *testing.T) {
	const text = `apiVersion: v1
kind: Service
metadata: {name: nginx, namespace: ext}
spec: {clusterIP: 10.96.2.2, ports: [{name: https, port: 443}]}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: nginx, namespace: shop}
spec:
  exportTo: ["."]
  hosts: [nginx.ext.svc.cluster.local]
  resolution: NONE
  ports: [{name: http, number: 31443, protocol: HTTP}]
`
	w, err := Load(Options{Paths: []string{"-"}, Stdin: strings.NewReader(text)})
	if err != nil {
		t.Fatal(err)
	}
	trace, err := w.Trace(simulate.Call{Proxy: simulate.Proxy{Namespace: "shop", Name: "web"}, URL: "http://nginx.ext.svc.cluster.local:31443/"}, TraceOptions{})
	if err != nil || trace.Call.Address != "10.96.2.2" {
		t.Errorf("dials %q, %v", trace.Call.Address, err)
	}
}
