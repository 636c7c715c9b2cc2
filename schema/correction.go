package schema

import (
	"fmt"
	"strings"

	"sem.example/internal/diag"
	"sem.example/internal/lazy"
	"sem.example/internal/source"
)

// corrections are common ways to correct a string. A result is only offered if the schema accepts it.
var corrections = []func(string) string{
	strings.TrimSpace,
	bareHost,
	strings.ToLower,
	func(s string) string { return strings.ReplaceAll(s, "_", "-") },
	func(s string) string { return strings.ReplaceAll(s, ", ", ",") },
}

// around matches what surrounds the host in a URL.
var around = lazy.Regexp(`^[a-z]+://|(:\d+)?(/.*)?$`)

// bareHost cuts scheme, port and path from a URL.
func bareHost(s string) string {
	if !strings.Contains(s, "://") {
		return s
	}
	return around().ReplaceAllString(s, "")
}

// correction offers a string that the schema accepts in place of a scalar, or "".
func correction(m mistake) string {
	if m.node == nil || m.node.Kind != source.String && m.node.Kind != source.Number || m.term.accepts(m.node) {
		return ""
	}
	if _, duration := resolve(m.term).(measured); duration && m.term.accepts(&source.Node{Kind: source.String, Text: m.node.Text + "s"}) {
		return fmt.Sprintf("write %q", m.node.Text+"s") // the unit is missing
	}
	for _, correct := range corrections {
		if text := correct(m.node.Text); text != "" && text != m.node.Text && m.term.accepts(&source.Node{Kind: source.String, Text: text}) {
			return fmt.Sprintf("write %q", text)
		}
	}
	return listed(m)
}

// listed offers the nearest of the values in the schema's message, as in "must be HTTP or TLS".
func listed(m mistake) string {
	words, ok := strings.CutPrefix(m.words, "must be ")
	if !ok || m.id != unlisted.ID {
		return ""
	}
	return meant(m.node.Text, strings.Split(strings.ReplaceAll(words, " or ", ", "), ", "))
}

// meant offers the nearest of the allowed words.
func meant(word string, among []string) string {
	near := diag.Nearest(strings.ToLower(word), lower(among))
	for _, w := range among {
		if strings.EqualFold(w, word) || near != "" && strings.EqualFold(w, near) {
			return fmt.Sprintf("did you mean %q?", w)
		}
	}
	return ""
}

func lower(words []string) []string {
	var low []string
	for _, w := range words {
		low = append(low, strings.ToLower(w))
	}
	return low
}
