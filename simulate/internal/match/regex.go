package match

import (
	"regexp"
	"regexp/syntax"
	"strings"

	"sem.example/internal/automaton"
)

// manyGroups is from how many groups on an expression is freed of those that nobody asks for. Go's machine keeps the places of all groups
// for each state, so an expression of 100,000 groups would take hundreds of gigabytes.
const manyGroups = 50

// keptSize is how many instructions an expression may take that is kept compiled. A few characters can ask for 100,000 of them, and a
// configuration hold thousands of such expressions.
const keptSize = 2_000

// large reports whether an expression is compiled anew for each text.
func large(pattern string) bool {
	if !strings.Contains(pattern, "{") && len(pattern) < keptSize {
		return false
	}
	tree, err := syntax.Parse(pattern, syntax.Perl)
	return err == nil && automaton.Size(tree) > keptSize
}

// Compile compiles an expression of which nobody asks for groups beyond a number.
func Compile(pattern string, groups int) (*regexp.Regexp, error) {
	re, err := regexp.Compile(pattern)
	if err != nil || re.NumSubexp() <= max(groups, manyGroups) {
		return re, err
	}
	tree, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return nil, err
	}
	return regexp.Compile(ungroup(tree, groups).String())
}

// ungroup takes the groups beyond a number away.
func ungroup(tree *syntax.Regexp, groups int) *syntax.Regexp {
	for i, sub := range tree.Sub {
		tree.Sub[i] = ungroup(sub, groups)
	}
	if tree.Op == syntax.OpCapture && tree.Cap > groups {
		return tree.Sub[0]
	}
	return tree
}
