// Package automaton decides questions about regular expressions exactly: whether one matches every text that another matches. It compares
// whole texts, as Envoy does, and leaves out texts that no header and no path can hold.
//
// The automata are those of vellum. Expressions that it does not know, and those that would grow too large, are an error: the answer
// is unknown then.
package automaton

import (
	"errors"
	"regexp/syntax"

	"github.com/blevesearch/vellum/regexp"
)

// ErrUnsupported says that an expression holds what an automaton cannot know, such as a word boundary.
var ErrUnsupported = errors.New("expression not supported")

// maxProgram is how large a compiled expression may be, in bytes. It bounds the time to build an automaton.
const maxProgram = 48 << 10

// maxPairs is how many pairs of states a comparison may look at.
const maxPairs = 20_000

// A Language is the set of texts that a regular expression matches from beginning to end.
type Language struct{ dfa *regexp.Regexp }

// Compile returns the language of an expression in the syntax of RE2.
func Compile(expr string) (*Language, error) {
	tree, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return nil, err
	}
	tree = trim(tree)
	if !supported(tree) {
		return nil, ErrUnsupported
	}
	dfa, err := regexp.NewParsedWithLimit(expr, tree, maxProgram)
	if err != nil {
		return nil, err
	}
	return &Language{dfa}, nil
}

// trim removes the anchors at both ends, which a match of the whole text makes superfluous.
func trim(tree *syntax.Regexp) *syntax.Regexp {
	for tree.Op == syntax.OpCapture {
		tree = tree.Sub[0]
	}
	if isBegin(tree) || isEnd(tree) {
		return &syntax.Regexp{Op: syntax.OpEmptyMatch}
	}
	if tree.Op != syntax.OpConcat {
		return tree
	}
	parts := tree.Sub
	for len(parts) > 0 && isBegin(parts[0]) {
		parts = parts[1:]
	}
	for len(parts) > 0 && isEnd(parts[len(parts)-1]) {
		parts = parts[:len(parts)-1]
	}
	return &syntax.Regexp{Op: syntax.OpConcat, Flags: tree.Flags, Sub: parts}
}

func isBegin(e *syntax.Regexp) bool { return e.Op == syntax.OpBeginText || e.Op == syntax.OpBeginLine }
func isEnd(e *syntax.Regexp) bool   { return e.Op == syntax.OpEndText || e.Op == syntax.OpEndLine }

// supported reports whether vellum reads an expression as RE2 does. Whether an operator is lazy does not matter to a match of the whole
// text, so that is removed.
func supported(e *syntax.Regexp) bool {
	e.Flags &^= syntax.NonGreedy
	switch e.Op {
	case syntax.OpNoMatch:
		return false
	case syntax.OpCharClass:
		return len(e.Rune) > 0
	}
	for _, sub := range e.Sub {
		if !supported(sub) {
			return false
		}
	}
	return true
}

// A pair is a state of each of two automata.
type pair struct{ narrow, wide int }

// Contains reports whether l matches every text that narrow matches. Where it does not, the example is the shortest text that narrow
// alone matches. Where the automata are too large to compare, known is false.
func (l *Language) Contains(narrow *Language) (contains bool, example string, known bool) {
	start := pair{narrow.dfa.Start(), l.dfa.Start()}
	from := map[pair]step{start: {}}
	queue := []pair{start}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		if narrow.dfa.IsMatch(at.narrow) && !l.dfa.IsMatch(at.wide) {
			return false, spell(from, start, at), true
		}
		for b := firstByte; b < 256; b++ {
			next := pair{narrow.dfa.Accept(at.narrow, byte(b)), l.dfa.Accept(at.wide, byte(b))}
			if _, seen := from[next]; seen || !narrow.dfa.CanMatch(next.narrow) {
				continue
			}
			if len(from) == maxPairs {
				return false, "", false
			}
			from[next] = step{at, byte(b)}
			queue = append(queue, next)
		}
	}
	return true, "", true
}

// firstByte is the first that a header or path can hold: Envoy rejects control characters.
const firstByte = ' '

// A step is how a comparison came to a pair of states.
type step struct {
	before pair
	by     byte
}

// spell returns the text that leads to a pair of states.
func spell(from map[pair]step, start, at pair) string {
	var text []byte
	for at != start {
		s := from[at]
		text = append([]byte{s.by}, text...)
		at = s.before
	}
	return string(text)
}
