package listener

import (
	"fmt"
	"net/netip"

	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"

	"sem.example/internal/envoy"
	"sem.example/internal/lazy"
	"sem.example/simulate/decision"
	"sem.example/simulate/internal/match"
	"sem.example/simulate/internal/network"
	"sem.example/simulate/internal/upstream"
)

// A Chain is a filter chain: how the connection is decrypted and what reads its bytes.
type Chain struct {
	name        string
	label       string // the name, or the place where it has none
	demands     *decision.ChainMatch
	index       int // -1 is the default chain
	Addr        envoy.Addr
	match       *listenerv3.FilterChainMatch
	to          []netip.Prefix // destination addresses
	direct      []netip.Prefix // directly connected sources
	from        []netip.Prefix // sources
	tls         *downstreamTLS // nil: the bytes are read as they come
	unsupported []string

	config  *listenerv3.FilterChain
	known   *network.Filters
	filters lazy.Value[[]network.NetworkFilter]
}

func newChain(listener string, i, of int, c *listenerv3.FilterChain, known *network.Filters) *Chain {
	m := c.GetFilterChainMatch()
	out := &Chain{
		config: c, known: known,
		name: c.GetName(), label: chainLabel(c.GetName(), i, of), index: i, Addr: envoy.FilterChain(listener, i), match: m, tls: newDownstreamTLS(c.GetTransportSocket()),
		to: match.Prefixes(m.GetPrefixRanges()), direct: match.Prefixes(m.GetDirectSourcePrefixRanges()), from: match.Prefixes(m.GetSourcePrefixRanges()),
	}
	out.demands = &decision.ChainMatch{
		Port: m.GetDestinationPort().GetValue(), Destinations: out.to, ServerNames: m.GetServerNames(),
		Transport: m.GetTransportProtocol(), Protocols: m.GetApplicationProtocols(),
	}
	out.unsupported = append(decision.UnsupportedFields(c, "filter chain "+out.label), decision.UnsupportedFields(m, "the match of filter chain "+out.label)...)
	return out
}

// Filters are what reads the bytes, in order. They are compiled when a connection first comes.
func (c *Chain) Filters() []network.NetworkFilter {
	return c.filters.Get(func() []network.NetworkFilter { return match.Mapped(c.config.GetFilters(), c.known.Of) })
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

// Ways are the clusters among which a TCP proxy has chosen before a handshake can fail: it does so when the connection
// comes.
func (c *Chain) Ways(end decision.Outcome) []upstream.Selection {
	filters := c.Filters()
	for i := range filters {
		if tcp := filters[i].TCP; tcp != nil {
			return tcp.Ways(end)
		}
	}
	return nil
}
