package listener

import (
	"net/netip"
	"slices"
	"strings"

	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"

	"sem.example/simulate/call"
	"sem.example/simulate/decision"
)

// A chainTest compares one property of a connection with what a chain demands of it: negative is not a match, 0 a chain
// without demands, more the more specific.
type chainTest struct {
	property string
	rank     func(*Chain, *call.Connection, *decision.Detected) int
}

// chainTests are the properties in the order in which Envoy asks for them. After each only the chains with the best
// rank stay; Envoy never turns back, so where none of them matches further down, no chain does.
var chainTests = []chainTest{
	{"destination port", func(c *Chain, n *call.Connection, _ *decision.Detected) int {
		return rankPort(c.match.GetDestinationPort().GetValue(), n.Destination.Port())
	}},
	{"destination address", func(c *Chain, n *call.Connection, _ *decision.Detected) int {
		return rankPrefix(c.to, n.Destination.Addr())
	}},
	{"server name", func(c *Chain, _ *call.Connection, s *decision.Detected) int {
		return rankName(c.match.GetServerNames(), s.SNI)
	}},
	{"transport protocol", func(c *Chain, _ *call.Connection, s *decision.Detected) int { return rankTransport(c, s) }},
	{"application protocol", func(c *Chain, _ *call.Connection, s *decision.Detected) int {
		return rankProtocol(c.match.GetApplicationProtocols(), s.ALPN)
	}},
	{"directly connected source", func(c *Chain, n *call.Connection, _ *decision.Detected) int {
		return rankPrefix(c.direct, n.Source.Addr())
	}},
	{"source type", func(c *Chain, n *call.Connection, _ *decision.Detected) int {
		return rankSource(c.match.GetSourceType(), n)
	}},
	{"source address", func(c *Chain, n *call.Connection, _ *decision.Detected) int {
		return rankPrefix(c.from, n.Source.Addr())
	}},
	{"source port", func(c *Chain, n *call.Connection, _ *decision.Detected) int { return rankSourcePort(c, n) }},
}

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

func rankTransport(c *Chain, s *decision.Detected) int {
	switch c.match.GetTransportProtocol() {
	case "":
		return 0
	case s.Transport:
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

func rankSource(want listenerv3.FilterChainMatch_ConnectionSourceType, c *call.Connection) int {
	switch want {
	case listenerv3.FilterChainMatch_ANY:
		return 0
	case listenerv3.FilterChainMatch_SAME_IP_OR_LOOPBACK:
		return map[bool]int{true: 1, false: -1}[c.Local()]
	}
	return map[bool]int{true: -1, false: 1}[c.Local()]
}

func rankSourcePort(c *Chain, n *call.Connection) int {
	ports := c.match.GetSourcePorts()
	if len(ports) == 0 {
		return 0
	}
	if slices.Contains(ports, uint32(n.Source.Port())) {
		return 1
	}
	return -1
}

// best keeps the chains with the best rank.
func best(chains []*Chain, t chainTest, c *call.Connection, s *decision.Detected) []*Chain {
	if len(chains) == 1 && t.rank(chains[0], c, s) >= 0 {
		return chains
	}
	top := -1
	var out []*Chain
	for _, ch := range chains {
		rank := t.rank(ch, c, s)
		switch {
		case rank > top:
			top, out = rank, []*Chain{ch}
		case rank == top && rank >= 0:
			out = append(out, ch)
		}
	}
	return out
}

// chain chooses the filter chain of the connection, or the default chain where none matches.
func (l *Listener) chain(c *call.Connection, s *decision.Detected) *Chain {
	rest := l.index.bucket(c, s)
	for _, t := range chainTests[indexed:] {
		rest = best(rest, t, c, s)
	}
	if len(rest) == 0 {
		return l.fallback
	}
	return rest[0]
}

// indexed is how many of the tests, from the first on, a chainIndex answers by itself.
const indexed = 3
