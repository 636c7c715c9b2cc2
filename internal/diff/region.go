package diff

import (
	"slices"
	"strings"

	"sem.example/simulate/decision"
)

// A test is a condition with what a request makes of it.
type test struct {
	*condition
	met bool
}

// A region is a set of requests: those that make of each condition what is noted.
type region struct {
	hosts   language // of the authority; nil is any
	example string   // one of the hosts, which reads best
	paths   []side   // that the proxy lets through
	scheme  string   // the only one that it believes; "" is either
	tests   []test
	left    *int // steps of automata that the comparison has left; nil is any number
}

// with is the region of those requests that make a condition met, or not.
func (r region) with(c *condition, met bool) region {
	r.tests = append(slices.Clip(r.tests), test{c, met})
	return r
}

// known returns what the requests of the region make of a condition that was asked for before.
func (r region) known(c *condition) (met, ok bool) {
	for _, t := range r.tests {
		if t.key == c.key {
			return t.met, true
		}
	}
	return false, false
}

// A value is a part of a request.
type value struct {
	text   string
	absent bool
}

// find returns a value of a part of a request that is in the region.
func (r region) find(about string) (value, existence) {
	absent, present := true, true
	sides := r.base(about)
	for _, t := range r.tests {
		switch {
		case t.about != about || t.opaque:
			continue
		case t.presence:
			present = present && (t.says.Text.Test == decision.Present) == t.met
		default:
			sides = append(sides, side{t.strings, t.met == t.says.Inverted})
		}
		absent = absent && t.absent == t.met
	}
	if absent && !required(about) {
		return value{absent: true}, exists
	}
	if !present {
		return value{}, none
	}
	usuals := usualValues[about]
	if about == "header :authority" && r.example != "" {
		usuals = []string{r.example}
	}
	for _, usual := range usuals {
		if within(sides, usual) {
			return value{text: usual}, exists
		}
	}
	found, sure := shortest(sides, r.left)
	return value{text: found}, sure
}

// otherPath is the region without the path that reads best; false where there is no other.
func (r region) otherPath() (region, bool) {
	path, sure := r.find(aboutPath)
	if sure != exists {
		return r, false
	}
	is := decision.Condition{Subject: decision.Path, Text: decision.TextTest{Test: decision.Is, Value: path.text}}
	other := r.with(newCondition(is, aboutPath, false), false)
	_, sure = other.find(aboutPath)
	return other, sure == exists
}

// required reports whether every request has the part.
func required(about string) bool {
	return about == aboutPath || strings.HasPrefix(about, "header :")
}

// usualValues are tried first, since a request with them reads best.
var usualValues = map[string][]string{"header :method": {"GET", "POST", "PUT", "DELETE"}, aboutPath: {"/"}}

// within reports whether a string is on all sides.
func within(sides []side, s string) bool {
	for _, l := range sides {
		if l.Has(s) == l.out {
			return false
		}
	}
	return true
}

var (
	pathText, _   = newLanguage(`/[!"$->@-~]*`)
	methodText, _ = newLanguage(`[A-Z]+`)
	schemeText, _ = newLanguage(`https?`)
	httpText, _   = newLanguage(`http`)
	httpsText, _  = newLanguage(`https`)
	headerText, _ = newLanguage(`([!-~]([ -~]*[!-~])?)?`)
	queryText, _  = newLanguage(`[!"$%'-~]*`)

	dotSegments, _  = newLanguage(`(?s:.*)/\.{1,2}(?:/(?s:.*))?`)
	doubledSlash, _ = newLanguage(`(?s:.*)//(?s:.*)`)
)

const aboutScheme = "header :scheme"

var fixedSchemes = map[string]language{"http": httpText, "https": httpsText}

// base is what a part of a request can be at all.
func (r region) base(about string) []side {
	switch {
	case about == aboutPath:
		return append(slices.Clip(r.paths), side{pathText, false})
	case about == "header :method":
		return []side{{methodText, false}}
	case about == aboutScheme && r.scheme != "":
		return []side{{fixedSchemes[r.scheme], false}}
	case about == aboutScheme:
		return []side{{schemeText, false}}
	case about == "header :authority" && r.hosts != nil:
		return []side{{r.hosts, false}}
	case strings.HasPrefix(about, "query "):
		return []side{{queryText, false}}
	}
	return []side{{headerText, false}}
}

// conditions are the tests as a reader sees them, without those that the others imply, as far as there are steps left.
func (r region) conditions() []Condition {
	left := slices.Clone(r.tests)
	for i := 0; i < len(left) && (r.left == nil || *r.left > 0); {
		without := r
		without.tests = slices.Delete(slices.Clone(left), i, i+1)
		if _, found := without.with(left[i].condition, !left[i].met).find(left[i].about); found == none {
			left = without.tests
			continue
		}
		i++
	}
	var out []Condition
	for _, t := range left {
		out = append(out, Condition{t.says, t.met})
	}
	return out
}
