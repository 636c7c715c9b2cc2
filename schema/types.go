package schema

import (
	"slices"

	"sem.example/internal/source"
)

// kindsOf returns the kinds of values that a term may accept.
func kindsOf(t term) kinds {
	switch t := resolve(t).(type) {
	case basic:
		return t.kinds
	case exact:
		return 1 << t.kind
	case bound:
		return numbers
	case other, match, measured:
		return strs
	case list:
		return lists
	case *structure:
		return maps
	case validator:
		return t.kinds
	case conj:
		k := anything
		for _, part := range t {
			k &= kindsOf(part)
		}
		return k
	case disj:
		k := kinds(0)
		for _, part := range t {
			k |= kindsOf(part)
		}
		return k
	}
	return 0
}

// choices returns the texts that a field may have, where these are all: those of a disjunction of literals.
func choices(t term) []string {
	switch t := resolve(t).(type) {
	case conj:
		for _, part := range t {
			if found := choices(part); found != nil {
				return found
			}
		}
	case disj:
		return choicesOf(t)
	}
	return nil
}

func choicesOf(t disj) []string {
	var found []string
	for _, part := range t {
		switch part := resolve(part).(type) {
		case exact:
			if part.kind == source.String && part.text != "" {
				found = append(found, part.text)
			}
		case never:
		default:
			return nil
		}
	}
	return found
}

// wordsOf returns the words of a term's error("…"), or "".
func wordsOf(t term) string {
	switch t := resolve(t).(type) {
	case never:
		return t.text
	case conj:
		return firstWords(t)
	case disj:
		return firstWords(t)
	case measured:
		return wordsOf(t.limits)
	}
	return ""
}

func firstWords[T ~[]term](parts T) string {
	for _, part := range slices.Backward(parts) {
		if text := wordsOf(part); text != "" {
			return text
		}
	}
	return ""
}

// structural returns the structure of a term, which may be a conjunction, or nil.
func structural(t term) *structure {
	switch t := resolve(t).(type) {
	case *structure:
		return t
	case conj:
		for _, part := range t {
			if s := structural(part); s != nil {
				return s
			}
		}
	case disj:
		for _, part := range t {
			if s := structural(part); s != nil {
				return s
			}
		}
	}
	return nil
}

// fieldOf returns the term of a map's field, or nil where it has no such field.
func fieldOf(t term, key string) term {
	s := structural(t)
	if s == nil {
		return nil
	}
	if i, ok := s.index[key]; ok {
		return s.fields[i].term
	}
	for _, p := range s.patterns {
		if p.key.accepts(&source.Node{Kind: source.String, Text: key}) {
			return p.value
		}
	}
	if s.open {
		return basic{kinds: anything}
	}
	return nil
}

// itemOf returns the term of a list's items, or nil.
func itemOf(t term) term {
	switch t := resolve(t).(type) {
	case list:
		return t.item
	case conj:
		for _, part := range t {
			if found := itemOf(part); found != nil {
				return found
			}
		}
	}
	return nil
}

// mostItems returns how many items a list may have, or 0 where nothing bounds them.
func mostItems(t term) int {
	switch t := resolve(t).(type) {
	case validator:
		if t.name == "list.MaxItems" {
			return int(t.limit)
		}
	case conj:
		for _, part := range t {
			if most := mostItems(part); most > 0 {
				return most
			}
		}
	}
	return 0
}

// reach returns all that terms, guards included, say of a field of a map, or of the items of a list.
func reach(terms []term, key string, items bool) conj {
	var found conj
	for _, t := range terms {
		switch t := resolve(t).(type) {
		case conj:
			found = append(found, reach(t, key, items)...)
		case disj:
			found = append(found, reach(t, key, items)...)
		case list:
			if items {
				found = append(found, t.item)
			}
		case *structure:
			if !items {
				found = append(found, t.reach(key)...)
			}
		}
	}
	return found
}

func (t *structure) reach(key string) conj {
	var found conj
	if i, ok := t.index[key]; ok {
		found = append(found, t.fields[i].term)
	}
	for _, p := range t.patterns {
		found = append(found, p.value)
	}
	for _, g := range t.guards {
		found = append(found, g.then.reach(key)...)
	}
	return found
}

// satisfied reports whether terms have a disjunction with these words, all such ones being satisfied by a value.
func satisfied(terms []term, words string, n *source.Node) bool {
	seen := false
	for _, t := range terms {
		switch t := resolve(t).(type) {
		case conj:
			has, ok := saysOf(t, words), satisfied(t, words, n)
			if has && !ok {
				return false
			}
			seen = seen || has
		case disj:
			if !saysOf(t, words) {
				continue
			}
			if !t.accepts(n) {
				return false
			}
			seen = true
		case measured:
			if saysOf(conj{t.text}, words) && t.text.accepts(n) {
				seen = true
			}
		}
	}
	return seen
}

// saysOf reports whether any of the terms has these words.
func saysOf[T ~[]term](terms T, words string) bool {
	for _, t := range terms {
		switch t := resolve(t).(type) {
		case never:
			if t.text == words {
				return true
			}
		case conj:
			if saysOf(t, words) {
				return true
			}
		case disj:
			if saysOf(t, words) {
				return true
			}
		}
	}
	return false
}
