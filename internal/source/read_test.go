package source

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	kyaml "sigs.k8s.io/yaml"
)

// readings are documents in which YAML has more to say than one might think.
var readings = []string{
	"a: on\nb: yes\nc: no\nd: y\ne: n\nf: off\ng: True\nh: NULL\ni: ~\nj:\n",
	"a: 017\nb: 0o17\nc: 0x1F\nd: 0b11\ne: 1_000\nf: 1:30\ng: -5\nh: +5\ni: 1e3\nj: .5\nk: 5.\nl: 123456789012345678901234567890\nm: 18446744073709551615",
	"a: 2001-12-14\nb: 2001-12-14T21:59:43Z\nc: 10s\nd: 10.0.0.1\ne: 1.10\nf: 1.0\nh: ...\ni: +\nj: -x\n",
	"a: 'on'\nb: \"1\"\nc: !!str 1\nd: ! 1\ne: !!int \"3\"\nf: !!float 3\ng: !foo bar\nh: !!binary aGVsbG8=\n",
	"on: 1\n1: x\n1.5: y\nfalse: z\n0x10: h\n1e3: e\n",
	"x: &x {a: 1, b: 2}\ny: {<<: *x, b: 3}\nz:\n  b: 4\n  <<: *x\nw: {<<: [*x, {b: 9, c: 8}]}\nv: [*x, *x]\n",
	"a: |\n  one\n  two\nb: >-\n  one\n  two\n\n  three\nc: \"x\\\n  y\"\nd: plain\n  goes on\n\n  here\n",
	"a: &a\n  b: c\n? key\n: value\n\"quoted key\": 1\n",
	"- 1\n- [2, 3]\n- {a: b}\n", "just text", "12", "---\na: b\n", "%YAML 1.1\n---\na: b\n",
	"a: {b: [], c: {}, d: '', e: \"\"}\n", "{\"a\": 1, \"b\": [true, null]}",
	"a:\r\n  b: c\r\n", "\xef\xbb\xbfa: b\n", "a: é\nü: [ß, x]\n", "<<: {a: b}\n", "a: <<\n",
}

// The tree of a document is what sigs.k8s.io/yaml reads from the same bytes.
func TestTreeIsKubernetesReading(t *testing.T) {
	for _, text := range readings {
		if got, want := jsonOf(t, text), kubernetes(t, text); got != nil || want != nil {
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%q (-sigs +sem):\n%s", text, diff)
			}
		}
	}
}

func kubernetes(t *testing.T, text string) any {
	out, err := kyaml.YAMLToJSON([]byte(text))
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return decoded(t, out)
}

func decoded(t *testing.T, text []byte) any {
	dec := json.NewDecoder(strings.NewReader(string(text)))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

func jsonOf(t *testing.T, text string) any {
	docs, problems := Parse(&File{Name: "test.yaml", Data: []byte(text)})
	if len(problems) > 0 || len(docs) != 1 {
		t.Fatalf("%q: %d documents, %v", text, len(docs), problems)
	}
	out, err := json.Marshal(docs[0].Root)
	if err != nil {
		t.Fatal(err)
	}
	return decoded(t, out)
}

func TestWritten(t *testing.T) {
	docs, _ := Parse(&File{Name: "x.yaml", Data: []byte("a: 1.10\nb: on\nc: 'x'\nd: ~\ne: 0x10\nf:\n")})
	var got []string
	for _, key := range []string{"a", "b", "c", "d", "e", "f"} {
		got = append(got, docs[0].ScalarText(docs[0].Lookup(key)))
	}
	if diff := cmp.Diff([]string{"1.10", "on", "x", "~", "0x10", ""}, got); diff != "" {
		t.Error(diff)
	}
}
