package source

import (
	"fmt"

	"cuelang.org/go/cue/scanner"
	"cuelang.org/go/cue/token"
)

// The bounds of a CUE file. CUE parses and compiles recursively, so what is nested deeper, or is one expression of more
// terms, overflows its stack, which ends the process.
const (
	maxCUE   = 4 << 20 // bytes
	maxTerms = 2_000   // of an expression: its operators
)

// withinLimits reports whether CUE can read the file, and reports why not.
func (c *content) withinLimits() bool {
	if len(c.file.Data) > maxCUE {
		c.problem(TooLarge, Range{Line: 1, Column: 1, EndLine: 1, EndColumn: 1}, fmt.Sprintf("the CUE file is larger than %d MiB", maxCUE>>20))
		return false
	}
	var s scanner.Scanner
	s.Init(token.NewFile(c.file.Name, -1, len(c.file.Data)), c.file.Data, func(token.Pos, string, []interface{}) {}, 0)
	terms := []int{0} // operators of the expression at hand, for each bracket that is open
	for {
		at, tok, _ := s.Scan()
		switch inner := len(terms) - 1; {
		case tok == token.EOF:
			return true
		case tok == token.LPAREN || tok == token.LBRACK || tok == token.LBRACE:
			terms = append(terms, 0)
		case (tok == token.RPAREN || tok == token.RBRACK || tok == token.RBRACE) && inner > 0:
			terms = terms[:inner]
		case tok == token.COMMA || tok == token.COLON:
			terms[inner] = 0
		case tok.IsOperator():
			terms[inner]++
		}
		if terms[len(terms)-1] > maxTerms {
			c.problem(TooComplex, c.file.span(at.Offset(), at.Offset()+1), fmt.Sprintf("the expression has more than %d operators", maxTerms))
			return false
		}
		if len(terms) > maxDepth {
			c.problem(TooComplex, c.file.span(at.Offset(), at.Offset()+1), errDeep.Error())
			return false
		}
	}
}
