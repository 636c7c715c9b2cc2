package listener

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"

	"sem.example/internal/envoy"
	"sem.example/simulate/call"
	"sem.example/simulate/decision"
	"sem.example/simulate/internal/match"
	"sem.example/simulate/internal/network"
	"sem.example/simulate/internal/upstream"
)

// A Chain is a filter chain: how the connection is decrypted and what reads its bytes.
type Chain struct {
	name    string
	label   string // the name, or the place where it has none
	says    string // what it demands, for a step
	index   int    // -1 is the default chain
	Addr    envoy.Addr
	match   *listenerv3.FilterChainMatch
	to      []netip.Prefix // destination addresses
	direct  []netip.Prefix // directly connected sources
	from    []netip.Prefix // sources
	tls     *downstreamTLS // nil: the bytes are read as they come
	Filters []network.NetworkFilter
	unread  []string
}

func newChain(listener string, i, of int, c *listenerv3.FilterChain) *Chain {
	m := c.GetFilterChainMatch()
	out := &Chain{
		name: c.GetName(), label: chainLabel(c.GetName(), i, of), index: i, Addr: envoy.FilterChain(listener, i), match: m, tls: newDownstreamTLS(c.GetTransportSocket()),
		to: match.Prefixes(m.GetPrefixRanges()), direct: match.Prefixes(m.GetDirectSourcePrefixRanges()), from: match.Prefixes(m.GetSourcePrefixRanges()),
	}
	out.says = out.words()
	out.unread = append(decision.Unread(c, "filter chain "+out.label), decision.Unread(m, "the match of filter chain "+out.label)...)
	for _, f := range c.GetFilters() {
		out.Filters = append(out.Filters, network.NewNetworkFilter(f))
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

// Ways are the clusters among which a TCP proxy has chosen before a handshake can fail: it does so when the connection
// comes.
func (c *Chain) Ways(end decision.Outcome) []upstream.Selection {
	for i := range c.Filters {
		if tcp := c.Filters[i].TCP; tcp != nil {
			return tcp.Ways(end)
		}
	}
	return nil
}

// words says what the chain demands.
func (c *Chain) words() string {
	var parts []string
	m := c.match
	if p := m.GetDestinationPort().GetValue(); p != 0 {
		parts = append(parts, fmt.Sprintf("destination port %d", p))
	}
	for _, p := range c.to {
		parts = append(parts, "destination "+p.String())
	}
	if names := m.GetServerNames(); len(names) > 0 {
		parts = append(parts, "server name "+decision.Some(names, 3))
	}
	if kind := bytesWords(m); kind != "" {
		parts = append(parts, kind)
	}
	if len(parts) == 0 {
		return "takes every connection"
	}
	return "takes " + strings.Join(parts, ", ")
}

// bytesWords says what bytes a chain demands: "TLS that offers istio, h2", "plaintext HTTP".
func bytesWords(m *listenerv3.FilterChainMatch) string {
	protocols := m.GetApplicationProtocols()
	plain := m.GetTransportProtocol() == call.RawBuffer
	switch {
	case plain && len(protocols) == 0:
		return "plaintext"
	case plain && slices.Contains(protocols, call.HTTP11):
		return "plaintext HTTP"
	case plain:
		return "plaintext of " + decision.Some(protocols, 5)
	case m.GetTransportProtocol() == "" && len(protocols) == 0:
		return ""
	}
	kind := cmp.Or(strings.ToUpper(m.GetTransportProtocol()), "TLS")
	if len(protocols) > 0 {
		kind += " that offers " + decision.Some(protocols, 2)
	}
	return kind
}
