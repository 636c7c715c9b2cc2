package explain

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"sem.example/internal/diag"
	"sem.example/internal/pipeline"
	"sem.example/simulate"
)

// entryAndRules is one external host of a generated mesh with its rules.
const entryAndRules = `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api-%[1]d, namespace: team-%[2]d}
spec:
  hosts: [api-%[1]d.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: DNS
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api-%[1]d, namespace: team-%[2]d}
spec:
  host: api-%[1]d.example.com
  trafficPolicy: {connectionPool: {tcp: {maxConnections: 100}}}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api-%[1]d, namespace: team-%[2]d}
spec:
  hosts: [api-%[1]d.example.com]
  http:
  - route: [{destination: {host: api-%[1]d.example.com, port: {number: 80}}}]
    timeout: 5s
---
`

// BenchmarkBatch answers calls to one host after the other, each explained, from one proxy in meshes of 100 and 10,000 hosts. A
// call must not cost more in the larger one.
func BenchmarkBatch(b *testing.B) {
	for _, hosts := range []int{100, 10_000} {
		b.Run(fmt.Sprint(hosts), func(b *testing.B) {
			files := fstest.MapFS{}
			for first := 0; first < hosts; first += 100 {
				var text strings.Builder
				for i := first; i < first+100; i++ {
					fmt.Fprintf(&text, entryAndRules, i, i%50)
				}
				files[fmt.Sprintf("mesh-%05d.yaml", first)] = &fstest.MapFile{Data: []byte(text.String())}
			}
			read, err := pipeline.Load(pipeline.Options{FS: files, Paths: []string{"."}})
			if err != nil {
				b.Fatal(err)
			}
			w := New(read, diag.Policy{})
			ask := func(i int) {
				t, err := w.Trace(simulate.Call{
					Proxy: simulate.Proxy{Type: "sidecar", Namespace: "team-1", Name: "client"},
					URL:   fmt.Sprintf("http://api-%d.example.com/v1/x", i%hosts),
				}, pipeline.TraceOptions{Follow: true})
				if err != nil || !t.Verdict.Succeeded() {
					b.Fatal(err, t)
				}
			}
			ask(0) // works out what all calls have in common
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				ask(i % 100)
				i++
			}
		})
	}
}
