package explain_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"sem.example/internal/diff"
	"sem.example/internal/explain"
	"sem.example/internal/pipeline"
)

// The list does not depend on the order of documents or on the layout of files, over all cases of the judges.
func TestRoutesAreStable(t *testing.T) {
	root := os.Getenv("SEM_ORACLE")
	if root == "" {
		t.Skip("SEM_ORACLE is not set")
	}
	meshes, err := filepath.Glob(filepath.Join(root, "cases", "*", "mesh.yaml"))
	if err != nil || len(meshes) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, mesh := range meshes {
		t.Run(filepath.Base(filepath.Dir(mesh)), func(t *testing.T) {
			t.Parallel()
			data, err := os.ReadFile(mesh)
			if err != nil {
				t.Fatal(err)
			}
			docs := strings.Split(string(data), "\n---\n")
			rand.New(rand.NewPCG(3, 4)).Shuffle(len(docs), func(i, j int) { docs[i], docs[j] = docs[j], docs[i] })
			dir := t.TempDir()
			for i, part := range [][]string{docs[:len(docs)/2], docs[len(docs)/2:]} {
				write(t, filepath.Join(dir, string(rune('a'+i))+".yaml"), strings.Join(part, "\n---\n"))
			}
			if diff := cmp.Diff(routes(t, mesh), routes(t, dir), cmpopts.IgnoreFields(diff.RouteDestination{}, "Endpoints")); diff != "" {
				t.Errorf("-in order +shuffled:\n%s", diff)
			}
		})
	}
}

// routes lists the routes of all proxies, without the lines that they are written on.
func routes(t *testing.T, path string) *diff.RouteList {
	t.Helper()
	w, err := pipeline.Load(pipeline.Options{Paths: []string{path}})
	if err != nil {
		t.Fatal(err)
	}
	classes, err := pipeline.Classes(w, w)
	if err != nil {
		t.Fatal(err)
	}
	list, err := explain.Routes(w, diff.DefaultLimits, classes)
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range list.Groups {
		for i := range g.Routes {
			if at := g.Routes[i].Written; at != nil {
				at.File, at.Line, at.Column = "", 0, 0
			}
		}
	}
	return list
}

// Why a route takes no request is told apart, and the request that takes one is right.
func TestRoutesReach(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mesh.yaml")
	write(t, path, `apiVersion: v1
kind: Service
metadata: {name: cart, namespace: shop}
spec: {clusterIP: 10.0.0.1, ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: cart, namespace: shop}
spec:
  hosts: [cart]
  http:
  - {match: [{uri: {prefix: /api}}], redirect: {uri: /1}}
  - {match: [{uri: {exact: /api/v2}}], redirect: {uri: /2}}
  - {match: [{authority: {exact: elsewhere.example}}], redirect: {uri: /3}}
  - {match: [{withoutHeaders: {x-user: {exact: root}}, method: {exact: PUT}}], redirect: {uri: /4}}
  - {match: [{scheme: {exact: https}}], redirect: {uri: /5}}
  - {match: [{method: {exact: PUT}}], redirect: {uri: /6}}
`)
	type route struct {
		Match    string
		Never    diff.Absence
		Location string
	}
	var got []route
	for _, r := range routes(t, path).Groups[0].Routes {
		if r.Host != "cart.shop.svc.cluster.local" {
			continue
		}
		one := route{Match: strings.Join(r.Match, " and "), Never: r.Never}
		if r.Response != nil {
			one.Location = r.Response.Location
		}
		got = append(got, one)
	}
	want := []route{
		{`path starts with "/api"`, "", "http://cart.shop.svc.cluster.local/1"},
		{`path is "/api/v2"`, diff.Covered, ""},
		{`authority is "elsewhere.example"`, diff.Impossible, ""},
		{`not (header x-user is "root") and method is "PUT"`, "", "http://cart.shop.svc.cluster.local/4"},
		{`scheme is "https"`, "", "https://cart.shop.svc.cluster.local/5"},
		{`method is "PUT"`, "", "http://cart.shop.svc.cluster.local/6"},
		{"anything else", "", ""},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// The connections that a sidecar forwards without reading them are listed too, by the name or the address that selects them; a
// host of several addresses is listed once.
func TestRoutesOfConnections(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mesh.yaml")
	write(t, path, `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: db, namespace: shop}
spec:
  hosts: [db]
  tcp: [{route: [{destination: {host: db}, weight: 25}, {destination: {host: api.example.com, port: {number: 443}}, weight: 75}]}]
---
apiVersion: v1
kind: Service
metadata: {name: db, namespace: shop}
spec: {clusterIP: 10.0.0.1, ports: [{name: mysql, port: 3306}]}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec: {hosts: [api.example.com], resolution: DNS, ports: [{number: 443, name: tls, protocol: TLS}]}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: queue, namespace: shop}
spec: {hosts: [queue.example.com], addresses: [10.9.0.1, 10.9.0.2], resolution: STATIC, ports: [{number: 5672, name: tcp, protocol: TCP}], endpoints: [{address: 192.0.2.1}]}
`)
	var got []string
	for _, r := range routes(t, path).Groups[0].Routes {
		line := strings.Join(r.Hosts, ",")
		for _, d := range r.Destinations {
			line += fmt.Sprintf(" to %g of %s:%d", d.Share, d.Host, d.Port)
		}
		got = append(got, line+" by "+r.Command)
	}
	want := []string{
		"api.example.com to 1 of api.example.com:443 by sem trace --from shop/application --sni api.example.com --tls tls tls://api.example.com:443",
		"db.shop.svc.cluster.local to 0.25 of db.shop.svc.cluster.local:3306 to 0.75 of api.example.com:443 by sem trace --from shop/application --dst-ip 10.0.0.1 tcp://db.shop.svc.cluster.local:3306",
		"queue.example.com to 1 of queue.example.com:5672 by sem trace --from shop/application --dst-ip 10.9.0.1 tcp://queue.example.com:5672",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// A listener for every address names none, whatever the family: the request that is shown asks for the host alone.
func TestRoutesOfFamilies(t *testing.T) {
	for family, address := range map[string]string{"IPv4": "10.1.0.1", "IPv6": "2001:db8::1"} {
		path := filepath.Join(t.TempDir(), "mesh.yaml")
		write(t, path, `apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {security.istio.io/tlsMode: istio}}
spec: {containers: [{name: web}, {name: istio-proxy}]}
status: {phase: Running, podIP: "`+address+`", conditions: [{type: Ready, status: "True"}]}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec: {hosts: [api.example.com], resolution: DNS, ports: [{number: 443, name: tls, protocol: TLS}]}
`)
		var got []string
		for _, r := range routes(t, path).Groups[0].Routes {
			got = append(got, r.Command)
		}
		want := []string{"sem trace --from shop/web --sni api.example.com --tls tls tls://api.example.com:443"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", family, diff)
		}
	}
}
