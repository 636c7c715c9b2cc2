package schema

import (
	"testing"

	"sem.example/internal/source"
)

// right returns the documents that the checks call right.
func right(b *testing.B) []*source.Document {
	b.Helper()
	var docs []*source.Document
	for _, c := range Checks() {
		found, problems := source.Parse(&source.File{Name: c.ID, Data: []byte(c.Right)})
		if len(problems) > 0 {
			b.Fatal(problems)
		}
		docs = append(docs, found...)
	}
	return docs
}

// BenchmarkAccepts is what a document costs that is right.
func BenchmarkAccepts(b *testing.B) {
	docs := right(b)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if !Accepts(docs[i%len(docs)]) {
			b.Fatal("not accepted")
		}
	}
}

// BenchmarkExplain is what a document costs that CUE has to look at.
func BenchmarkExplain(b *testing.B) {
	docs := right(b)
	for i := 0; b.Loop(); i++ {
		doc := docs[i%len(docs)]
		if found := ask(doc.Kind, doc.Root, nil); len(found) > 0 {
			b.Fatal(found)
		}
	}
}

// BenchmarkCompile is what the first VirtualService costs.
func BenchmarkCompile(b *testing.B) {
	docs, _ := source.Parse(&source.File{Name: "vs", Data: []byte(virtualServiceRules[0].Right)})
	for b.Loop() {
		forget()
		if !Accepts(docs[0]) {
			b.Fatal("not accepted")
		}
	}
}

// forget empties the library.
func forget() {
	clear(library.parsed)
	clear(library.byName)
}
