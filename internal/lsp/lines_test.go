package lsp

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sem.example/internal/source"
)

func TestLines(t *testing.T) {
	text := "a😀b\r\nä\rz\u2028y\n"
	tests := map[string]struct {
		offset int
		at     position
	}{
		"start":               {0, position{0, 0}},
		"before the emoji":    {1, position{0, 1}},
		"behind the emoji":    {5, position{0, 3}},
		"end of the line":     {6, position{0, 4}},
		"second line":         {8, position{1, 0}},
		"behind the umlaut":   {10, position{1, 1}},
		"after a return":      {11, position{2, 0}},
		"a break of YAML":     {12, position{2, 1}},
		"behind that":         {15, position{2, 2}},
		"last line, is empty": {17, position{3, 0}},
	}
	l := linesOf([]byte(text))
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.at, l.position(test.offset)); diff != "" {
				t.Errorf("position (-want +got):\n%s", diff)
			}
			if got := l.offset(test.at); got != test.offset {
				t.Errorf("offset %d, want %d", got, test.offset)
			}
		})
	}
	for p, want := range map[position]int{{0, 99}: 6, {0, 2}: 1, {9, 0}: len(text), {-1, 0}: 0, {1, -3}: 8} {
		if got := l.offset(p); got != want {
			t.Errorf("%v is at %d, want %d", p, got, want)
		}
	}
}

func TestRangeOfFile(t *testing.T) {
	f := &source.File{Name: "a.yaml", Data: []byte("\xef\xbb\xbfa: 😀b\n")}
	got := new(snapshot).rangeIn(f, source.Range{Line: 1, Column: 4, EndLine: 1, EndColumn: 6})
	if diff := cmp.Diff(textRange{position{0, 3}, position{0, 6}}, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if got := new(snapshot).rangeIn(nil, source.Range{}); got != (textRange{}) {
		t.Error(got)
	}
}

func TestFolder(t *testing.T) {
	f := folder{"/src/my mesh"}
	for uri, want := range map[string]string{
		"file:///src/my%20mesh/a/b.yaml":          "a/b.yaml",
		"file://localhost/src/my%20mesh/%C3%A4":   "ä",
		"file:///src/my%20mesh/../other/b.yaml":   "",
		"file:///src/my%20mesh2/b.yaml":           "",
		"file://elsewhere/src/my%20mesh/b.yaml":   "",
		"untitled:Untitled-1":                     "",
		"file:///src/my%20mesh/a/../../../passwd": "",
		"": "",
	} {
		if got, ok := f.name(uri); got != want && ok || ok != (want != "") {
			t.Errorf("%s: %q, %v, want %q", uri, got, ok, want)
		}
	}
	if got := f.uri("a/ä b.yaml"); got != "file:///src/my%20mesh/a/%C3%A4%20b.yaml" {
		t.Error(got)
	}
}

// Lines that change are those of the text that results, whatever ends them.
func TestReplace(t *testing.T) {
	pieces := []string{"", "\r", "\n", "\r\n", "a", "ä😀", "\xef\xbb\xbf", "a\rb\n\n", "\n\r\r"}
	random := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		l := linesOf(nil)
		for range 12 {
			start := l.starts[0] + random.IntN(len(l.text)-l.starts[0]+1)
			end := start + random.IntN(len(l.text)-start+1)
			before := string(l.text)
			l = l.replace(start, end, pieces[random.IntN(len(pieces))])
			if diff := cmp.Diff(linesOf(l.text).starts, l.starts); diff != "" {
				t.Fatalf("%q[%d:%d] became %q (-want +got):\n%s", before, start, end, l.text, diff)
			}
		}
	}
}

// BenchmarkChanged replaces a word that is in each of 10,000 lines.
func BenchmarkChanged(b *testing.B) {
	text := []byte(strings.Repeat("- host: reviews.shop.svc.cluster.local # the one\n", 10_000))
	changes := make([]contentChange, 10_000)
	for i := range changes {
		changes[i] = contentChange{Range: &textRange{position{i, 8}, position{i, 15}}, Text: "ratings"}
	}
	for b.Loop() {
		changed(text, changes)
	}
}
