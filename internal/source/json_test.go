package source

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestJSON(t *testing.T) {
	text := "\ufeff{\n\t\"apiVersion\": \"v1\", \"kind\": \"X\",\n\t\"ü\": [1.50, -2e3, true, null, \"\\ud83d\\ude00\\/\", {}, []],\n\t\"n\": 12345678901234567890\n}\n{\"kind\": \"List\", \"items\": [{\"kind\": \"Y\"}]}"
	docs, problems := Parse(&File{Name: "x.json", Data: []byte(text)})
	var got []string
	for _, d := range docs {
		got = append(got, string(d.Root.AppendJSON(nil)))
		for _, path := range []string{"kind", "ü[4]", "ü", "n"} {
			if n := d.Lookup(path); n != nil {
				got = append(got, path+" "+underlined(d.File, d.At(path))+" "+n.Kind.String())
			}
		}
	}
	want := []string{
		`{"apiVersion":"v1","kind":"X","ü":[1.50,-2e3,true,null,"😀/",{},[]],"n":12345678901234567890}`,
		`kind 2:30 "\"X\"" string`, `ü[4] 3:32 "\"\\ud83d\\ude00\\/\"" string`,
		`ü 3:7 "[1.50, -2e3, true, null, \"\\ud83d\\ude00\\/\", {}, []]" list`, `n 4:7 "12345678901234567890" number`,
		`{"kind":"Y"}`, `kind 6:37 "\"Y\"" string`,
	}
	if diff := cmp.Diff(want, got); diff != "" || len(problems) > 0 {
		t.Error(diff, problems)
	}
}

func TestJSONMistakes(t *testing.T) {
	tests := map[string]struct{ text, want string }{
		"comma at the end": {"{\"a\": 1,\n}", `2:1 Syntax "}" not valid JSON: invalid character '}' looking for beginning of object key string`},
		"no comma":         {"{\"a\": 1 \"b\": 2}", `1:9 Syntax "\"" not valid JSON: invalid character '"' after object key:value pair`},
		"cut off":          {"{\"a\": [1,", `1:10 Syntax "" not valid JSON: the file ends inside a value`},
		"word":             {"{\"a\": yes}", `1:7 Syntax "y" not valid JSON: invalid character 'y' looking for beginning of value`},
		"duplicate":        {"{\"a\": 1,\n \"a\": 2}", `2:2 DuplicateKey "\"a\"" the key "a" is already set in this map (1:2 first set here; the later value takes precedence)`},
		"deep":             {strings.Repeat("[", 1000), `1:201 TooComplex "[" the document is nested more than 200 levels deep`},
		"template":         {"{\"a\": {{ .x }}}", `1:7 Template "{{ .x }}" the file is a template: "{{ .x }}" was not filled in`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, problems := Parse(&File{Name: "x.json", Data: []byte(test.text)})
			var got []string
			for _, p := range problems {
				got = append(got, told(p))
			}
			if diff := cmp.Diff(test.want, strings.Join(got, "\n")); diff != "" {
				t.Error(diff)
			}
		})
	}
}
