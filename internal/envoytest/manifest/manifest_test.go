package manifest_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sem.example/internal/envoytest/manifest"
	"sem.example/internal/source"
)

const mesh = `apiVersion: v1
kind: Service
metadata: {name: web, labels: {a: b}}
spec: {ports: [{port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, labels: {a: b}}
spec:
  hosts: [web]
  http:
  - match: [{uri: {prefix: /a}}]
    timeout: 5s
    route: [{destination: {host: web}}]
  - route: [{destination: {host: other}, weight: 1}, {destination: {host: web}}]
---
apiVersion: v1
kind: Namespace
metadata: {name: shop}
`

const least = `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: web
spec:
  http:
  - route:
    - destination:
        host: other
`

func read(t *testing.T, text string) []manifest.Tree {
	t.Helper()
	docs, problems := source.Parse(&source.File{Name: "mesh.yaml", Data: []byte(text)})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	trees, err := manifest.Read(docs)
	if err != nil {
		t.Fatal(err)
	}
	return trees
}

func write(t *testing.T, docs []manifest.Tree) string {
	t.Helper()
	text, err := manifest.Write(docs)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// What is left is what a property needs, and the documents that were given are as they were.
func TestShrink(t *testing.T) {
	docs := read(t, mesh)
	before := write(t, docs)
	got := manifest.Shrink(docs, func(docs []manifest.Tree) bool { return strings.Contains(write(t, docs), "host: other") })
	if d := cmp.Diff(least, write(t, got)); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if d := cmp.Diff(before, write(t, docs)); d != "" {
		t.Errorf("the documents were changed (-before +after):\n%s", d)
	}
}

// A property of two documents keeps both.
func TestShrinkTogether(t *testing.T) {
	got := manifest.Shrink(read(t, mesh), func(docs []manifest.Tree) bool {
		named := func(kind string) bool {
			return slices.ContainsFunc(docs, func(d manifest.Tree) bool { return d["kind"] == kind })
		}
		return named("Service") && named("Namespace")
	})
	if len(got) != 2 || got[0]["kind"] != "Service" || got[1]["kind"] != "Namespace" {
		t.Errorf("%s", write(t, got))
	}
}
