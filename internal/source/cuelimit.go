package source

import (
	"cmp"
	"fmt"
	"time"

	"cuelang.org/go/cue/scanner"
	"cuelang.org/go/cue/token"
)

// The bounds of a CUE file. CUE parses and compiles recursively, so what is nested deeper, or is one expression of more
// terms, overflows its stack, which ends the process.
const (
	maxCUE   = 4 << 20 // bytes
	maxTerms = 2_000   // of an expression: its operators
)

// The bounds of the process that evaluates CUE.
const (
	maxCUEMemory = 1 << 30
	maxCUETime   = 30 * time.Second
)

// CUELimits bound what CUE files may cost. A zero is the default.
type CUELimits struct {
	Size  int // bytes of a file
	Depth int // of brackets
	Terms int // operators of an expression

	// Program is a command that runs [ServeCUE] with the two arguments that it is given, which evaluates CUE within the bounds of
	// memory and time. Without one this process evaluates it, and has no such bounds.
	Program []string
	Memory  int64         // bytes of the process
	Time    time.Duration // for each package
}

// withDefaults fills in the bounds that are not set.
func (l CUELimits) withDefaults() CUELimits {
	l.Size, l.Depth, l.Terms = cmp.Or(l.Size, maxCUE), cmp.Or(l.Depth, maxDepth), cmp.Or(l.Terms, maxTerms)
	l.Memory, l.Time = cmp.Or(l.Memory, maxCUEMemory), cmp.Or(l.Time, maxCUETime)
	return l
}

// withinLimits reports whether CUE can read the file, and reports why not.
func (c *content) withinLimits(l CUELimits) bool {
	if len(c.file.Data) > l.Size {
		c.problem(TooLarge, Range{Line: 1, Column: 1, EndLine: 1, EndColumn: 1}, fmt.Sprintf("the CUE file is larger than %d KiB", l.Size>>10))
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
		if terms[len(terms)-1] > l.Terms {
			c.problem(TooComplex, c.file.span(at.Offset(), at.Offset()+1), fmt.Sprintf("the expression has more than %d operators", l.Terms))
			return false
		}
		if len(terms) > l.Depth {
			c.problem(TooComplex, c.file.span(at.Offset(), at.Offset()+1), fmt.Sprintf("the file is nested more than %d levels deep", l.Depth))
			return false
		}
	}
}
