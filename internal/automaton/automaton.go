// Package automaton decides questions about regular expressions exactly: whether one matches every text that another matches. It compares
// whole texts, as Envoy does, and leaves out texts that no header and no path can hold.
//
// Expressions are written by anybody, and an automaton can be exponentially larger than its expression. What is built, and what is
// compared, is bounded in steps by the length of the expression. Beyond the bounds the answer is unknown.
package automaton

import (
	"errors"
	"regexp/syntax"
	"slices"
	"sync/atomic"
	"unicode"
)

// ErrUnsupported says that an expression holds what an automaton cannot know, such as a word boundary, or matches nothing.
var ErrUnsupported = errors.New("expression not supported")

// ErrTooLarge says that the automaton of an expression takes too many steps to build.
var ErrTooLarge = errors.New("expression too large")

// buildSteps is how many steps each byte of an expression may take to build. Expressions that people write take some hundred.
const buildSteps = 4_000

// fixedLength is how many bytes every expression may be long for the bounds, however short it is.
const fixedLength = 16

// maxSteps is how many steps the longest expressions may take to build.
const maxSteps = 20_000_000

// compareSteps is how many steps all comparisons of one narrow language may take together.
const compareSteps = 100_000

// A Language is the set of texts that a regular expression matches from beginning to end.
type Language struct {
	classes []rune // the first character of each range in which all characters lead to the same state
	states  []state
	left    atomic.Int64 // steps left for comparisons in which it is the narrow one
}

// A state of a deterministic automaton. State 0 leads nowhere.
type state struct {
	next  []int // by class
	match bool
}

// Dead is the state in which no text matches any longer.
const Dead = 0

// Start is the state before the first character.
const Start = 1

// Compile returns the language of an expression in the syntax of RE2.
func Compile(expr string) (*Language, error) {
	tree, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return nil, err
	}
	if Size(tree) > buildSteps+2*len(expr) {
		return nil, ErrTooLarge
	}
	prog, err := syntax.Compile(tree.Simplify())
	if err != nil {
		return nil, err
	}
	b := builder{prog: prog, ids: map[string]int{}, steps: min(maxSteps, buildSteps*(fixedLength+len(expr)))}
	return b.build()
}

// firstCharacter is the first that a header or path can hold: Envoy rejects control characters.
const firstCharacter = ' '

// classesOf are the first characters of ranges whose characters no instruction tells apart.
func classesOf(prog *syntax.Prog) []rune {
	all := []rune{firstCharacter}
	for i := range prog.Inst {
		in := &prog.Inst[i]
		if in.Op != syntax.InstRune && in.Op != syntax.InstRune1 {
			continue
		}
		if len(in.Rune) == 1 {
			for r := in.Rune[0]; ; {
				all = append(all, r, r+1)
				if r = unicode.SimpleFold(r); r == in.Rune[0] || syntax.Flags(in.Arg)&syntax.FoldCase == 0 {
					break
				}
			}
		}
		for j := 0; j+1 < len(in.Rune); j += 2 {
			all = append(all, in.Rune[j], in.Rune[j+1]+1)
		}
	}
	slices.Sort(all)
	all = slices.Compact(all)
	return slices.DeleteFunc(all, func(r rune) bool { return r < firstCharacter || r > unicode.MaxRune })
}

// Matches reports whether a text that ends in a state is in the language.
func (l *Language) Matches(at int) bool { return l.states[at].match }

// Next is the state behind a character.
func (l *Language) Next(at int, r rune) int {
	if at == Dead {
		return Dead
	}
	i, exact := slices.BinarySearch(l.classes, r)
	if !exact {
		i--
	}
	return l.states[at].next[i]
}

// Has reports whether a text is in the language.
func (l *Language) Has(text string) bool {
	at := Start
	for _, r := range text {
		at = l.Next(at, r)
	}
	return l.Matches(at)
}

// A pair is a state of each of two automata.
type pair struct{ narrow, wide int }

// A visit is a pair, and how a comparison came to it.
type visit struct {
	pair
	before int
	by     rune
}

// Contains reports whether l matches every text that narrow matches. Where it does not, the example is the shortest text that narrow
// alone matches. Where the automata are too large to compare, known is false.
func (l *Language) Contains(narrow *Language) (contains bool, example string, known bool) {
	alphabet := slices.Concat(l.classes, narrow.classes)
	slices.Sort(alphabet)
	alphabet = slices.Compact(alphabet)
	seen := map[pair]bool{{Start, Start}: true}
	queue := []visit{{pair: pair{Start, Start}}}
	for i := 0; i < len(queue); i++ {
		at := queue[i].pair
		if narrow.states[at.narrow].match && !l.states[at.wide].match {
			return false, spell(queue, i), true
		}
		if narrow.left.Add(-int64(len(alphabet))) < 0 {
			return false, "", false
		}
		for _, r := range alphabet {
			next := pair{narrow.Next(at.narrow, r), l.Next(at.wide, r)}
			if next.narrow == Dead || seen[next] {
				continue
			}
			seen[next] = true
			queue = append(queue, visit{next, i, r})
		}
	}
	return true, "", true
}

// spell returns the text that leads to a visit.
func spell(queue []visit, i int) string {
	var text []rune
	for ; i > 0; i = queue[i].before {
		text = append(text, queue[i].by)
	}
	slices.Reverse(text)
	return string(text)
}
