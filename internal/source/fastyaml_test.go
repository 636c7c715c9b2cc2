package source

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.yaml.in/yaml/v3"
)

// slow reads a document with a whole parser.
func slow(f *File, ch chunk, base int32) (*Node, []Problem) {
	var doc yaml.Node
	if err := yaml.Unmarshal(ch.text, &doc); err != nil {
		return nil, []Problem{{Message: err.Error()}}
	}
	g := &treeBuilder{file: f, shift: base, arena: &arena{}}
	root := g.build(doc.Content[0])
	return root, append(g.trouble, g.doubts...)
}

// compare holds the fast reader to the parser, documents that it leaves to the parser aside. It returns how many
// documents it read.
func compare(t *testing.T, text string) (read, all int) {
	f := &File{Name: "x.yaml", Data: []byte(text)}
	c := content{file: f}
	f.once.Do(f.scan)
	if !c.text() {
		return 0, 0
	}
	for _, ch := range split(f.Data) {
		if blank(ch.text) {
			continue
		}
		all++
		base := int32(f.before(c.base(ch)))
		got := fastTree(string(ch.text), base, &arena{})
		if got == nil {
			continue
		}
		read++
		want, problems := slow(f, ch, base)
		if len(problems) > 0 {
			t.Fatalf("%q: read by the fast reader in spite of: %s", ch.text, problems[0].Message)
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%q (-parser +fast):\n%s", ch.text, diff)
		}
	}
	return read, all
}

var fastTexts = []string{
	"a: b\n", "---\na: b\nc:\n", "--- # x\n# y\na: b # z\n\n  # w\nc: d\n", "a:\n  b:\n    c: d\n  e: f\n",
	"a:\n- b\n- c\nd:\n  - e\n  -   f: g\n      h: i\n  -\n    j: k\n  - - l\n    - m\n",
	"a: [b, 'c', \"d\", 1, {e: f, g: [h]}, []]\nb: {}\n", "'a': \"b\"\n\"c\": 'd'\n", "a: http://x/y?z=1\nb: a:b:c\nc: a#b\nd: x, y [z]\n",
	"a: yes\nb: 1\nc: 1.5\nd: null\ne: ~\nf: 0x10\nno: x\nnote: y\n", "a: größe # ü\nü: [ß, x]\n", "a: b\r\nc:\r\n- d\r\n", "- a\n- b: c\n", "a: -1\nb: -x\nc: .5\nd: <x>\n",
	"a: *b\n", "a: &b c\n", "a: |\n  b\n", "a: b\n  c\n", "a: 'b\n  c'\n", "a: \"b\\n\"\n", "a: 'it''s'\n", "a: !!str 1\n", "? a\n: b\n", "a:\tb\n", "a: [b,\n c]\n", "a: {b: , c}\n", "a: {b:c}\n",
	"a: |\n  b\n   c\n\n  d\n\n\ne: |-\n f\n\ng: |+\n    h\n\ni: j\n", "- |\n a\n- |-\n  b\n", "a: | # x\n  b\n", "a: |\n\n\n  b\n", "a: |\n  b\n c\n", "a: |\n   \n  b\n",
	"a: |\nb: c\n", "a: |\n  b", "a:\n  b: |\n    c\n  # d\n  e: f\n", "a: |\r\n  b\r\n\r\nc: d\r\n", "a: |2\n  b\n", "a: |\n  \n  b\n  \n", "a: |-\n  b\n\n# c\n", "a: |+\n\n  b\n\n", "- - |\n   b\n  - c\n",
	"a: \"b\\\"c\\\\d\\n\"\n", "a: \"\\u0041\"\n", "a: \"b\\\"\n", "'a''b': 'c''''d'\n", "\"a\\\"b\": c\n", "a: 'b\\'\n", "a: {\"b\\\"c\": 'd''e'}\n",
	"a: b: c\n", "a: b\na: c\n", "a:\n b: c\n  d: e\n", "a:\n  - b\n c: d\n", "a: 017\n", "y: 1\n", "<<: {a: b}\n", "a: b\n...\nc: d\n", "%YAML 1.1\n---\na: b\n", "a: [b]]\n", "a: 'b' c\n", "a:b\n", "a: - b\n", "a: [a b, c d ]\n", "a : b\n",
	"a: x #\nb: x#\n", "a: {b: c #}\n", "a: [-1, - 1]\n", "a: ''\nb: \"\"\n", "a: {'b': c, \"d\": e}\n", "a: [b:c, d]\n", "- \n- a\n", "-\n  a: b\n- c\n", "a:\n# x\n  # y\n  b: c\n",
}

func TestFastReader(t *testing.T) {
	for _, text := range fastTexts {
		compare(t, text)
	}
	for _, key := range []string{strings.Repeat("k", 1100), `"` + strings.Repeat("k", 1100) + `"`, "'" + strings.Repeat("k", 1023) + "'"} {
		compare(t, key+": a\n")
		compare(t, "- "+key+": a\n")
		compare(t, "a: {b: c, "+key+": d}\n")
		compare(t, "? "+key+"\n: a\n")
	}
	if read, _ := compare(t, string(stream(5))); read != 5 {
		t.Errorf("%d of 5 ordinary documents are read by the fast reader", read)
	}
}

// Nearly every document of the reference meshes is read by the fast reader.
func TestFastReaderReference(t *testing.T) {
	folder := os.Getenv("SEM_ORACLE")
	if folder == "" {
		t.Skip("SEM_ORACLE does not name the folder of the reference meshes")
	}
	meshes, _ := filepath.Glob(filepath.Join(folder, "cases", "*", "mesh.yaml"))
	read, all := 0, 0
	for _, name := range meshes {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		r, a := compare(t, string(data))
		read, all = read+r, all+a
	}
	if t.Logf("%d of %d", read, all); read*10 < all*9 {
		t.Errorf("only %d of %d documents are read by the fast reader", read, all)
	}
}

// FuzzFastReader looks for a document that the fast reader reads otherwise than the parser.
func FuzzFastReader(f *testing.F) {
	for _, text := range append(append([]string{string(stream(1))}, fastTexts...), readings...) {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) { compare(t, text) })
}
