package validate

import (
	"regexp"
	"regexp/syntax"
	"strings"

	networking "istio.io/api/networking/v1alpha3"
)

// A pattern is what a condition asks of a text. Regular expressions that say no more than a prefix or a whole text count as those.
type pattern struct {
	kind patternKind
	text string
	fold bool           // upper and lower case are the same
	expr *regexp.Regexp // of the whole text; nil where it does not compile
}

type patternKind int

const (
	anyText patternKind = iota
	wholeText
	textPrefix
	textRegex
)

// patternOf reads a condition; none is met by every text.
func patternOf(m *networking.StringMatch) pattern {
	switch t := m.GetMatchType().(type) {
	case *networking.StringMatch_Exact:
		return pattern{kind: wholeText, text: t.Exact}
	case *networking.StringMatch_Prefix:
		return prefixPattern(t.Prefix)
	case *networking.StringMatch_Regex:
		return regexPattern(t.Regex)
	}
	return pattern{}
}

func prefixPattern(prefix string) pattern {
	if prefix == "" {
		return pattern{}
	}
	return pattern{kind: textPrefix, text: prefix}
}

// regexPattern reads a regular expression, which has to match a text from its beginning to its end.
func regexPattern(source string) pattern {
	tree, err := syntax.Parse(source, syntax.Perl)
	if err != nil {
		return pattern{kind: textRegex, text: source}
	}
	head, rest := literalHead(tree)
	switch {
	case len(rest) == 0:
		return pattern{kind: wholeText, text: head}
	case len(rest) == 1 && isAnything(rest[0]):
		return prefixPattern(head)
	}
	return pattern{kind: textRegex, text: source, expr: regexp.MustCompile(`^(?:` + source + `)$`)}
}

// literalHead splits an expression into the text that it begins with and the rest.
func literalHead(tree *syntax.Regexp) (head string, rest []*syntax.Regexp) {
	parts := []*syntax.Regexp{tree}
	if tree.Op == syntax.OpConcat {
		parts = tree.Sub
	}
	if n := len(parts); n > 0 && parts[n-1].Op == syntax.OpEndText {
		parts = parts[:n-1]
	}
	for len(parts) > 0 {
		switch p := parts[0]; {
		case p.Op == syntax.OpBeginText || p.Op == syntax.OpEmptyMatch:
		case p.Op == syntax.OpLiteral && p.Flags&syntax.FoldCase == 0:
			head += string(p.Rune)
		default:
			return head, parts
		}
		parts = parts[1:]
	}
	return head, nil
}

// isAnything says whether an expression is ".*".
func isAnything(e *syntax.Regexp) bool {
	for e.Op == syntax.OpCapture {
		e = e.Sub[0]
	}
	return e.Op == syntax.OpStar && (e.Sub[0].Op == syntax.OpAnyChar || e.Sub[0].Op == syntax.OpAnyCharNotNL)
}

// pathPattern is a condition on the path: every path begins with a slash.
func pathPattern(m *networking.HTTPMatchRequest) pattern {
	p := patternOf(m.GetUri())
	if p.kind == textPrefix && p.text == "/" {
		return pattern{}
	}
	p.fold = m.GetIgnoreUriCase() && p.kind != textRegex
	return p
}

// head is the text with which everything begins that meets the pattern.
func (p pattern) head() string {
	if p.kind != textRegex {
		return p.text
	}
	tree, err := syntax.Parse(p.text, syntax.Perl)
	if err != nil {
		return ""
	}
	head, _ := literalHead(tree)
	return head
}

// covers says whether every text that meets the narrow pattern meets p. It says no where it cannot tell.
func (p pattern) covers(narrow pattern) bool {
	text, head := p.text, narrow.head()
	if p.fold {
		text, head = strings.ToLower(text), strings.ToLower(head)
	} else if narrow.fold && p.kind != anyText && strings.ToLower(head) != strings.ToUpper(head) {
		return false
	}
	switch p.kind {
	case anyText:
		return true
	case wholeText:
		return narrow.kind == wholeText && text == head
	case textPrefix:
		return narrow.kind != anyText && strings.HasPrefix(head, text)
	}
	return narrow.kind == textRegex && narrow.text == p.text ||
		narrow.kind == wholeText && p.expr != nil && p.expr.MatchString(narrow.text)
}

// example is a text that meets the pattern, or "" where none comes to mind.
func (p pattern) example() string {
	if p.kind != textRegex {
		return p.text
	}
	tree, err := syntax.Parse(p.text, syntax.Perl)
	if err != nil || p.expr == nil {
		return ""
	}
	if text := sample(tree); p.expr.MatchString(text) {
		return text
	}
	return ""
}

// sample follows an expression by its shortest way.
func sample(e *syntax.Regexp) string {
	switch e.Op {
	case syntax.OpLiteral:
		return string(e.Rune)
	case syntax.OpCharClass:
		return sampleOf(e.Rune)
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return "x"
	case syntax.OpCapture, syntax.OpPlus, syntax.OpAlternate:
		return sample(e.Sub[0])
	case syntax.OpRepeat:
		return strings.Repeat(sample(e.Sub[0]), e.Min)
	case syntax.OpConcat:
		var text strings.Builder
		for _, s := range e.Sub {
			text.WriteString(sample(s))
		}
		return text.String()
	}
	return ""
}

// sampleOf chooses a character of a class, given as ranges: one that is easily read if there is one.
func sampleOf(ranges []rune) string {
	for _, c := range "a1Ax-_." {
		for i := 0; i+1 < len(ranges); i += 2 {
			if ranges[i] <= c && c <= ranges[i+1] {
				return string(c)
			}
		}
	}
	if len(ranges) == 0 {
		return ""
	}
	return string(ranges[0])
}
