package suite

import (
	"cmp"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"sem.example/internal/source"
	"sem.example/simulate"
)

// flow writes a value of the trace document as YAML on one line. Of objects it tells as much as a pattern does.
func flow(v reflect.Value, like *pattern) string {
	switch v.Kind() {
	case reflect.Slice:
		if v.Len() == 0 {
			return "[]"
		}
		return "[" + strings.Join(items(v, like), ", ") + "]"
	case reflect.Struct, reflect.Map:
		return flowObject(v, like)
	case reflect.Float64:
		return strconv.FormatFloat(math.Round(v.Float()*1e4)/1e4, 'f', -1, 64)
	case reflect.String:
		return flowText(v.String())
	}
	return simulate.Text(v)
}

// items are the elements of a list, each told as the pattern's items are.
func items(v reflect.Value, like *pattern) []string {
	var item *pattern
	if like != nil && len(like.items) > 0 {
		item = like.items[0]
	}
	var out []string
	for i := range v.Len() {
		e, _ := simulate.Below(v, strconv.Itoa(i))
		out = append(out, flow(e, item))
	}
	return out
}

// rows are the elements of a list as items of a list that has one a line.
func rows(v reflect.Value, like *pattern) []string {
	out := items(v, like)
	for i := range out {
		out[i] = "- " + out[i]
	}
	return out
}

// flowObject writes an object: the fields that a pattern names or, without one, the texts, numbers and booleans that are set.
func flowObject(v reflect.Value, like *pattern) string {
	var parts []string
	add := func(name string, field reflect.Value, want *pattern) {
		parts = append(parts, flowText(name)+": "+flow(field, want))
	}
	switch {
	case unset(v):
		return "{absent: true}"
	case like != nil && len(like.fields) > 0:
		for _, e := range like.fields {
			field, _ := simulate.Below(v, e.keys...)
			add(e.name, field, e.want)
		}
	case v.Kind() == reflect.Map:
		keys := v.MapKeys()
		slices.SortFunc(keys, func(a, b reflect.Value) int { return cmp.Compare(a.String(), b.String()) })
		for _, key := range keys {
			add(key.String(), v.MapIndex(key), nil)
		}
	default:
		for i, name := range jsonNames(v.Type()) {
			if field := v.Field(i); !unset(field) && scalar(field) {
				add(name, field, nil)
			}
		}
	}
	if len(parts) == 0 {
		return "{absent: false}"
	}
	return inBraces(parts)
}

// flowText writes a text plainly where it is read as that text within brackets, and in quotes elsewhere.
func flowText(text string) string {
	for _, around := range []string{"[" + text + "]", "{a: " + text + "}"} {
		docs, problems := source.Parse(&source.File{Name: "a.yaml", Data: []byte(around)})
		if len(docs) != 1 || len(problems) > 1 || !holds(docs[0].Root, text) {
			return inQuotes(text)
		}
	}
	return text
}

// inQuotes puts quotes around a text: those within which a backslash is itself where it has one, as regular expressions do.
func inQuotes(text string) string {
	if double := strconv.Quote(text); !strings.Contains(text, `\`) || strings.ContainsFunc(text, func(r rune) bool { return !strconv.IsPrint(r) }) {
		return double
	}
	return "'" + strings.ReplaceAll(text, "'", "''") + "'"
}

// holds reports whether a list or map consists of one text.
func holds(n *source.Node, text string) bool {
	switch {
	case n.Kind == source.List && len(n.Items) == 1:
		n = n.Items[0]
	case n.Kind == source.Map && len(n.Fields) == 1:
		n = n.Fields[0].Value
	}
	return n.Kind == source.String && n.Text == text
}

func inBraces(lines []string) string { return "{" + strings.Join(lines, ", ") + "}" }
