package source

import (
	"encoding/json"
	"reflect"
	"testing"

	kyaml "sigs.k8s.io/yaml"
)

// FuzzRead holds reading to its promises: it never panics, every place lies inside of the file, and where nothing is
// wrong the tree is what sigs.k8s.io/yaml reads from the same bytes.
func FuzzRead(f *testing.F) {
	for _, text := range readings {
		f.Add(text)
	}
	for _, text := range []string{object, object + "a: &a [*a]", bomb()[:200], "a: {{ x }}", "\xef\xbb\xbfa: ü\r\nb: c", "{\"a\": [1, {}]}"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		file := &File{Name: "fuzz.yaml", Data: []byte(text)}
		c := content{file: file, named: true}
		c.parse()
		for _, p := range c.problems {
			inside(t, file, p.Range)
		}
		for _, d := range c.docs {
			places(t, file, d.Root)
		}
		docs, problems := Parse(&File{Name: "fuzz.yaml", Data: []byte(text)})
		if len(problems) > 0 || len(docs) != 1 || len(split(file.Data)) != 1 {
			return
		}
		want, err := kyaml.YAMLToJSON(file.Data)
		if err != nil {
			t.Fatalf("sigs.k8s.io/yaml refuses what was read without complaint: %v", err)
		}
		if got, _ := json.Marshal(docs[0].Root); !sameJSON(t, got, want) {
			t.Errorf("got %s, want %s", got, want)
		}
	})
}

func sameJSON(t *testing.T, a, b []byte) bool {
	return reflect.DeepEqual(decoded(t, a), decoded(t, b))
}

// places checks that all of a tree is in the file.
func places(t *testing.T, f *File, n *Node) {
	inside(t, f, n.Range)
	for _, item := range n.Items {
		places(t, f, item)
	}
	for _, field := range n.Fields {
		inside(t, f, field.Range)
		places(t, f, field.Value)
	}
}

func inside(t *testing.T, f *File, r Range) {
	if !r.Known() {
		return
	}
	if r.EndLine < r.Line || r.EndLine == r.Line && r.EndColumn < r.Column || r.Column < 1 {
		t.Errorf("the range %v ends before it begins", r)
	}
	f.Line(int(r.EndLine))
}
