package diff

import (
	"cmp"
	"crypto/sha256"
	"net/netip"
	"regexp/syntax"
	"slices"
	"strings"

	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	"google.golang.org/protobuf/proto"

	"sem.example/internal/lazy"
)

// A table is a route table of one side.
type table struct {
	*normalizer
	rules   rulesByRoute
	proto   *routev3.RouteConfiguration
	domains map[string]*routev3.VirtualHost // without those that Envoy takes from no request: a range of addresses
	lists   map[*routev3.VirtualHost]*list
	scheme  string // of all requests that come to it; "" is either
}

// rulesByRoute are the rules of routes, by what these and their surroundings are.
type rulesByRoute map[[sha256.Size]byte]rule

func newTable(n *normalizer, rules rulesByRoute, t *routev3.RouteConfiguration) *table {
	out := &table{normalizer: n, rules: rules, proto: t, domains: map[string]*routev3.VirtualHost{}, lists: map[*routev3.VirtualHost]*list{}}
	for _, v := range t.GetVirtualHosts() {
		for _, d := range v.GetDomains() {
			d = strings.ToLower(d)
			if out.domains[d] == nil && !strings.Contains(d, "/") && !(t.GetIgnorePortInHostMatching() && withPort().MatchString(d)) {
				out.domains[d] = v
			}
		}
	}
	return out
}

// withPort are domains that no host matches where its port is passed over.
var withPort = lazy.Regexp(`^([^:]+|\[.*\]):[0-9]+$`)

// serves is the virtual host of a host: by its name, else by the longest wildcard, else by "*".
func (t *table) serves(host string) *routev3.VirtualHost {
	if v := t.domains[host]; v != nil {
		return v
	}
	for i := 1; i < len(host); i++ {
		if v := t.domains["*"+host[i:]]; v != nil {
			return v
		}
	}
	for i := len(host) - 1; i > 0; i-- {
		if v := t.domains[host[:i]+"*"]; v != nil {
			return v
		}
	}
	return t.domains["*"]
}

// rule is a route of a virtual host. The many ports of a host have the same routes, each of which is made a rule once.
func (t *table) rule(r *routev3.Route, around frame) rule {
	raw, err := proto.MarshalOptions{Deterministic: true}.Marshal(without(r, "name", "decorator", "stat_prefix"))
	key := sha256.Sum256(slices.Concat(raw, []byte(around.whole), []byte(around.unsent)))
	if one, ok := t.rules[key]; ok && err == nil {
		return one
	}
	one := rule{conditions: conditionsOf(r.GetMatch()), outcome: t.outcome(r, around)}
	keys := []string{string(one.outcome)}
	for _, c := range one.conditions {
		keys = append(keys, c.key)
	}
	one.key = digestOf(keys)
	t.rules[key] = one
	return one
}

// list is the routes of a virtual host.
func (t *table) list(v *routev3.VirtualHost) *list {
	if l := t.lists[v]; l != nil {
		return l
	}
	around := t.frameOf(v)
	if t.scheme == "http" && v.GetRequireTls() == routev3.VirtualHost_ALL {
		l := newList(nil, "to https")
		t.lists[v] = l
		return l
	}
	var rules []rule
	for _, r := range v.GetRoutes() {
		rules = append(rules, t.rule(r, around))
	}
	l := newList(rules, digestOf([]any{"no route", v.GetRequireTls().String()}))
	t.lists[v] = l
	return l
}

// frameOf is what surrounds the routes of a virtual host, nil for none.
func (t *table) frameOf(v *routev3.VirtualHost) frame {
	parts := []proto.Message{without(t.proto, "name", "virtual_hosts")}
	if v != nil {
		parts = append(parts, without(v, "routes", "domains", "name"))
	}
	var whole, unsent []any
	for _, m := range parts {
		whole = append(whole, t.reduce(tree(m)))
		rest, _ := tree(m).(map[string]any)
		dropSending(rest)
		unsent = append(unsent, t.reduce(rest))
	}
	return frame{digestOf(whole), digestOf(unsent)}
}

// A cell is domains that two tables serve by the same two virtual hosts.
type cell struct {
	old, new *routev3.VirtualHost
	hosts    []string // domains, the first of which names the cell
	example  string
}

// cells cuts the hosts into what the tables tell apart.
func cells(old, new *table) []*cell {
	domains := slices.Concat(sortedKeys(old.domains), sortedKeys(new.domains), []string{"*"})
	slices.Sort(domains)
	var out []*cell
	byPair := map[[2]*routev3.VirtualHost]*cell{}
	for _, d := range slices.Compact(domains) {
		host := exampleOf(d)
		pair := [2]*routev3.VirtualHost{old.serves(host), new.serves(host)}
		c := byPair[pair]
		if c == nil {
			c = &cell{old: pair[0], new: pair[1], example: host}
			byPair[pair], out = c, append(out, c)
		}
		c.hosts = append(c.hosts, d)
	}
	for _, c := range out {
		slices.SortStableFunc(c.hosts, func(a, b string) int { return cmp.Compare(rank(a), rank(b)) })
		c.example = exampleOf(c.hosts[0])
	}
	return out
}

// rank puts the full names of a host first, then wildcards, then short names, then addresses.
func rank(domain string) int {
	_, err := netip.ParseAddr(strings.Trim(domain, "[]"))
	switch {
	case err == nil:
		return 0
	case strings.Contains(domain, "*"):
		return -1
	case !strings.Contains(domain, ":") && !strings.HasSuffix(domain, "."):
		return -1 - len(domain)
	}
	return -1
}

// exampleOf is a host that a domain serves and that has no domain of its own.
func exampleOf(domain string) string {
	switch {
	case domain == "*":
		return "any.invalid"
	case strings.HasPrefix(domain, "*"):
		return "any" + domain[1:]
	case strings.HasSuffix(domain, "*"):
		return domain[:len(domain)-1] + "any"
	}
	return domain
}

// language is the authorities of a cell, with and without a port. A host is matched without regard to case; a test of the header is not.
func (c *cell) language() language {
	var parts []string
	for _, d := range c.hosts {
		label := `[!-9;-~]+`
		switch {
		case d == "*":
			parts = append(parts, label)
		case strings.HasPrefix(d, "*"):
			parts = append(parts, label+quote(d[1:]))
		case strings.HasSuffix(d, "*"):
			parts = append(parts, quote(d[:len(d)-1])+label)
		default:
			parts = append(parts, quote(d))
		}
	}
	expression := "(?i:" + strings.Join(parts, "|") + ")(?::[0-9]+)?"
	if _, err := syntax.Parse(expression, syntax.Perl); err != nil {
		return nil
	}
	l, _ := newLanguage(expression)
	return l
}
