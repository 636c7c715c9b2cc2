package request

import (
	"net/url"
	"slices"
	"strings"
)

// A Query is the query parameters of a path, which filters may change. Envoy decodes them and writes them anew, sorted by name.
type Query struct {
	before string // the path without the query
	names  []string
	values map[string][]string
}

// NewQuery reads the parameters of a path.
func NewQuery(path string) *Query {
	before, text, _ := strings.Cut(path, "?")
	q := &Query{before: before, values: map[string][]string{}}
	for pair := range strings.SplitSeq(text, "&") {
		if pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		q.Add(decoded(name), decoded(value))
	}
	return q
}

// decoded is a text without its percent encoding, or as it is where that is not valid.
func decoded(text string) string {
	if out, err := url.PathUnescape(text); err == nil {
		return out
	}
	return text
}

// Has reports whether there is a parameter of a name.
func (q *Query) Has(name string) bool { return len(q.values[name]) > 0 }

// Add adds a value to a parameter.
func (q *Query) Add(name, value string) {
	if !q.Has(name) {
		q.names = append(q.names, name)
	}
	q.values[name] = append(q.values[name], value)
}

// Set replaces the values of a parameter.
func (q *Query) Set(name, value string) {
	q.Remove(name)
	q.Add(name, value)
}

// Remove removes a parameter.
func (q *Query) Remove(name string) {
	delete(q.values, name)
	q.names = slices.DeleteFunc(q.names, func(n string) bool { return n == name })
}

// Path is the path with the parameters as they are now.
func (q *Query) Path() string {
	slices.Sort(q.names)
	var pairs []string
	for _, name := range q.names {
		for _, value := range q.values[name] {
			pairs = append(pairs, name+"="+value)
		}
	}
	if len(pairs) == 0 {
		return q.before
	}
	return q.before + "?" + strings.Join(pairs, "&")
}
