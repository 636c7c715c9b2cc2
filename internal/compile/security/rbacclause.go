package security

import (
	"errors"
	"fmt"
	"strings"
)

// A lostField is a part of a rule that has no effect, and why.
type lostField struct{ field, why string }

// A translation collects what is lost on the way.
type translation struct {
	strict bool // a loss makes the rule fail
	tcp    bool
	failed bool
	lost   []lostField
}

func (t *translation) lose(field string, err error) {
	why := "left out: " + err.Error()
	if t.strict {
		t.failed, why = true, "the rule is left out: "+err.Error()
	}
	t.lost = append(t.lost, lostField{field, why})
}

var errHTTPOnly = errors.New("a TCP connection has no requests")

// A clause is one attribute that a rule asks about: one of the values has to match, and none of the negated ones may.
type clause[T any] struct {
	field, notField string
	values, not     []string
	http            bool // only a request has the attribute

	// match builds the matcher of all values together, nil where none of them can be had. A value that is malformed
	// is reported in the error, without keeping the others from being matched.
	match func(values []string) (*T, error)
}

// A logic combines matchers of one type.
type logic[T any] struct {
	any     func() *T
	and, or func([]*T) *T
	not     func(*T) *T
}

// conjunction is the matcher of several clauses that all have to hold.
func conjunction[T any](t *translation, l logic[T], clauses []clause[T]) *T {
	var all []*T
	for _, c := range clauses {
		if m := matcherOf(t, c, c.values, c.field); m != nil {
			all = append(all, m)
		}
		if m := matcherOf(t, c, c.not, c.notField); m != nil {
			all = append(all, l.not(m))
		}
	}
	if len(all) == 0 {
		all = append(all, l.any())
	}
	return l.and(all)
}

func matcherOf[T any](t *translation, c clause[T], values []string, field string) *T {
	if len(values) == 0 {
		return nil
	}
	if c.http && t.tcp {
		t.lose(field, errHTTPOnly)
		return nil
	}
	m, err := c.match(values)
	if err != nil {
		t.lose(field, err)
	}
	return m
}

// each makes a matcher of several values from one for a single value.
func each[T any](l logic[T], one func(value string) (*T, error)) func([]string) (*T, error) {
	return func(values []string) (*T, error) {
		var any []*T
		var errs []error
		for _, v := range values {
			m, err := one(v)
			if err != nil {
				errs = append(errs, err)
				continue
			}
			any = append(any, m)
		}
		if len(any) == 0 {
			return nil, errors.Join(errs...)
		}
		return l.or(any), errors.Join(errs...)
	}
}

// ask appends a clause about an attribute, unless the rule says nothing about it.
func ask[T any](to []clause[T], c clause[T]) []clause[T] {
	if len(c.values) == 0 && len(c.not) == 0 {
		return to
	}
	return append(to, c)
}

// bracketed returns what is in brackets behind the name of an attribute: "request.headers[x]" has "x".
func bracketed(key, attribute string) (string, error) {
	inner, opened := strings.CutPrefix(strings.TrimPrefix(key, attribute), "[")
	inner, closed := strings.CutSuffix(inner, "]")
	if !opened || !closed {
		return "", fmt.Errorf("%q lacks a name in brackets", key)
	}
	return inner, nil
}

// nested returns the names of several brackets: "request.auth.claims[a][b]" has "a" and "b". Brackets inside brackets
// are part of one name.
func nested(key, attribute string) ([]string, error) {
	rest := strings.TrimPrefix(key, attribute)
	var names []string
	for rest != "" {
		inner, after, closed := strings.Cut(strings.TrimPrefix(rest, "["), "]")
		if rest[0] != '[' || !closed || strings.Contains(inner, "[") {
			name, err := bracketed(key, attribute)
			return []string{name}, err
		}
		names, rest = append(names, inner), after
	}
	return names, nil
}
