package source

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const placed = `apiVersion: v1
kind: X
metadata:
  name: web
  labels: {"a.b/c": 'd', plain: x}
spec:
  list:
  - name: one
    deep: [1, "two"]
  - &anchor
    name: three
  - *anchor
  text: |
    more
  nothing:
  tagged: !!str 12
  folded: one
    two
`

// Every path has the place that a reader would look at; a path that leads nowhere has that of where it ends.
func TestPlaces(t *testing.T) {
	docs, problems := Parse(&File{Name: "x.yaml", Data: []byte(placed)})
	if len(docs) != 1 || len(problems) > 0 {
		t.Fatal(len(docs), problems)
	}
	doc := docs[0]
	under := func(r Range) string {
		text := doc.File.text(r)
		return fmt.Sprintf("%d:%d %s", r.Line, r.Column, strings.ReplaceAll(text, "\n", "|"))
	}
	tests := []struct{ path, value, key string }{
		{"metadata.name", "4:9 web", "4:3 name"},
		{`metadata.labels["a.b/c"]`, "5:21 'd'", `5:12 "a.b/c"`},
		{"metadata.labels", `5:11 {"a.b/c": 'd', plain: x}`, "5:3 labels"},
		{"spec", "6:1 spec", "6:1 spec"},
		{"spec.list", "7:3 list", "7:3 list"},
		{"spec.list[0]", `8:5 name: one|    deep: [1, "two"]`, `8:5 name: one|    deep: [1, "two"]`},
		{"spec.list[0].deep[1]", `9:15 "two"`, `9:15 "two"`},
		{"spec.list[1].name", "11:11 three", "11:5 name"},
		{"spec.list[2]", "12:5 *anchor", "12:5 *anchor"},
		{"spec.list[2].name", "11:11 three", "11:5 name"},
		{"spec.text", "13:9 |", "13:3 text"},
		{"spec.nothing", "15:3 nothing", "15:3 nothing"},
		{"spec.tagged", "16:17 12", "16:3 tagged"},
		{"spec.folded", "17:11 one", "17:3 folded"},
		{"spec.list[7].x", "7:3 list", "7:3 list"},
		{"metadata.namespace", "3:1 metadata", "3:1 metadata"},
		{"status.x", "1:1 apiVersion: v1|kind: X|metadata:|  name: web|  labels: {\"a.b/c\": 'd', plain: x}|spec:|  list:|  - name: one|    deep: [1, \"two\"]|  - &anchor|    name: three|  - *anchor|  text: ||    more|  nothing:|  tagged: !!str 12|  folded: one", ""},
	}
	for _, test := range tests {
		if diff := cmp.Diff(test.value, under(doc.At(test.path))); diff != "" {
			t.Errorf("%s: %s", test.path, diff)
		}
		if got := under(doc.KeyAt(test.path)); test.key != "" && got != test.key {
			t.Errorf("the key of %s: %s, want %s", test.path, got, test.key)
		}
	}
	if doc.Lookup("spec.list[0].deep[1]").Text != "two" || doc.Lookup("spec.list[9]") != nil || doc.Lookup("spec.x.y") != nil {
		t.Error("Lookup")
	}
}

// A path that is put together leads to where its parts lead.
func TestPaths(t *testing.T) {
	for _, key := range []string{"plain", "with.dot", "with[bracket]", `with"quote`, "", "ünïcode", "0"} {
		doc := &Document{Root: &Node{Kind: Map, Fields: []Field{{Key: key, Value: &Node{Kind: List, Items: []*Node{{Text: "0"}, {
			Kind: Map, Fields: []Field{{Key: key, Value: &Node{Text: "found"}}}}}}}}}}
		path := Join(Index(Join("", key), 1), key)
		if n := doc.Lookup(path); n == nil || n.Text != "found" {
			t.Errorf("%q leads nowhere", path)
		}
	}
}

// A document that is written as a text in another keeps its places where it is a literal block.
func TestEmbedded(t *testing.T) {
	docs, _ := Parse(&File{Name: "x.yaml", Data: []byte(`data:
  block: |
    a: b

    c:
    - ü: d
    e: "x
  quoted: "a: b\nc: [d]"
  broken: |-
    a: b: c
  number: 1
`)})
	var got []string
	for _, path := range []string{"data.block", "data.quoted", "data.broken", "data.number", "data.none"} {
		inner, problems := docs[0].Embedded(path)
		out := inner.Root.AppendJSON(nil)
		got = append(got, fmt.Sprintf("%s %s at %s", path, out, underlined(docs[0].File, inner.At("c"))))
		for _, p := range problems {
			got = append(got, told(p))
		}
	}
	want := []string{
		`data.block {} at 2:10 "|"`, `7:8 Syntax "\"" the quote that opens here is never closed`,
		`data.quoted {"a":"b","c":["d"]} at 8:11 "\"a: b\\nc: [d]\""`,
		`data.broken {} at 9:11 "|-"`, `10:9 Syntax ":" a ":" does not belong here`,
		`data.number {} at 11:11 "1"`, `data.none {} at 1:1 "data"`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	docs, _ = Parse(&File{Name: "x.yaml", Data: []byte("data:\n  block: |\n    a: b\n\n    c:\n    - ü: d\n")})
	inner, _ := docs[0].Embedded("data.block")
	if at := underlined(docs[0].File, inner.At("c[0].ü")); at != `6:10 "d"` {
		t.Error(at)
	}
	if part := docs[0].Part("data"); part.Lookup("block") == nil || docs[0].Part("none").Root.Kind != Map {
		t.Error("Part")
	}
}
