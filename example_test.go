package sem_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"testing/fstest"

	"sem.example"
)

// mesh is an external host, and a route that names a subset which no DestinationRule defines.
const mesh = `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  endpoints: [{address: 192.0.2.1, labels: {version: v1}}]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec:
  host: api.example.com
  subsets: [{name: v1, labels: {version: v1}}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http:
  - match: [{uri: {prefix: /v2}}]
    route: [{destination: {host: api.example.com, subset: v2}}]
  - route: [{destination: {host: api.example.com}}]
`

func load() *sem.Mesh {
	m, err := sem.LoadFS(fstest.MapFS{"mesh.yaml": {Data: []byte(mesh)}}, nil, sem.Options{})
	if err != nil {
		panic(err)
	}
	return m
}

func Example() {
	m, err := sem.Load([]string{"examples/redirect-to-external"}, sem.Options{})
	if err != nil {
		panic(err)
	}
	report, err := m.Validate(sem.ValidateOptions{})
	if err != nil {
		panic(err)
	}
	fmt.Println(report.Count(sem.SeverityError), "errors in", report.Documents, "documents")
	client := sem.Proxy{Namespace: "default", Name: "proxy"}
	trace, err := m.Trace(sem.Call{Proxy: client, URL: "http://webserver/"}, sem.TraceOptions{})
	if err != nil {
		panic(err)
	}
	fmt.Println(trace.Verdict, trace.Summary)
	// Output:
	// 0 errors in 4 documents
	// DELIVERED The server receives GET /mcasperson/NodejsProxy/master/externalservice1.txt with Host: raw.githubusercontent.com, over TLS.
}

func ExampleMesh_Validate() {
	report, err := load().Validate(sem.ValidateOptions{})
	if err != nil {
		panic(err)
	}
	for _, f := range report.Findings {
		fmt.Printf("%s:%d: %s %s: %s\n", f.Place.File, f.Place.Line, f.Severity, f.ID, f.Message)
	}
	// Output:
	// mesh.yaml:16: info SEM207: no route uses subset "v1" of "api.example.com"
	// mesh.yaml:25: error SEM105: subset "v2" of "api.example.com" is not defined
}

func ExampleMesh_Trace() {
	client := sem.Proxy{Namespace: "shop", Name: "web"}
	trace, err := load().Trace(sem.Call{Proxy: client, URL: "http://api.example.com/v2/items"}, sem.TraceOptions{})
	if err != nil {
		panic(err)
	}
	fmt.Println(trace.Verdict, trace.Status, trace.ResponseFlags)
	for _, step := range trace.Hops[0].Steps {
		fmt.Println(step.Stage, step.Chose)
	}
	fmt.Println(trace.Fix)
	// Output:
	// NO_CLUSTER 503 NC
	// listener 0.0.0.0_80
	// filterChain filter chain 1 of 1
	// virtualHost api.example.com:80
	// route rule 1 of 2
	// cluster outbound|80|v2|api.example.com
	// in VirtualService shop/api (mesh.yaml:25) spec.http[0].route[0].destination.subset: did you mean "v1"?
}

func ExampleWriteTrace() {
	client := sem.Proxy{Namespace: "shop", Name: "web"}
	trace, err := load().Trace(sem.Call{Proxy: client, URL: "http://api.example.com/"}, sem.TraceOptions{})
	if err != nil {
		panic(err)
	}
	if err := sem.WriteTrace(os.Stdout, trace); err != nil {
		panic(err)
	}
	// Output:
	// → delivered   GET http://api.example.com/   from shop/web
	//
	//   listener      0.0.0.0_80                    port 80 of ServiceEntry shop/api           mesh.yaml:7
	//   virtual host  api.example.com:80            domain "api.example.com"                  mesh.yaml:22
	//   route         rule 2 of 2                   path starts with "/"                      mesh.yaml:26
	//   cluster       outbound|80||api.example.com  endpoints by EDS, outside the mesh         mesh.yaml:6
	//   TLS           plaintext                     no DestinationRule sets TLS
	//   endpoint      192.0.2.1:80                  the only endpoint of the cluster           mesh.yaml:9
	//
	//   The server receives GET / with Host: api.example.com, in plaintext.
}

func ExampleMesh_Render() {
	client := sem.Proxy{Namespace: "shop", Name: "web"}
	var out bytes.Buffer
	if err := load().Render(&out, client, sem.RenderOptions{Types: []string{"clusters"}, FQDN: "api.example.com"}); err != nil {
		panic(err)
	}
	var resources struct{ Clusters []struct{ Name, Type string } }
	if err := json.Unmarshal(out.Bytes(), &resources); err != nil {
		panic(err)
	}
	for _, c := range resources.Clusters {
		fmt.Println(c.Type, c.Name)
	}
	// Output:
	// EDS outbound|80|v1|api.example.com
	// EDS outbound|80||api.example.com
}
