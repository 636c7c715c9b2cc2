package validate

import (
	"strings"

	networking "istio.io/api/networking/v1alpha3"
)

// A prefixMatch is a condition on the beginning of the path, with the others that Istio's webhook compares.
type prefixMatch struct {
	rule, match                 int
	prefix                      string
	port                        uint32
	method, authority           string
	headers, parameters, absent map[string]string
}

// prefixOf returns a condition on the beginning of the path.
func prefixOf(m *networking.HTTPMatchRequest, rule, match int) (prefixMatch, bool) {
	p := prefixMatch{
		rule: rule, match: match, prefix: m.GetUri().GetPrefix(), port: m.GetPort(),
		method: beginning(m.GetMethod()), authority: beginning(m.GetAuthority()),
		headers: beginnings(m.GetHeaders()), parameters: beginnings(m.GetQueryParams()), absent: beginnings(m.GetWithoutHeaders()),
	}
	if p.method == "" {
		p.method = "exact:GET"
	}
	return p, p.prefix != ""
}

// beginning words a condition so that one which begins with another is narrower. Regular expressions count as none.
func beginning(m *networking.StringMatch) string {
	switch {
	case m.GetExact() != "":
		return "exact:" + m.GetExact()
	case m.GetPrefix() != "":
		return "prefix:" + m.GetPrefix()
	}
	return ""
}

func beginnings(conditions map[string]*networking.StringMatch) map[string]string {
	all := map[string]string{}
	for name, m := range conditions {
		all[name] = beginning(m)
	}
	return all
}

// coveredPrefixes reports conditions that an earlier one covers, as far as Istio's webhook sees it: by prefixes of the path.
func coveredPrefixes(u unused, prefixes []prefixMatch) {
	for i, p := range prefixes {
		for _, earlier := range prefixes[:i] {
			if earlier.prefix != p.prefix && earlier.covers(p) {
				u.reporter.at(u.match(p.rule, p.match), "the condition is never used: prefix %q is below %q", p.prefix, earlier.prefix).
					related(u.match(earlier.rule, earlier.match), "this condition comes first").warned()
				break
			}
		}
	}
}

func (p prefixMatch) covers(later prefixMatch) bool {
	return strings.HasPrefix(later.prefix, p.prefix) && p.port == later.port &&
		strings.HasPrefix(p.method, later.method) && strings.HasPrefix(p.authority, later.authority) &&
		coversAll(p.headers, later.headers) && coversAll(p.parameters, later.parameters) && coversAll(p.absent, later.absent)
}

func coversAll(conditions, later map[string]string) bool {
	if len(conditions) != len(later) {
		return false
	}
	for name, c := range conditions {
		l, ok := later[name]
		if !ok || !strings.HasPrefix(c, l) {
			return false
		}
	}
	return true
}
