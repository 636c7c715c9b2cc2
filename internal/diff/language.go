package diff

import (
	"regexp/syntax"
	"slices"

	"github.com/blevesearch/vellum/regexp"

	"sem.example/simulate/decision"
)

// maxStates is how many states of a product of automata are looked at before the question is given up.
const maxStates = 20_000

// maxAutomaton is how large the automaton of one expression may be, in bytes.
const maxAutomaton = 4 << 20

// A language is a set of strings, as an automaton that reads them byte by byte.
type language = *regexp.Regexp

// languageOf returns the strings that meet a test; false where they cannot be told by an automaton.
func languageOf(t decision.TextTest) (language, bool) {
	fold := ""
	if t.AnyCase {
		fold = "(?i)"
	}
	quoted := fold + "(?:" + quote(t.Value) + ")"
	switch t.Test {
	case decision.Is:
		return newLanguage(quoted)
	case decision.StartsWith:
		return newLanguage(quoted + "(?s:.*)")
	case decision.EndsWith:
		return newLanguage("(?s:.*)" + quoted)
	case decision.Contains:
		return newLanguage("(?s:.*)" + quoted + "(?s:.*)")
	case decision.IsOrBelow:
		return newLanguage(quoted + "(?:/(?s:.*))?")
	case decision.Matches:
		return newLanguage(t.Value)
	}
	return nil, false
}

func quote(text string) string {
	return (&syntax.Regexp{Op: syntax.OpLiteral, Rune: []rune(text)}).String()
}

// newLanguage compiles an expression that has to match a whole string.
func newLanguage(expression string) (language, bool) {
	parsed, err := syntax.Parse(expression, syntax.Perl)
	if err != nil {
		return nil, false
	}
	plain, ok := withoutAnchors(greedy(parsed))
	if !ok {
		return nil, false
	}
	l, err := regexp.NewParsedWithLimit(expression, plain, maxAutomaton)
	return l, err == nil
}

// greedy makes each repetition greedy: which of them is lazy matters to what groups hold, not to what matches.
func greedy(re *syntax.Regexp) *syntax.Regexp {
	re.Flags &^= syntax.NonGreedy
	for _, sub := range re.Sub {
		greedy(sub)
	}
	return re
}

// withoutAnchors takes the anchors at the ends of an expression away, where they go without saying. The result is false
// for an expression that has others.
func withoutAnchors(re *syntax.Regexp) (*syntax.Regexp, bool) {
	switch re.Op {
	case syntax.OpBeginText, syntax.OpEndText:
		return &syntax.Regexp{Op: syntax.OpEmptyMatch}, true
	case syntax.OpCapture:
		inner, ok := withoutAnchors(re.Sub[0])
		return inner, ok
	case syntax.OpConcat:
		subs := slices.Clone(re.Sub)
		if len(subs) > 0 && subs[0].Op == syntax.OpBeginText {
			subs = subs[1:]
		}
		if len(subs) > 0 && subs[len(subs)-1].Op == syntax.OpEndText {
			subs = subs[:len(subs)-1]
		}
		out := *re
		out.Sub = subs
		return &out, !slices.ContainsFunc(subs, asserts)
	}
	return re, !asserts(re)
}

// asserts reports whether an expression looks at what is around a place.
func asserts(re *syntax.Regexp) bool {
	switch re.Op {
	case syntax.OpBeginLine, syntax.OpEndLine, syntax.OpBeginText, syntax.OpEndText, syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		return true
	}
	return slices.ContainsFunc(re.Sub, asserts)
}

// A side is a language that a string must be in, or must not.
type side struct {
	language
	out bool
}

// alphabet are the bytes that strings of a request are made of, those first that read best in an example.
var alphabet = func() (out []byte) {
	out = append(out, "abcdefghijklmnopqrstuvwxyz0123456789-/._ABCDEFGHIJKLMNOPQRSTUVWXYZ"...)
	for b := byte(' '); b <= '~'; b++ {
		if !slices.Contains(out, b) {
			out = append(out, b)
		}
	}
	return out
}()

// An answer of an automaton: whether there is such a string.
type existence int

const (
	none    existence = iota
	exists            // and the string is one
	unknown           // the bound was reached
)

// shortest looks for a shortest string that is on all sides, breadth first over the product of the automata.
func shortest(sides []side) (string, existence) {
	if len(sides) == 0 {
		return "", exists
	}
	p := product{sides: sides, seen: map[string]bool{}}
	start := make([]int, len(sides))
	for i, s := range sides {
		start[i] = s.Start()
	}
	return p.search(start)
}

// A product walks several automata at once.
type product struct {
	sides []side
	seen  map[string]bool
}

// A visit is a state of the product, with the way to it.
type visit struct {
	states []int
	from   int
	by     byte
}

func (p *product) search(start []int) (string, existence) {
	queue := []visit{{states: start, from: -1}}
	p.first(start)
	for i := 0; i < len(queue); i++ {
		if p.accepts(queue[i].states) {
			return spell(queue, i), exists
		}
		if i > maxStates {
			return "", unknown
		}
		for _, b := range alphabet {
			if next, ok := p.step(queue[i].states, b); ok && p.first(next) {
				queue = append(queue, visit{next, i, b})
			}
		}
	}
	return "", none
}

// step reads a byte; false where no string that goes on so can be on all sides.
func (p *product) step(at []int, b byte) ([]int, bool) {
	next := make([]int, len(at))
	for i, s := range p.sides {
		next[i] = 0
		if s.CanMatch(at[i]) {
			next[i] = s.Accept(at[i], b)
		}
		if !s.out && !s.CanMatch(next[i]) {
			return nil, false
		}
	}
	return next, true
}

func (p *product) accepts(at []int) bool {
	for i, s := range p.sides {
		if (s.CanMatch(at[i]) && s.IsMatch(at[i])) == s.out {
			return false
		}
	}
	return true
}

// first reports whether a state is met for the first time.
func (p *product) first(at []int) bool {
	key := make([]byte, 0, 4*len(at))
	for _, s := range at {
		key = append(key, byte(s), byte(s>>8), byte(s>>16), byte(s>>24))
	}
	if p.seen[string(key)] {
		return false
	}
	p.seen[string(key)] = true
	return true
}

// spell reads the string off the way to a state.
func spell(queue []visit, i int) string {
	var text []byte
	for ; queue[i].from >= 0; i = queue[i].from {
		text = append(text, queue[i].by)
	}
	slices.Reverse(text)
	return string(text)
}
