package lsp

import (
	"fmt"
	"strings"
	"testing"

	"sem.example/internal/pipeline"
)

// host is what the world of the benchmark has a thousand of, in fifty namespaces: three resources.
const host = `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api-%[1]d, namespace: team-%[2]d}
spec:
  hosts: [api-%[1]d.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}, {number: 443, name: tls, protocol: TLS}]
  resolution: DNS
  endpoints: [{address: api-%[1]d.internal, labels: {version: a}}]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api-%[1]d, namespace: team-%[2]d}
spec:
  host: api-%[1]d.example.com
  subsets: [{name: %[3]s, labels: {version: a}}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api-%[1]d, namespace: team-%[2]d}
spec:
  hosts: [api-%[1]d.example.com]
  http:
  - match: [{uri: {prefix: /v1}}]
    route: [{destination: {host: api-%[1]d.example.com, subset: a, port: {number: 80}}}]
  - route: [{destination: {host: api-%[1]d.example.com, subset: a, port: {number: 80}}}]
`

// BenchmarkChange changes a file of a world of 3,000 resources: how long the world is examined again, and how long the editor waits for
// the diagnostics, the wait for further changes included.
func BenchmarkChange(b *testing.B) {
	files := map[string]string{}
	for i := range 1000 {
		files[fmt.Sprintf("%04d.yaml", i)] = fmt.Sprintf(host, i, i%50, "a")
	}
	dir := write(b, files)
	texts := []string{fmt.Sprintf(host, 7, 7, "a"), fmt.Sprintf(host, 7, 7, "b")}
	missing := func(p publishDiagnosticsParams) int { return strings.Count(codesOf(p), "SEM105") } // where the subset is b
	b.Run("examine", func(b *testing.B) {
		b.Chdir(dir)
		var cache pipeline.Cache
		docs := map[string]document{}
		for i := 0; b.Loop(); i++ {
			docs["0007.yaml"] = document{uri: "7", name: "0007.yaml", text: []byte(texts[i%2])}
			s := examine(folder{dir}, docs, Config{}, &cache)
			if n := missing(published(s, "")["7"]); n != 2*(i%2) {
				b.Fatalf("%d findings", n)
			}
		}
	})
	b.Run("editor", func(b *testing.B) {
		e := editorIn(b, dir, func(string) (Config, error) { return Config{Options: pipeline.Options{}}, nil })
		e.open("0007.yaml", texts[0])
		change := func(i int) {
			e.retype("0007.yaml", texts[i%2])
			e.until("the change", func(shown map[string]publishDiagnosticsParams) bool { return missing(shown["0007.yaml"]) == 2*(i%2) })
		}
		change(1)
		for i := 0; b.Loop(); i++ {
			change(i)
		}
	})
}
