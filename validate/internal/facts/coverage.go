package facts

import "strings"

// A Coverage holds the matches seen so far, by what they ask of the path, so that those which may cover another are found without
// trying all.
type Coverage struct {
	All                        *HTTPMatch // the first that takes everything
	anyPath, regexes           []*HTTPMatch
	whole, prefixes, identical map[string][]*HTTPMatch
}

// comparedRegexes is how many regular expressions of a VirtualService are compared each with each. Beyond it only equal ones are found.
const comparedRegexes = 100

// NewCoverage returns one without matches.
func NewCoverage() *Coverage {
	return &Coverage{whole: map[string][]*HTTPMatch{}, prefixes: map[string][]*HTTPMatch{}, identical: map[string][]*HTTPMatch{}}
}

// Add adds a match. That of a delegate's rule covers nothing by itself.
func (v *Coverage) Add(c HTTPMatch) {
	if c.Delegated {
		return
	}
	if v.All == nil && c.MatchesAll() {
		v.All = &c
	}
	text := strings.ToLower(c.Path.Text)
	switch c.Path.Kind {
	case Any:
		v.anyPath = append(v.anyPath, &c)
	case Exact:
		v.whole[text] = append(v.whole[text], &c)
	case Prefix:
		v.prefixes[text] = append(v.prefixes[text], &c)
	case Regex:
		v.regexes = append(v.regexes, &c)
		v.identical[c.Path.Text] = append(v.identical[c.Path.Text], &c)
	}
}

// Find returns a match that covers c, or nil.
func (v *Coverage) Find(c HTTPMatch) *HTTPMatch {
	head := strings.ToLower(c.Path.Head())
	groups := [][]*HTTPMatch{v.anyPath}
	for i := range len(head) + 1 {
		groups = append(groups, v.prefixes[head[:i]])
	}
	switch c.Path.Kind {
	case Exact:
		groups = append(groups, v.whole[head], v.regexes)
	case Regex, Prefix:
		groups = append(groups, v.identical[c.Path.Text])
		if len(v.regexes) <= comparedRegexes {
			groups = append(groups, v.regexes)
		}
	case Any:
	}
	for _, group := range groups {
		for _, earlier := range group {
			if earlier.Covers(c) {
				return earlier
			}
		}
	}
	return nil
}
