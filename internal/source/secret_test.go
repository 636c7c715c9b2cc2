package source

import (
	"testing"
)

// TestExcerpt: what belongs to a Secret is masked, and nothing else.
func TestExcerpt(t *testing.T) {
	for name, c := range map[string]struct {
		file, text   string
		line, column int32
		parsed       bool
		want         string
	}{
		"of another document":                    {"a.yaml", "kind: Secret\ndata: {a: b}\n---\nkind: Gateway\nspec: {x: 1}\n", 5, 1, true, "spec: {x: 1}"},
		"of a Secret":                            {"a.yaml", "kind: Gateway\n---\nkind: Secret\ndata: {a: b}\n", 4, 8, true, ""},
		"beside a Secret":                        {"a.json", `{"items": [{"kind": "Secret", "data": {"a": "ü}"}}, {"kind": "Gateway"}]}`, 1, 54, true, `{"items": [***************************************, {"kind": "Gateway"}]}`},
		"that is not parsed":                     {"a.yaml", "kind: List\nitems:\n- kind: Secret\n  data: {a: b}\n- a: b: c\n", 5, 7, false, ""},
		"before a Secret":                        {"a.yaml", "items:\n- spec: 1\n- data: {a: b}\n  kind: Secret # it is\n- spec: 2\n", 2, 3, true, "- spec: 1"},
		"behind a Secret":                        {"a.yaml", "items:\n- spec: 1\n- data: {a: b}\n  kind: \"Secret\"\n- spec: 2\n", 5, 3, true, "- spec: 2"},
		"of a Secret in a list, before its kind": {"a.yaml", "items:\n- spec: 1\n- data: {a: b}\n\n  kind: 'Secret'\n- spec: 2\n", 3, 10, true, ""},
		"of a Secret in CUE":                     {"a.cue", "a: kind: \"Secret\"\n\nb: 1\n", 3, 4, true, ""},
		"that names a Secret only":               {"a.yaml", "kind: SecretClass\nspec: kind of Secret\n", 2, 3, true, "spec: kind of Secret"},
	} {
		t.Run(name, func(t *testing.T) {
			p := Place{File: &File{Name: c.file, Data: []byte(c.text)}, Exact: Range{Line: c.line, Column: c.column, EndLine: c.line, EndColumn: c.column + 1}}
			if c.parsed {
				p.Doc = &Document{File: p.File, Kind: "Gateway"}
			}
			if got := p.Excerpt(); got != c.want {
				t.Errorf("excerpt %q, want %q", got, c.want)
			}
		})
	}
}
