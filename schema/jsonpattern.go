package schema

import (
	"fmt"
	rx "regexp/syntax"
	"strings"
	"unicode"
)

// ecma writes a regular expression of RE2 as JavaScript reads it, which JSON Schema demands and which knows no flags in the
// middle: letters that stand for both cases become classes, and so does a dot that stands for line ends too.
func ecma(expr string) string {
	re, err := rx.Parse(expr, rx.Perl)
	if err != nil {
		panic(err) // the expressions are part of the program
	}
	return ecmaOf(re)
}

func ecmaOf(re *rx.Regexp) string {
	switch re.Op {
	case rx.OpLiteral:
		return ecmaLiteral(re)
	case rx.OpCharClass:
		return ecmaClass(re.Rune)
	case rx.OpAnyChar:
		return `[\s\S]`
	case rx.OpAnyCharNotNL:
		return "."
	case rx.OpBeginText, rx.OpBeginLine:
		return "^"
	case rx.OpEndText, rx.OpEndLine:
		return "$"
	case rx.OpCapture:
		return "(" + ecmaOf(re.Sub[0]) + ")"
	case rx.OpConcat:
		return ecmaAll(re.Sub, "")
	case rx.OpAlternate:
		return "(" + ecmaAll(re.Sub, "|") + ")"
	case rx.OpStar, rx.OpPlus, rx.OpQuest, rx.OpRepeat:
		return ecmaRepeat(re)
	}
	return ""
}

func ecmaAll(parts []*rx.Regexp, between string) string {
	texts := make([]string, len(parts))
	for i, part := range parts {
		texts[i] = ecmaOf(part)
	}
	return strings.Join(texts, between)
}

func ecmaLiteral(re *rx.Regexp) string {
	var out strings.Builder
	for _, r := range re.Rune {
		lower, upper := unicode.ToLower(r), unicode.ToUpper(r)
		if re.Flags&rx.FoldCase != 0 && lower != upper {
			out.WriteString("[" + string(upper) + string(lower) + "]")
			continue
		}
		out.WriteString(ecmaRune(r, `\.+*?()|[]{}^$`))
	}
	return out.String()
}

// ecmaClass writes a class of characters, given as pairs of a first and a last one. One that reaches to the end of Unicode is
// written as what it leaves out.
func ecmaClass(pairs []rune) string {
	const inClass = `\[]^-`
	open := "["
	if len(pairs) > 0 && pairs[len(pairs)-1] == unicode.MaxRune {
		open, pairs = "[^", complement(pairs)
	}
	var out strings.Builder
	for i := 0; i < len(pairs); i += 2 {
		out.WriteString(ecmaRune(pairs[i], inClass))
		if pairs[i+1] > pairs[i] {
			out.WriteString("-" + ecmaRune(pairs[i+1], inClass))
		}
	}
	return open + out.String() + "]"
}

// complement returns the characters that a class up to the end of Unicode leaves out.
func complement(pairs []rune) []rune {
	var out []rune
	next := rune(0)
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i] > next {
			out = append(out, next, pairs[i]-1)
		}
		next = pairs[i+1] + 1
	}
	return out
}

// ecmaRune writes a character, behind a backslash if it is one of those that mean something else.
func ecmaRune(r rune, special string) string {
	switch {
	case strings.ContainsRune(special, r):
		return `\` + string(r)
	case r < ' ' || r == 0x7f:
		return fmt.Sprintf(`\x%02x`, r)
	}
	return string(r)
}

func ecmaRepeat(re *rx.Regexp) string {
	inner := ecmaOf(re.Sub[0])
	if op := re.Sub[0].Op; op == rx.OpConcat || op == rx.OpLiteral && len(re.Sub[0].Rune) > 1 || op >= rx.OpStar && op <= rx.OpRepeat {
		inner = "(" + inner + ")"
	}
	times := map[rx.Op]string{rx.OpStar: "*", rx.OpPlus: "+", rx.OpQuest: "?"}[re.Op]
	switch {
	case times != "":
	case re.Max == re.Min:
		times = fmt.Sprintf("{%d}", re.Min)
	case re.Max < 0:
		times = fmt.Sprintf("{%d,}", re.Min)
	default:
		times = fmt.Sprintf("{%d,%d}", re.Min, re.Max)
	}
	if re.Flags&rx.NonGreedy != 0 {
		times += "?"
	}
	return inner + times
}
