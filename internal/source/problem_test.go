package source

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// troubles names the kinds of trouble in the order of their constants.
var troubles = []string{
	"Unreadable", "TooLarge", "NotText", "Syntax", "TabIndent", "Template", "DuplicateKey", "BadAnchor", "TooComplex", "NoJSON",
	"NotObject", "NoKind", "NoDocument", "NotConcrete", "TwoReadings", "BadSuppression", "Conflict", "Link", "HoldsTests",
}

// told is a problem in one line: place, kind, message and the text that is underlined.
func told(p Problem) string {
	r := p.Range
	under := ""
	if line := []rune(p.File.Line(int(r.Line))); r.EndLine == r.Line && int(r.EndColumn)-1 <= len(line) && r.Known() {
		under = string(line[r.Column-1 : r.EndColumn-1])
	}
	text := fmt.Sprintf("%d:%d %s %q %s", r.Line, r.Column, troubles[p.Trouble], under, p.Message)
	for _, m := range p.Related {
		text += fmt.Sprintf(" (%d:%d %s)", m.Range.Line, m.Range.Column, m.Note)
	}
	return text
}

const object = "apiVersion: v1\nkind: X\n"

// Every mistake draws one problem, at its place.
func TestProblems(t *testing.T) {
	tests := map[string]struct{ text, want string }{
		"empty":               {"", `1:1 NoDocument "" the file is empty`},
		"comments only":       {"# nothing\n---\n", `1:1 NoDocument "" the file contains only comments`},
		"binary":              {"a: b\nc: \x00\n", `2:4 NotText "\x00" the file is binary: it holds a byte of zero`},
		"not UTF-8":           {"a: b\nc: \xff\n", "2:4 NotText \"\uFFFD\" the byte 0xff is not valid UTF-8"},
		"UTF-16":              {"\xff\xfea\x00", "1:1 NotText \"\uFFFD\" the file is in UTF-16, not UTF-8"},
		"tab":                 {object + "spec:\n\thost: a\n", `4:1 TabIndent "\t" a tab indents this line`},
		"tab after spaces":    {object + "spec:\n  host: a\n  \tport: b\n", `5:3 TabIndent "\t" a tab indents this line`},
		"tab further in":      {object + "spec:\n  host: a\n\tport: b\n", `5:1 TabIndent "\t" a tab indents this line`},
		"template value":      {object + "metadata:\n  name: {{ .Values.name }}\n", `4:9 Template "{{ .Values.name }}" the file is a template: "{{ .Values.name }}" was not filled in`},
		"template line":       {"{{- if .Values.x }}\n" + object + "{{- end }}\n", `1:1 Template "{{- if .Values.x }}" the file is a template: "{{- if .Values.x }}" was not filled in`},
		"template, commented": {"# {{ x }}\n" + object + "a: [\n", `4:4 Syntax "[" a value is missing here`},
		"template in quotes":  {object + "a: \"{{ x }}\"\n", ``},
		"duplicate key":       {object + "spec:\n  host: a\n  port: 1\n  host: b\n", `6:3 DuplicateKey "host" the key "host" is already set in this map (4:3 first set here; the later value takes precedence)`},
		"duplicate by value":  {object + "1: a\n\"1\": b\n", `4:1 DuplicateKey "\"1\"" the key "1" is already set in this map (3:1 first set here; the later value takes precedence)`},
		"anchor bomb":         {bomb(), `8:15 TooComplex "*a4" the aliases of the document expand to more than 200000 values`},
		"anchor in itself":    {object + "a: &a [*a]\n", `3:8 BadAnchor "*a" the anchor &a contains itself`},
		"alias without":       {object + "a: *b\n", `3:4 BadAnchor "*b" the alias has no anchor`},
		"unquoted wildcard":   {object + "hosts:\n- a\n- *.foo.com\n", `5:3 Syntax "*.foo.com" a name must follow the * or & that begins a plain value`},
		"merge of a scalar":   {object + "a: {<<: b}\n", `3:9 BadAnchor "b" the merge key << wants a map or a list of maps`},
		"deep flow":           {object + "a: " + strings.Repeat("[", 500) + strings.Repeat("]", 500), `3:203 TooComplex "" the document is nested more than 200 levels deep`},
		"deeper flow":         {strings.Repeat("[", 20000), `1:10001 TooComplex "[" the document is nested too deep`},
		"deep block":          {object + "a:\n" + strings.Repeat("- ", 500) + "b", `4:399 TooComplex "" the document is nested more than 200 levels deep`},
		"infinity":            {object + "a: .inf\n", `3:4 NoJSON ".inf" the value .inf has no JSON form, so Kubernetes cannot read it`},
		"map as key":          {object + "{a: b}: c\n", `3:1 NoJSON "" a map or a list cannot be a key`},
		"null as key":         {object + "~: c\n", `3:1 NoJSON "~" a key must be a string`},
		"wrong column":        {object + "a:\n  b: c\n d: e\n", `5:2 Syntax "d:" this does not line up with the keys around it`},
		"deeper column":       {object + "a:\n  b: c\n   d: e\n", `5:5 Syntax ":" a ":" does not belong here`},
		"two colons":          {object + "a: b: c\n", `3:5 Syntax ":" a ":" does not belong here`},
		"no colon":            {object + "a: b\nfoo\nc: d\n", `4:1 Syntax "foo" a key without ":"`},
		"open quote":          {object + "a: \"x\nb: c\nd: e\n", `3:4 Syntax "\"" the quote that opens here is never closed`},
		"open bracket":        {object + "a: [1, 2\nb: c\n", `3:4 Syntax "[" the list that opens here is not closed, or lacks a comma`},
		"behind a quote":      {object + "a: 'b' c\n", `3:8 Syntax "c" this does not line up with the keys around it`},
		"item in map":         {object + "- c\n", `3:1 Syntax "-" this does not line up with the keys around it`},
		"key in list":         {"- a\nb: c\n", `2:1 Syntax "b:" this does not line up with the list above it`},
		"at sign":             {object + "a: @b\n", `3:4 Syntax "@" a plain value cannot begin with this character`},
		"escape":              {object + "a: \"x\\q\"\n", `3:6 Syntax "\\" a backslash and this character mean nothing in double quotes`},
		"merge conflict":      {object + "<<<<<<< HEAD\na: b\n=======\na: c\n>>>>>>> x\n", `3:1 Syntax "<<<<<<<" a merge conflict was left in the file`},
		"second document":     {object + "---\n" + object + "a: b: c\n", `6:5 Syntax ":" a ":" does not belong here`},
		"list at the top":     {"- a\n- b\n", `1:1 NotObject "-" the document is a list, not an object with apiVersion, kind and metadata`},
		"text at the top":     {"hello\n", `1:1 NotObject "hello" the document is a string, not an object with apiVersion, kind and metadata`},
		"no kind":             {"apiVersion: v1\nmetadata: {}\n", `1:1 NoKind "apiVersion" the object has no kind`},
		"no apiVersion":       {"# x\nkind: Service\n", `2:1 NoKind "kind" the object has no apiVersion`},
		"kind is a number":    {"apiVersion: v1\nkind: 1\n", `2:7 NoKind "1" the object has no kind`},
		"item without kind":   {"apiVersion: v1\nkind: List\nitems:\n- metadata: {}\n", `4:3 NoKind "metadata" the object has no apiVersion and no kind`},
		"byte order mark":     {"\xef\xbb\xbf" + object + "a: b: c\n", `3:5 Syntax ":" a ":" does not belong here`},
		"CRLF":                {"apiVersion: v1\r\nkind: X\r\na: b: c\r\n", `3:5 Syntax ":" a ":" does not belong here`},
		"after an umlaut":     {object + "ä: ü: c\n", `3:5 Syntax ":" a ":" does not belong here`},
		"octal port":          {"apiVersion: networking.istio.io/v1\nkind: X\nport: 0443\nother: 080\n", `3:7 TwoReadings "0443" 0443 is octal here and means 291`},
		"key of YAML 1.1":     {"apiVersion: networking.istio.io/v1\nkind: X\ny: 1\n'n': 2\n", `3:1 TwoReadings "y" the plain key y becomes "true"`},
		"elsewhere":           {object + "y: 0644\n", ``},
		"control character":   {object + "a: \x01\n", "3:4 NotText \"\\x01\" the file holds control characters"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "x.yaml")
			if err := os.WriteFile(file, []byte(test.text), 0o644); err != nil {
				t.Fatal(err)
			}
			_, problems := Read([]string{file}, Options{})
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

// bomb is a document of a few lines that unfolds to a billion values.
func bomb() string {
	text := object + "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
	for i := range 9 {
		text += fmt.Sprintf("a%d: &a%d [%s]\n", i+1, i+1, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i), 10), ", "))
	}
	return text
}
