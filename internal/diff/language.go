package diff

import (
	"regexp/syntax"
	"slices"

	"sem.example/internal/automaton"
	"sem.example/simulate/decision"
)

// maxStates is how many states of a product of automata are looked at before the question is given up.
const maxStates = 20_000

// maxSteps is how many steps all automata of a comparison of two proxies may take together, some seconds.
const maxSteps = 200_000_000

// A language is a set of strings, as an automaton that reads them character by character.
type language = *automaton.Language

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
	l, err := automaton.Compile(expression)
	return l, err == nil
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
func shortest(sides []side, left *int) (string, existence) {
	if len(sides) == 0 {
		return "", exists
	}
	p := product{sides: sides, seen: map[string]bool{}, left: left}
	return p.search(slices.Repeat([]int{automaton.Start}, len(sides)))
}

// A product walks several automata at once.
type product struct {
	sides []side
	seen  map[string]bool
	left  *int
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
		if i > maxStates || !p.pays() {
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

// pays takes the steps from one state from what is left, and reports whether they were left.
func (p *product) pays() bool {
	if p.left == nil {
		return true
	}
	*p.left -= len(p.sides) * len(alphabet)
	return *p.left > 0
}

// step reads a byte; false where no string that goes on so can be on all sides.
func (p *product) step(at []int, b byte) ([]int, bool) {
	next := make([]int, len(at))
	for i, s := range p.sides {
		next[i] = s.Next(at[i], rune(b))
		if !s.out && next[i] == automaton.Dead {
			return nil, false
		}
	}
	return next, true
}

func (p *product) accepts(at []int) bool {
	for i, s := range p.sides {
		if s.Matches(at[i]) == s.out {
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
