package automaton

import (
	"regexp/syntax"
	"strings"
)

// Whole returns an expression for the texts that an expression matches from beginning to end. What only becomes an expression
// when it is put in brackets is none, and a quotation (\Q) that is not closed ends with its expression.
func Whole(expr string) (string, error) {
	tree, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return "", err
	}
	if strings.Contains(expr, `\Q`) {
		expr = tree.String()
	}
	return `\A(?:` + expr + `)\z`, nil
}
