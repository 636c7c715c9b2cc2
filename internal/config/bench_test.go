package config

import (
	"fmt"
	"strings"
	"testing"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/source"
)

// Both benchmarks decode the same VirtualServices; their ratio tells what the tree saves over istiod's way through JSON.
func BenchmarkDecode(b *testing.B) {
	var text strings.Builder
	const n = 300
	for i := range n {
		fmt.Fprintf(&text, `---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews-%[1]d, namespace: shop, labels: {app: reviews}}
spec:
  hosts: [reviews-%[1]d]
  http:
  - match:
    - headers: {x-user: {exact: qa}}
      uri: {prefix: /api/v%[1]d}
    route:
    - destination: {host: reviews-%[1]d, subset: v2, port: {number: 9080}}
      weight: 25
    - destination: {host: reviews-%[1]d, subset: v1}
      weight: 75
    timeout: 2.5s
    retries: {attempts: 3, perTryTimeout: 500ms, retryOn: "5xx,reset"}
`, i)
	}
	docs, problems := source.Parse(&source.File{Name: "x.yaml", Data: []byte(text.String())})
	if len(docs) != n || len(problems) > 0 {
		b.Fatal(len(docs), problems)
	}
	b.Run("sem", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if objects, _, found := Decode(docs, "default"); len(objects) != n || len(found) > 0 {
				b.Fatal(found)
			}
		}
	})
	b.Run("jsonpb", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			for _, doc := range docs {
				if err := (&networking.VirtualService{}).UnmarshalJSON(doc.Root.Get("spec").AppendJSON(nil)); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
}
