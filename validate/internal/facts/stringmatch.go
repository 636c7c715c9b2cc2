package facts

import (
	"regexp"
	"regexp/syntax"
	"strings"
	"sync"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/automaton"
)

// A StringMatch is what a condition asks of a text. Regular expressions that say no more than a prefix or a whole text count as those.
type StringMatch struct {
	Kind MatchKind
	Text string
	fold bool                  // upper and lower case are the same
	expr func() *regexp.Regexp // of the whole text; nil where it does not compile, or is too large
	all  func() *automaton.Language
}

// A MatchKind is how a condition compares.
type MatchKind int

const (
	Any MatchKind = iota
	Exact
	Prefix
	Regex
)

// newStringMatch reads a condition; none is met by every text.
func newStringMatch(m *networking.StringMatch) StringMatch {
	switch t := m.GetMatchType().(type) {
	case *networking.StringMatch_Exact:
		return StringMatch{Kind: Exact, Text: t.Exact}
	case *networking.StringMatch_Prefix:
		return prefixMatch(t.Prefix)
	case *networking.StringMatch_Regex:
		return NewRegex(t.Regex)
	}
	return StringMatch{}
}

func prefixMatch(prefix string) StringMatch {
	if prefix == "" {
		return StringMatch{}
	}
	return StringMatch{Kind: Prefix, Text: prefix, all: languageOf(regexp.QuoteMeta(prefix) + ".*")}
}

// maxRegex is how long a regular expression may be, in bytes. Admission rejects a longer one.
const maxRegex = 4 * 1024

// maxRegexSize is how many instructions an expression may take. Of a larger one, such as with several nested repetitions, no more is
// known than its text.
const maxRegexSize = 4_000

// NewRegex reads a regular expression, which has to match a text from its beginning to its end.
func NewRegex(source string) StringMatch {
	tree, err := parse(source)
	if err != nil {
		return StringMatch{Kind: Regex, Text: source}
	}
	head, rest := literalHead(tree)
	switch {
	case len(rest) == 0:
		return StringMatch{Kind: Exact, Text: head}
	case len(rest) == 1 && isAnything(rest[0]):
		return prefixMatch(head)
	}
	return StringMatch{Kind: Regex, Text: source, expr: sync.OnceValue(func() *regexp.Regexp { return whole(source) }), all: languageOf(source)}
}

// whole compiles an expression that was read, or one that matches nothing where it takes more than Go allows.
func whole(source string) *regexp.Regexp {
	if text, err := automaton.Whole(source); err == nil {
		if re, err := regexp.Compile(text); err == nil {
			return re
		}
	}
	return regexp.MustCompile(`[^\x00-\x{10FFFF}]`)
}

// parse reads an expression within bounds.
func parse(source string) (*syntax.Regexp, error) {
	if len(source) > maxRegex {
		return nil, automaton.ErrTooLarge
	}
	tree, err := syntax.Parse(source, syntax.Perl)
	if err == nil && automaton.Size(tree) > maxRegexSize {
		return nil, automaton.ErrTooLarge
	}
	return tree, err
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

// isAnything reports whether an expression is ".*".
func isAnything(e *syntax.Regexp) bool {
	for e.Op == syntax.OpCapture {
		e = e.Sub[0]
	}
	return e.Op == syntax.OpStar && (e.Sub[0].Op == syntax.OpAnyChar || e.Sub[0].Op == syntax.OpAnyCharNotNL)
}

// pathMatch is a condition on the path: every path begins with a slash.
func pathMatch(m *networking.HTTPMatchRequest) StringMatch {
	p := newStringMatch(m.GetUri())
	if p.Kind == Prefix && p.Text == "/" {
		return StringMatch{}
	}
	p.fold = m.GetIgnoreUriCase() && p.Kind != Regex
	return p
}

// Head is the text with which everything begins that meets the pattern.
func (p StringMatch) Head() string {
	if p.Kind != Regex {
		return p.Text
	}
	tree, err := parse(p.Text)
	if err != nil {
		return ""
	}
	head, _ := literalHead(tree)
	return head
}

// Covers reports whether every text that meets the narrow pattern meets p. It says no where it cannot tell.
func (p StringMatch) Covers(narrow StringMatch) bool {
	text, head := p.Text, narrow.Head()
	if p.fold {
		text, head = strings.ToLower(text), strings.ToLower(head)
	} else if narrow.fold && p.Kind != Any && strings.ToLower(head) != strings.ToUpper(head) {
		return false
	}
	switch p.Kind {
	case Any:
		return true
	case Exact:
		return narrow.Kind == Exact && text == head
	case Prefix:
		return narrow.Kind != Any && strings.HasPrefix(head, text)
	}
	switch {
	case narrow.Kind == Regex && narrow.Text == p.Text:
		return true
	case narrow.Kind == Exact:
		return !narrow.fold && p.expr != nil && p.expr().MatchString(narrow.Text)
	}
	return narrow.Kind != Any && !narrow.fold && contains(p.language(), narrow.language())
}

// contains reports whether one language is known to hold all of another.
func contains(wide, narrow *automaton.Language) bool {
	if wide == nil || narrow == nil {
		return false
	}
	all, _, _ := wide.Contains(narrow)
	return all
}

// language is what a pattern matches, or nil where that is too much to say.
func (p StringMatch) language() *automaton.Language {
	if p.all == nil {
		return nil
	}
	return p.all()
}

// languageOf compiles an expression once, when it is first asked for.
func languageOf(source string) func() *automaton.Language {
	return sync.OnceValue(func() *automaton.Language {
		l, err := automaton.Compile(source)
		if err != nil {
			return nil
		}
		return l
	})
}

// Example is a text that meets the pattern, or "" where none comes to mind.
func (p StringMatch) Example() string {
	if p.Kind != Regex {
		return p.Text
	}
	tree, err := parse(p.Text)
	if err != nil || p.expr == nil {
		return ""
	}
	if text := sample(tree); p.expr().MatchString(text) {
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
