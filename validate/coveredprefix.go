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

// webhookCovered returns the matches that Istio's webhook takes to be covered, each with the field of the earlier one. The webhook
// looks at prefixes of the path only, and compares the other conditions as texts.
func webhookCovered(spec *networking.VirtualService) map[string]string {
	covered := map[string]string{}
	var prefixes []prefixMatch
	for i, rule := range spec.GetHttp() {
		if len(rule.GetMatch()) == 0 {
			break
		}
		for j, m := range rule.GetMatch() {
			p, ok := prefixOf(m, i, j)
			if !ok {
				continue
			}
			for _, earlier := range prefixes {
				if earlier.prefix != p.prefix && earlier.covers(p) {
					covered[matchField(i, j)] = matchField(earlier.rule, earlier.match)
					break
				}
			}
			prefixes = append(prefixes, p)
		}
	}
	return covered
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
