package validate

import (
	"maps"
	"regexp/syntax"
	"slices"
	"strings"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/diag"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM223",
	Title:    "regex matches less than it seems to",
	Severity: diag.Warning,
	Stage:    diag.AtRoute,
	Why: `The proxy matches a regex against the whole path, without the query, or the whole header value; it does not search. A plain word, or an
expression that begins with ^ and ends in the middle, matches only that text. A path regex that does not begin with a slash never matches.`,
	Fix: `Append .* where more text may follow, or use exact or prefix.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: [web.example.com]
  http:
  - match: [{uri: {regex: "^/api/v[0-9]+"}}]
    route: [{destination: {host: api}}]
  - route: [{destination: {host: web}}]
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: [web.example.com]
  http:
  - match: [{uri: {regex: "/api/v[0-9]+(/.*)?"}}]
    route: [{destination: {host: api}}]
  - route: [{destination: {host: web}}]
`,
}, looseRegex)

func looseRegex(s *facts.Set, r *reporter) {
	facts.EachHTTPRule(s.Documents, func(at facts.HTTPRule, rule *networking.HTTPRoute) {
		for i, m := range rule.GetMatch() {
			if text := m.GetUri().GetRegex(); text != "" {
				loosePath(r, at.Match(i, "uri.regex"), text)
			}
			if text := m.GetAuthority().GetRegex(); stopsShort(text) {
				r.at(at.Match(i, "authority.regex"), "regex %q must match the whole authority", text).help("write %s.*", text)
			}
			for _, name := range slices.Sorted(maps.Keys(m.GetHeaders())) {
				looseHeader(r, at.Match(i, "headers").Key(name).Sub("regex"), name, m.GetHeaders()[name].GetRegex())
			}
		}
	})
}

// loosePath tells what a regex of the path does not match.
func loosePath(r *reporter, at facts.Place, text string) {
	p := facts.NewRegex(text)
	tree, err := syntax.Parse(text, syntax.Perl)
	switch {
	case err != nil:
	case !beginsWithSlash(tree):
		r.at(at, "regex %q never matches: a path begins with /, and the regex must match all of it", text).help("write /%s", strings.TrimPrefix(text, "^"))
	case p.Kind == facts.Exact && !strings.HasSuffix(text, "$"):
		r.at(at, "regex %q matches only the path %s, not the paths below it", text, p.Text).help("write exact: %s, or prefix: %s", p.Text, p.Text)
	case stopsShort(text):
		r.at(at, "regex %q must match the whole path: it does not match %s/more", text, strings.TrimSuffix(p.Example(), "/")).help("write %s.*", text)
	}
}

// looseHeader looks at headers whose values are long enough for a word to be searched in them.
func looseHeader(r *reporter, at facts.Place, header, text string) {
	word := text != "" && facts.NewRegex(text).Kind == facts.Exact && !strings.HasSuffix(text, "$")
	long := slices.Contains([]string{"user-agent", "cookie", "accept", "referer"}, strings.ToLower(header))
	if stopsShort(text) || word && long {
		f := r.at(at, "regex %q must match the whole header value", text).help("write .*%s.*", text)
		if strings.HasPrefix(text, "^") {
			f.help("write %s.*", text)
		}
	}
}

// stopsShort reports whether an expression begins with ^ as one that is searched for does, and has no end.
func stopsShort(text string) bool {
	if !strings.HasPrefix(text, "^") || strings.HasSuffix(text, "$") {
		return false
	}
	tree, err := syntax.Parse(text, syntax.Perl)
	return err == nil && !endsOpen(tree)
}

// endsOpen reports whether an expression ends in something optional or in any number of any characters, as one does whose author
// thought of what may follow.
func endsOpen(e *syntax.Regexp) bool {
	switch e.Op {
	case syntax.OpStar, syntax.OpQuest, syntax.OpEndText:
		return true
	case syntax.OpPlus:
		return e.Sub[0].Op == syntax.OpAnyChar || e.Sub[0].Op == syntax.OpAnyCharNotNL
	case syntax.OpCapture:
		return endsOpen(e.Sub[0])
	case syntax.OpAlternate:
		return slices.ContainsFunc(e.Sub, endsOpen)
	case syntax.OpConcat:
		return endsOpen(e.Sub[len(e.Sub)-1])
	}
	return false
}

// beginsWithSlash reports whether an expression can match a text that begins with a slash. It says yes where it cannot tell.
func beginsWithSlash(e *syntax.Regexp) bool {
	switch e.Op {
	case syntax.OpLiteral:
		return e.Rune[0] == '/'
	case syntax.OpCharClass:
		for i := 0; i+1 < len(e.Rune); i += 2 {
			if e.Rune[i] <= '/' && '/' <= e.Rune[i+1] {
				return true
			}
		}
		return false
	case syntax.OpCapture, syntax.OpPlus:
		return beginsWithSlash(e.Sub[0])
	case syntax.OpAlternate:
		return slices.ContainsFunc(e.Sub, beginsWithSlash)
	case syntax.OpConcat:
		return concatBeginsWithSlash(e.Sub)
	}
	return true
}

// concatBeginsWithSlash looks past parts that may match nothing.
func concatBeginsWithSlash(parts []*syntax.Regexp) bool {
	for _, p := range parts {
		switch p.Op {
		case syntax.OpBeginText, syntax.OpEmptyMatch:
		case syntax.OpStar, syntax.OpQuest:
			if beginsWithSlash(p.Sub[0]) {
				return true
			}
		default:
			return beginsWithSlash(p)
		}
	}
	return true
}
