package recipe

import "testing"

// BenchmarkAll is what the list of recipes adds to every start of the program.
func BenchmarkAll(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		readAll()
	}
}
