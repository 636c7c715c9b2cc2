package schema

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"sem.example/internal/diag"
	"sem.example/internal/source"
)

var wrongType = &diag.Check{
	ID: "SEM021", Title: "value has the wrong type", Severity: diag.Error, Stage: diag.NoStage,
	Why: "The API server rejects a value of the wrong type: \"80\" is not accepted for 80, nor a single value for a list. In YAML, an unquoted number, true or false " +
		"is not a string, and a key without a value is null.",
	Fix: "Use the type of the field; \"sem explain FIELD\" shows it.",
	Wrong: `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: api.example.com
  resolution: DNS
  ports: [{number: 443, name: tls, protocol: TLS}]
`,
	Right: `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  resolution: DNS
  ports: [{number: 443, name: tls, protocol: TLS}]
`,
}

// kindWords are the words for kinds of values.
var kindWords = []struct {
	kinds kinds
	words string
}{
	{maps, "a map"}, {lists, "a list"}, {strs, "a string"}, {numbers, "a number"}, {bools, "true or false"}, {nulls, "null"},
}

func wordMisfit(d *diag.Diagnostic, m mistake) {
	want := kindsOf(m.term)
	d.Check, d.Help = wrongType, cmp.Or(correction(m), wrapped(m), retype(d.At.Doc, m.node, want))
	d.Message = fmt.Sprintf("%s must be %s, not %s", m.name, inWords(want), isKind(m.node.Kind))
	if m.fraction() {
		d.Message, d.Help = fmt.Sprintf("%s must be a whole number, not %s", m.name, m.node.Text), ""
	}
}

func inWords(want kinds) string {
	var words []string
	for _, k := range kindWords {
		if want&k.kinds&^nulls != 0 {
			words = append(words, k.words)
		}
	}
	return either(words)
}

func isKind(k source.Kind) string {
	switch k {
	case source.Null:
		return "empty (null)"
	case source.Bool:
		return "a boolean"
	}
	return inWords(1 << k)
}

// wrapped offers a map with the scalar as its only field, where the schema accepts one: {number: 80} for 80.
func wrapped(m mistake) string {
	s := structural(m.term)
	if s == nil || m.node.Kind == source.Map || m.node.Kind == source.List || m.node.Kind == source.Null {
		return ""
	}
	for _, f := range s.fields {
		if s.accepts(&source.Node{Kind: source.Map, Fields: []source.Field{{Key: f.name, Value: m.node}}}) {
			return fmt.Sprintf("write {%s: %s}", f.name, m.node.AppendJSON(nil))
		}
	}
	return ""
}

// unquoted says how to write a string as a number or a boolean.
func unquoted(text string, want kinds) string {
	if _, err := strconv.ParseBool(text); err == nil && want&bools != 0 {
		return "write it without quotes"
	}
	if want&numbers == 0 {
		return "write true or false"
	}
	bare := strings.TrimSpace(strings.TrimSuffix(text, "%"))
	switch _, err := strconv.ParseFloat(bare, 64); {
	case err != nil:
		return "write a number"
	case bare != text:
		return "write " + bare
	}
	return "write it without quotes"
}

// retype returns how to write a value as another kind.
func retype(doc *source.Document, n *source.Node, want kinds) string {
	scalar := n.Kind != source.Map && n.Kind != source.List
	switch {
	case n.Kind == source.Null:
		return "give it a value, or remove it"
	case n.Kind == source.String && want&(numbers|bools) != 0:
		return unquoted(n.Text, want)
	case scalar && want&strs != 0:
		return fmt.Sprintf("put it in quotes: %q", doc.ScalarText(n))
	case scalar && want&lists != 0:
		return fmt.Sprintf("write a list: [%s]", n.AppendJSON(nil))
	case want&lists != 0:
		return "put a dash before the first field of each item"
	case n.Kind == source.List && want&maps != 0:
		return "remove the dash before its first field"
	}
	return ""
}
