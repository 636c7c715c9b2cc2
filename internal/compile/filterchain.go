package compile

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	tlsv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/transport_sockets/tls/v3"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"sem.example/internal/envoy"
	"sem.example/internal/mesh"
)

// rawBuffer is the transport protocol of a connection without TLS.
const rawBuffer = "raw_buffer"

// tlsConnectTimeout is how long a client may take for its side of a handshake, in seconds.
const tlsConnectTimeout = 15

// A chainDraft is a filter chain that has no place in a listener yet.
type chainDraft struct {
	name      string   // "" for chains that nothing refers to
	port      uint32   // of destinations; 0 is any
	sni       []string // server names; "*" is any
	cidrs     []string // destinations; 0.0.0.0 is any
	alpn      []string // application protocols that an inspector finds
	transport string

	filters  []*listenerv3.Filter        // of connections
	http     *manager                    // of requests, or nil
	readsSNI bool                        // a filter needs the server name though the match does not
	tls      *tlsv3.DownstreamTlsContext // by which the proxy ends TLS, or nil
	metadata *corev3.Metadata
	origins  trail
}

// takesAll says whether the chain matches every connection.
func (d *chainDraft) takesAll() bool {
	return (len(d.sni) == 0 || slices.Contains(d.sni, "*")) && len(d.alpn) == 0 && d.transport == "" && len(d.cidrs) == 0 && d.port == 0
}

// key is the same for two chains that match the same connections, in whatever order they say so.
func (d *chainDraft) key() string {
	var cidrs []string
	for _, s := range d.cidrs {
		if p, ok := prefixOf(s); ok && p.Addr().String() != anyIPv4 {
			cidrs = append(cidrs, p.Masked().String())
		}
	}
	sni := slices.DeleteFunc(slices.Clone(d.sni), func(s string) bool { return s == "*" })
	return strings.Join([]string{d.transport, strings.Join(d.alpn, ","), set(sni), set(cidrs)}, "|")
}

func set(list []string) string {
	slices.Sort(list)
	return strings.Join(slices.Compact(list), ",")
}

func prefixOf(s string) (netip.Prefix, bool) {
	ip, ok := addressOf(s)
	if !ok || !strings.Contains(s, "/") {
		return netip.PrefixFrom(ip, ip.BitLen()), ok
	}
	p, err := netip.ParsePrefix(s)
	return p, err == nil
}

func (d *chainDraft) match() *listenerv3.FilterChainMatch {
	if d.takesAll() {
		return nil
	}
	out := &listenerv3.FilterChainMatch{ApplicationProtocols: d.alpn, TransportProtocol: d.transport}
	if d.port > 0 {
		out.DestinationPort = wrapperspb.UInt32(d.port)
	}
	if !slices.Contains(d.sni, "*") {
		out.ServerNames = slices.Sorted(slices.Values(d.sni))
	}
	for _, s := range slices.Sorted(slices.Values(d.cidrs)) {
		if r, err := cidrRange(s); err == nil && r.AddressPrefix != anyIPv4 {
			out.PrefixRanges = append(out.PrefixRanges, r)
		}
	}
	return out
}

// filterChain turns a draft into the message for a listener.
func (c *Compiler) filterChain(d *chainDraft, listener string) *listenerv3.FilterChain {
	out := &listenerv3.FilterChain{
		Name:                          d.name,
		FilterChainMatch:              d.match(),
		Metadata:                      d.metadata,
		Filters:                       slices.Clone(d.filters),
		TransportSocketConnectTimeout: durationpb.New(tlsConnectTimeout * 1e9),
	}
	if d.tls != nil {
		out.TransportSocket = downstreamTLS(d.tls)
	}
	if d.http != nil {
		m := *d.http
		m.name = cmp.Or(m.name, "outbound_"+listener)
		out.Filters = append(out.Filters, c.httpManager(m))
	}
	return out
}

// outboundManager handles the requests of the workload by a route table.
func (c *Compiler) outboundManager(table string) *manager {
	return &manager{side: outboundSide, table: table, filters: c.dynamicFilters(nil)}
}

// httpChain handles requests for a service, and for all others that share the listener, by a route table.
func (c *Compiler) httpChain(s *mesh.Service, protocol mesh.Protocol, table string) *chainDraft {
	m := c.outboundManager(table)
	m.protocol, m.filters = protocol, c.dynamicFilters(s)
	return &chainDraft{http: m}
}

// detect makes a chain take only what an inspector finds to be HTTP without TLS.
func (d *chainDraft) detect() {
	d.alpn, d.transport = plaintextHTTP, rawBuffer
}

// placeChains gives drafts their place in a listener: the chains in order, their origins recorded.
func (c *Compiler) placeChains(listener string, drafts []*chainDraft) []*listenerv3.FilterChain {
	var out []*listenerv3.FilterChain
	for i, d := range drafts {
		c.origins.settle(envoy.FilterChain(listener, i), d.origins)
		out = append(out, c.filterChain(d, listener))
	}
	return out
}
