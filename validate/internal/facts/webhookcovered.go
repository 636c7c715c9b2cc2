package facts

import (
	"slices"
	"strings"

	networking "istio.io/api/networking/v1alpha3"
)

// A webhookMatch is a condition on the beginning of the path, with the others that Istio's webhook compares.
type webhookMatch struct {
	rule, match                 int
	prefix                      string
	port                        uint32
	method, authority           string
	headers, parameters, absent map[string]string
}

// newWebhookMatch returns a condition on the beginning of the path.
func newWebhookMatch(m *networking.HTTPMatchRequest, rule, match int) (webhookMatch, bool) {
	p := webhookMatch{
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
	if len(conditions) == 0 {
		return nil
	}
	all := map[string]string{}
	for name, m := range conditions {
		all[name] = beginning(m)
	}
	return all
}

// WebhookCovered returns the matches that Istio's webhook takes to be covered, each with the field of the earlier one. The webhook
// looks at prefixes of the path only, and compares the other conditions as texts.
func WebhookCovered(spec *networking.VirtualService) map[string]string {
	covered, earlier := map[string]string{}, webhookIndex{by: map[webhookKey][]*webhookMatch{}}
	for i, rule := range spec.GetHttp() {
		if len(rule.GetMatch()) == 0 {
			break
		}
		for j, m := range rule.GetMatch() {
			p, ok := newWebhookMatch(m, i, j)
			if !ok {
				continue
			}
			if first := earlier.covering(p); first != nil {
				covered[MatchField(i, j)] = MatchField(first.rule, first.match)
			}
			earlier.add(&p)
		}
	}
	return covered
}

// A webhookIndex holds the matches seen so far, so that those which may cover another are found without trying all.
type webhookIndex struct {
	by      map[webhookKey][]*webhookMatch
	lengths []int // of the prefixes, each once
}

type webhookKey struct {
	port   uint32
	prefix string
}

func (x *webhookIndex) add(p *webhookMatch) {
	key := webhookKey{p.port, p.prefix}
	x.by[key] = append(x.by[key], p)
	if !slices.Contains(x.lengths, len(p.prefix)) {
		x.lengths = append(x.lengths, len(p.prefix))
	}
}

// covering returns the first match with a shorter prefix that covers a later one, or nil.
func (x *webhookIndex) covering(later webhookMatch) (first *webhookMatch) {
	for _, n := range x.lengths {
		if n >= len(later.prefix) {
			continue
		}
		for _, p := range x.by[webhookKey{later.port, later.prefix[:n]}] {
			if first != nil && !p.before(first) {
				break
			}
			if p.covers(later) {
				first = p
				break
			}
		}
	}
	return first
}

// before reports whether a match is before another one.
func (p *webhookMatch) before(other *webhookMatch) bool {
	return p.rule < other.rule || p.rule == other.rule && p.match < other.match
}

func (p webhookMatch) covers(later webhookMatch) bool {
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
