package schema

import (
	"testing"

	"sem.example/internal/source"
)

// FuzzAgree holds the checker and the findings to CUE on any input that can be read.
func FuzzAgree(f *testing.F) {
	for _, c := range Checks() {
		f.Add([]byte(c.Right))
		f.Add([]byte(c.Wrong))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		docs, _ := source.Parse(&source.File{Name: "fuzz.yaml", Data: data})
		for _, doc := range docs {
			agree(t, "fuzz", doc)
		}
	})
}
