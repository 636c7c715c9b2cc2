package explain_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"sem.example/internal/diff"
	"sem.example/internal/explain"
	"sem.example/internal/pipeline"
	"sem.example/simulate"
)

// groups are a service, and clients of three namespaces, one of which runs more resources.
const groups = `
apiVersion: v1
kind: Service
metadata: {name: cart, namespace: shop}
spec: {clusterIP: 10.0.0.5, selector: {app: cart}, ports: [{name: http, port: 80}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: cart, namespace: shop}
spec: {selector: {matchLabels: {app: cart}}, template: {metadata: {labels: {app: cart}}, spec: {containers: [{name: c}]}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: teller, namespace: bank}
spec: {selector: {matchLabels: {app: teller}}, template: {metadata: {labels: {app: teller}}, spec: {containers: [{name: c}]}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: clerk, namespace: office}
spec: {selector: {matchLabels: {app: clerk}}, template: {metadata: {labels: {app: clerk}}, spec: {containers: [{name: c}]}}}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: rates, namespace: bank}
spec: {hosts: [rates.example.com], exportTo: [.], resolution: DNS, ports: [{number: 80, name: http, protocol: HTTP}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: cart, namespace: shop}
spec:
  hosts: [cart.shop.svc.cluster.local]
  http:
  - {match: [{uri: {exact: /old}}], redirect: {uri: OLD}}
  - {match: [{uri: {exact: /gone}}], directResponse: {status: GONE}}
  - {match: [{uri: {exact: /lost}}], directResponse: {status: GONE}}
  - {match: [{uri: {exact: /swap}}], directResponse: {status: SWAP}}
  - {route: [{destination: {host: cart.shop.svc.cluster.local}}]}
`

// world builds the mesh of [groups] with some words replaced.
func world(t *testing.T, replace ...string) *pipeline.World {
	t.Helper()
	text := strings.NewReplacer(replace...).Replace(groups)
	w, err := pipeline.Load(pipeline.Options{FS: fstest.MapFS{"mesh.yaml": {Data: []byte(text)}}, Paths: []string{"mesh.yaml"}})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func worlds(t *testing.T) (old, new *pipeline.World) {
	return world(t, "OLD", "/a", "GONE", "410", "SWAP", "200"), world(t, "OLD", "/b", "GONE", "404", "SWAP", "404")
}

// shownChanges are the parts of changes that a reader tells them apart by.
func shownChanges(r *diff.Report) []string {
	var out []string
	for i := range r.Changes {
		c := &r.Changes[i]
		out = append(out, strings.Join([]string{string(c.Kind), c.Direction, c.Region, c.From, c.To, strings.Join(c.Proxies, "+")}, " | "))
	}
	return out
}

// TestCompareGroups compares two meshes: a change that several clients see is one change, and changes that differ in anything
// that is shown stay apart.
func TestCompareGroups(t *testing.T) {
	old, new := worlds(t)
	r, err := explain.Compare(old, new, diff.DefaultLimits, func(pipeline.Class) bool { return true })
	if err != nil {
		t.Fatal(err)
	}
	const requests = "moved | outbound | requests to cart.shop.svc.cluster.local and 4 other names of the host on port 80, where path is "
	want := []string{
		requests + `"/old" | REDIRECTED 301 http://cart.shop.svc.cluster.local/a | REDIRECTED 301 http://cart.shop.svc.cluster.local/b | bank/teller+office/clerk+shop/cart`,
		requests + `"/gone" | DIRECT_RESPONSE 410 | DIRECT_RESPONSE 404 | bank/teller+office/clerk+shop/cart`,
		requests + `"/lost" | DIRECT_RESPONSE 410 | DIRECT_RESPONSE 404 | bank/teller+office/clerk+shop/cart`,
		requests + `"/swap" | DIRECT_RESPONSE 200 | DIRECT_RESPONSE 404 | bank/teller+office/clerk+shop/cart`,
	}
	if d := cmp.Diff(want, shownChanges(r)); d != "" {
		t.Errorf("changes (-want +got):\n%s", d)
	}
}

// TestRequests compares what two meshes answer to requests that were seen.
func TestRequests(t *testing.T) {
	old, new := worlds(t)
	r := explain.NewReport()
	for _, seen := range []struct{ namespace, name, path string }{
		{"shop", "cart", "/gone"}, {"shop", "cart", "/lost"}, {"bank", "teller", "/gone"}, {"bank", "teller", "/gone"},
		{"bank", "teller", "/old"}, {"bank", "teller", "/swap"}, {"bank", "teller", "/same"},
	} {
		call := simulate.Call{Proxy: simulate.Proxy{Namespace: seen.namespace, Name: seen.name}, URL: "http://cart.shop" + seen.path}
		var answers [2]*simulate.Trace
		for i, w := range []*pipeline.World{old, new} {
			answer, err := w.Trace(call, pipeline.TraceOptions{})
			if err != nil {
				t.Fatal(err)
			}
			answers[i] = answer
		}
		r.Request(explain.See(call, answers[0], answers[1]))
	}
	report := r.Done()
	const requests = "moved | outbound | requests such as this one | "
	want := []string{
		requests + "DIRECT_RESPONSE 410 | DIRECT_RESPONSE 404 | shop/cart+bank/teller",
		requests + "REDIRECTED 301 http://cart.shop/a | REDIRECTED 301 http://cart.shop/b | bank/teller",
		requests + "DIRECT_RESPONSE 200 | DIRECT_RESPONSE 404 | bank/teller",
	}
	if d := cmp.Diff(want, shownChanges(report)); d != "" {
		t.Errorf("changes (-want +got):\n%s", d)
	}
	var counts []int
	for i := range report.Changes {
		counts = append(counts, report.Changes[i].Requests)
	}
	if d := cmp.Diff([]int{4, 1, 1}, counts); d != "" {
		t.Errorf("requests of each change (-want +got):\n%s", d)
	}
	if s := report.Summary; s.Requests != 7 || s.Moved != 6 {
		t.Errorf("%d of %d requests are answered differently, want 6 of 7", s.Moved, s.Requests)
	}
}
