package schema

import (
	"strings"

	"sem.example/internal/lazy"
)

// limits are the words for limits that the schema leaves to this package, by CUE's validator. %s is the limit.
var limits = map[string]struct{ id, words, of string }{
	"list.MinItems":    {outOfSize.ID, "must have at least", "item"},
	"list.MaxItems":    {outOfSize.ID, "must have at most", "item"},
	"struct.MinFields": {outOfSize.ID, "must have at least", "field"},
	"struct.MaxFields": {outOfSize.ID, "must have at most", "field"},
	"strings.MinRunes": {tooLong.ID, "must have at least", "character"},
	"strings.MaxRunes": {tooLong.ID, "must have at most", "character"},
}

var (
	outOfBound = lazy.Regexp(`out of bound (.*?)\)?$`)
	notMet     = lazy.Regexp(`does not satisfy ([a-z]+\.[A-Za-z]+)\((\d+)\)`)
)

// limit recognizes a limit that has no words of its own in what CUE says.
func (m *mistake) limit(text string) {
	m.class, m.words = otherError, text
	if found := outOfBound().FindStringSubmatch(text); found != nil {
		m.class, m.words = limited, boundWords(found[1])
	} else if found := notMet().FindStringSubmatch(text); found != nil && limits[found[1]].words != "" {
		l := limits[found[1]]
		m.class, m.id, m.words = limited, l.id, sizeWords(l.words, found[2], l.of)
	} else if strings.Contains(text, "incomplete") || strings.Contains(text, "non-concrete") {
		m.class = nothing // it depends on a value that was hidden
	}
}

// sizeWords says "must have at most 16 items".
func sizeWords(words, limit, of string) string {
	switch {
	case words == "must have at least" && limit == "1":
		return "must not be empty"
	case limit == "0":
		return "must be empty, or left out"
	case limit != "1":
		of += "s"
	}
	return words + " " + limit + " " + of
}

// boundWords words a bound of CUE, such as >=1 or !="".
func boundWords(bound string) string {
	if bound == `!=""` {
		return "must not be empty"
	}
	for _, b := range []struct{ op, words string }{
		{">=", "must be at least "}, {"<=", "must be at most "}, {"!=", "must not be "}, {">", "must be more than "}, {"<", "must be less than "},
	} {
		if limit, ok := strings.CutPrefix(bound, b.op); ok {
			return b.words + limit
		}
	}
	return "must be " + bound
}
