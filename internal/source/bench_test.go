package source

import (
	"bytes"
	"fmt"
	"testing"

	"go.yaml.in/yaml/v3"
	kyaml "sigs.k8s.io/yaml"
)

// stream is a file of n objects as people write them.
func stream(n int) []byte {
	var b bytes.Buffer
	for i := range n {
		fmt.Fprintf(&b, `---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: reviews-%[1]d
  namespace: team-%[2]d
  labels:
    app.kubernetes.io/name: reviews
spec:
  hosts:
  - reviews-%[1]d.team-%[2]d.svc.cluster.local
  http:
  # the beta for those who asked for it
  - match:
    - headers:
        x-user:
          exact: "qa"
      uri: {prefix: /api/v%[1]d}
    route:
    - destination: {host: reviews-%[1]d, subset: v2, port: {number: 9080}}
      weight: 25
    - destination:
        host: reviews-%[1]d
        subset: v1
      weight: 75
    timeout: 2.5s
    retries:
      attempts: 3
      perTryTimeout: 500ms
      retryOn: 5xx,reset
`, i, i%7)
	}
	return b.Bytes()
}

// The three benchmarks read the same bytes, so that their ratio tells what positions cost.
func BenchmarkRead(b *testing.B) {
	text := stream(300)
	b.Run("sem", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		b.ReportAllocs()
		for b.Loop() {
			if docs, problems := Parse(&File{Name: "x.yaml", Data: text}); len(docs) != 300 || len(problems) > 0 {
				b.Fatal(len(docs), problems)
			}
		}
	})
	b.Run("syntax", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		b.ReportAllocs()
		for b.Loop() {
			for _, ch := range split(text) {
				var n yaml.Node
				_ = yaml.Unmarshal(ch.text, &n)
			}
		}
	})
	b.Run("sigs.k8s.io", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		b.ReportAllocs()
		for b.Loop() {
			for _, ch := range split(text) {
				_, _ = kyaml.YAMLToJSON(ch.text)
			}
		}
	})
}
