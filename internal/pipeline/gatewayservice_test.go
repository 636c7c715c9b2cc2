package pipeline

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sem.example/simulate"
)

const severalWorkloads = `apiVersion: v1
kind: Service
metadata: {name: ingress, namespace: web}
spec: {selector: {istio: ingress}, ports: [{name: http, port: 80, targetPort: 8080}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: ingress-a, namespace: web}
spec: {template: {metadata: {labels: {istio: ingress, zone: a}}, spec: {containers: [{name: istio-proxy, args: [proxy, router]}]}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: ingress-b, namespace: web}
spec: {template: {metadata: {labels: {istio: ingress, zone: b}}, spec: {containers: [{name: istio-proxy, args: [proxy, router]}]}}}
---
apiVersion: v1
kind: Service
metadata: {name: second, namespace: web}
spec: {selector: {istio: second}, ports: [{name: http, port: 80, targetPort: 9090}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: second, namespace: web}
spec: {template: {metadata: {labels: {istio: second}}, spec: {containers: [{name: istio-proxy, args: [proxy, router]}]}}}
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: edge, namespace: web}
spec:
  gatewayClassName: istio
  addresses: [{type: Hostname, value: ingress}, {type: Hostname, value: second.web.svc.cluster.local}]
  listeners: [{name: http, port: 80, protocol: HTTP}]
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: alone, namespace: other}
spec:
  gatewayClassName: istio
  listeners: [{name: http, port: 80, protocol: HTTP}]
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: classic, namespace: web}
spec: {selector: {istio: ingress}, servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ["*"]}]}
`

// A Gateway with several Services and Deployments is served by each of them: a trace by its name says which one it follows.
func TestGatewayOfSeveralWorkloads(t *testing.T) {
	w, err := Load(Options{Paths: []string{"-"}, Stdin: strings.NewReader(severalWorkloads)})
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct{ text, want string }{
		"by the Gateway":         {"web/edge", "the request arrives at web/ingress-a, one of 3 workloads of Gateway web/edge"},
		"by a Service":           {"web/second", "the request arrives at web/second, one of 3 workloads of Gateway web/edge"},
		"by a Deployment":        {"web/ingress-b", ""},
		"a Gateway that has one": {"other/alone", ""},
		"by an Istio Gateway":    {"web/classic", "the request arrives at web/ingress-a, one of 2 workloads of Gateway web/classic"},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := w.Named(simulate.Proxy{Type: Gateway}, test.text, "default")
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if a := oneOfSeveral(w, p); a != nil {
				got = a.Message
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("assumed (-want +got):\n%s", diff)
			}
		})
	}
	var gateways []string
	for _, p := range w.proxies() {
		if p.Type == Gateway {
			gateways = append(gateways, p.Namespace+"/"+p.Name)
		}
	}
	want := []string{"other/alone-istio", "web/ingress", "web/ingress-a", "web/ingress-b", "web/second"}
	if diff := cmp.Diff(want, gateways); diff != "" {
		t.Errorf("gateways (-want +got):\n%s", diff)
	}
}
