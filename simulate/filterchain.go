package simulate

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"

	"sem.example/internal/envoy"
)

// A chain is a filter chain: how the connection is decrypted and what reads its bytes.
type chain struct {
	name    string
	label   string // the name, or the place where it has none
	says    string // what it demands, for a step
	index   int    // -1 is the default chain
	addr    envoy.Addr
	match   *listenerv3.FilterChainMatch
	to      []netip.Prefix // destination addresses
	direct  []netip.Prefix // directly connected sources
	from    []netip.Prefix // sources
	tls     *termination   // nil: the bytes are read as they come
	filters []networkFilter
	unread  []string
}

func (e *Engine) newChain(listener string, i, of int, c *listenerv3.FilterChain) *chain {
	m := c.GetFilterChainMatch()
	out := &chain{
		name: c.GetName(), label: chainLabel(c.GetName(), i, of), index: i, addr: envoy.FilterChain(listener, i), match: m, tls: newTermination(c.GetTransportSocket()),
		to: prefixes(m.GetPrefixRanges()), direct: prefixes(m.GetDirectSourcePrefixRanges()), from: prefixes(m.GetSourcePrefixRanges()),
	}
	out.says = out.words()
	out.unread = append(unread(c, "filter chain "+out.label), unread(m, "the match of filter chain "+out.label)...)
	for _, f := range c.GetFilters() {
		out.filters = append(out.filters, e.newNetworkFilter(f))
	}
	return out
}

// chainLabel names a chain where it has no name of its own.
func chainLabel(name string, i, of int) string {
	switch {
	case name != "":
		return name
	case i < 0:
		return "default filter chain"
	}
	return fmt.Sprintf("filter chain %d of %d", i+1, of)
}

// ahead are the clusters among which a TCP proxy has chosen before a handshake can fail: it does so when the connection
// comes.
func (c *chain) ahead() []weighted {
	for i := range c.filters {
		if tcp := c.filters[i].tcp; tcp != nil {
			return tcp.targets
		}
	}
	return nil
}

// A chainTest compares one property of a connection with what a chain demands of it: negative is no match, 0 a chain
// without demands, more the more specific.
type chainTest struct {
	property string
	rank     func(*chain, *connection, *sight) int
}

// chainTests are the properties in the order in which Envoy asks for them. After each only the chains with the best
// rank stay; Envoy never turns back, so where none of them matches further down, no chain does.
var chainTests = []chainTest{
	{"destination port", func(c *chain, n *connection, _ *sight) int {
		return rankPort(c.match.GetDestinationPort().GetValue(), n.destination.Port())
	}},
	{"destination address", func(c *chain, n *connection, _ *sight) int { return rankPrefix(c.to, n.destination.Addr()) }},
	{"server name", func(c *chain, _ *connection, s *sight) int { return rankName(c.match.GetServerNames(), s.sni) }},
	{"transport protocol", func(c *chain, _ *connection, s *sight) int { return rankTransport(c, s) }},
	{"application protocol", func(c *chain, _ *connection, s *sight) int {
		return rankProtocol(c.match.GetApplicationProtocols(), s.alpn)
	}},
	{"directly connected source", func(c *chain, n *connection, _ *sight) int { return rankPrefix(c.direct, n.source.Addr()) }},
	{"source type", func(c *chain, n *connection, _ *sight) int { return rankSource(c.match.GetSourceType(), n) }},
	{"source address", func(c *chain, n *connection, _ *sight) int { return rankPrefix(c.from, n.source.Addr()) }},
	{"source port", func(c *chain, n *connection, _ *sight) int { return rankSourcePort(c, n) }},
}

// indexed is how many of the tests, from the first on, a chainIndex answers by itself.
const indexed = 3

func rankPort(want uint32, port uint16) int {
	switch want {
	case 0:
		return 0
	case uint32(port):
		return 1
	}
	return -1
}

func rankPrefix(want []netip.Prefix, a netip.Addr) int {
	if len(want) == 0 {
		return 0
	}
	best := -1
	for _, p := range want {
		if p.Contains(a) {
			best = max(best, p.Bits()+1)
		}
	}
	return best
}

func rankName(want []string, sni string) int {
	if len(want) == 0 {
		return 0
	}
	best := -1
	for _, name := range want {
		name = strings.ToLower(name) // as Envoy does, and the name of the handshake with it
		if name == sni {
			return 1 << 16
		}
		if suffix := strings.TrimPrefix(name, "*"); suffix != name && len(sni) > len(suffix) && strings.HasSuffix(sni, suffix) {
			best = max(best, len(suffix))
		}
	}
	return best
}

func rankTransport(c *chain, s *sight) int {
	switch c.match.GetTransportProtocol() {
	case "":
		return 0
	case s.transport:
		return 1
	}
	return -1
}

// rankProtocol prefers what the client prefers.
func rankProtocol(want, offered []string) int {
	if len(want) == 0 {
		return 0
	}
	for i, p := range offered {
		if slices.Contains(want, p) {
			return len(offered) - i
		}
	}
	return -1
}

func rankSource(want listenerv3.FilterChainMatch_ConnectionSourceType, c *connection) int {
	switch want {
	case listenerv3.FilterChainMatch_ANY:
		return 0
	case listenerv3.FilterChainMatch_SAME_IP_OR_LOOPBACK:
		return map[bool]int{true: 1, false: -1}[c.local()]
	}
	return map[bool]int{true: -1, false: 1}[c.local()]
}

func rankSourcePort(c *chain, n *connection) int {
	ports := c.match.GetSourcePorts()
	if len(ports) == 0 {
		return 0
	}
	if slices.Contains(ports, uint32(n.source.Port())) {
		return 1
	}
	return -1
}

func prefixes(ranges []*corev3.CidrRange) []netip.Prefix {
	var out []netip.Prefix
	for _, r := range ranges {
		if p, ok := prefix(r); ok {
			out = append(out, p)
		}
	}
	return out
}

func prefix(r *corev3.CidrRange) (netip.Prefix, bool) {
	a, err := netip.ParseAddr(r.GetAddressPrefix())
	if err != nil {
		return netip.Prefix{}, false
	}
	p, err := a.Prefix(int(r.GetPrefixLen().GetValue()))
	return p, err == nil
}

// A chainIndex holds the chains by what the first tests ask for, so that a listener with a thousand server names is as
// fast as one with ten.
type chainIndex struct {
	ports   map[uint32][]netip.Prefix // the destination prefixes of a port, longest first; the zero prefix is any
	buckets map[chainKey][]*chain
	names   map[string][]*chain // by server name, whatever else they ask for
}

// A chainKey is one combination of the indexed properties. The name is "" for any and ".a.b" for "*.a.b".
type chainKey struct {
	port   uint32
	prefix netip.Prefix
	name   string
}

func newChainIndex(chains []*chain) *chainIndex {
	x := &chainIndex{ports: map[uint32][]netip.Prefix{}, buckets: map[chainKey][]*chain{}, names: map[string][]*chain{}}
	for _, c := range chains {
		x.add(c)
	}
	for _, list := range x.ports {
		slices.SortStableFunc(list, func(a, b netip.Prefix) int { return cmp.Compare(b.Bits(), a.Bits()) })
	}
	return x
}

func (x *chainIndex) add(c *chain) {
	to, names := c.to, c.match.GetServerNames()
	if len(to) == 0 {
		to = []netip.Prefix{{}}
	}
	if len(names) == 0 {
		names = []string{""}
	}
	for _, name := range c.match.GetServerNames() {
		x.names[strings.ToLower(name)] = append(x.names[strings.ToLower(name)], c)
	}
	port := c.match.GetDestinationPort().GetValue()
	for _, p := range to {
		if !slices.Contains(x.ports[port], p) {
			x.ports[port] = append(x.ports[port], p)
		}
		for _, name := range names {
			key := chainKey{port, p, strings.ToLower(strings.TrimPrefix(name, "*"))}
			x.buckets[key] = append(x.buckets[key], c)
		}
	}
}

// bucket returns the chains that stay after the indexed tests.
func (x *chainIndex) bucket(c *connection, s *sight) []*chain {
	port := uint32(c.destination.Port())
	list, ok := x.ports[port]
	if !ok {
		port, list = 0, x.ports[0]
	}
	i := slices.IndexFunc(list, func(p netip.Prefix) bool { return !p.IsValid() || p.Contains(c.destination.Addr()) })
	if i < 0 {
		return nil
	}
	return x.named(chainKey{port: port, prefix: list[i], name: s.sni})
}

// named looks for the server name, then for its wildcards, the longest first, then for any name.
func (x *chainIndex) named(key chainKey) []*chain {
	for name := key.name; name != ""; {
		key.name = name
		if found := x.buckets[key]; len(found) > 0 {
			return found
		}
		dot := strings.IndexByte(name[1:], '.')
		if dot < 0 {
			break
		}
		name = name[1+dot:]
	}
	key.name = ""
	return x.buckets[key]
}

// chain chooses the filter chain of the connection, or the default chain where none matches.
func (l *listener) chain(c *connection, s *sight) *chain {
	rest := l.index.bucket(c, s)
	for _, t := range chainTests[indexed:] {
		rest = best(rest, t, c, s)
	}
	if len(rest) == 0 {
		return l.fallback
	}
	return rest[0]
}

// best keeps the chains with the best rank.
func best(chains []*chain, t chainTest, c *connection, s *sight) []*chain {
	if len(chains) == 1 && t.rank(chains[0], c, s) >= 0 {
		return chains
	}
	top := -1
	var out []*chain
	for _, ch := range chains {
		rank := t.rank(ch, c, s)
		switch {
		case rank > top:
			top, out = rank, []*chain{ch}
		case rank == top && rank >= 0:
			out = append(out, ch)
		}
	}
	return out
}
