package filterchain

import (
	"cmp"
	"slices"
	"strings"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	tlsv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/transport_sockets/tls/v3"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"sem.example/internal/compile/extension"
	"sem.example/internal/compile/origin"
	"sem.example/internal/compile/proxy"
	"sem.example/internal/compile/tlscontext"
	"sem.example/internal/compile/xds"
	"sem.example/internal/config"
	"sem.example/internal/envoy"
	"sem.example/internal/mesh"
)

// RawBuffer is the transport protocol of a connection without TLS.
const RawBuffer = "raw_buffer"

// tlsConnectTimeout is how long a client may take for its side of a handshake, in seconds.
const tlsConnectTimeout = 15

// A Chain is a filter chain that has no place in a listener yet.
type Chain struct {
	Name      string   // "" for chains that nothing refers to
	Port      uint32   // of destinations; 0 is any
	SNI       []string // server names; "*" is any
	CIDRs     []string // destinations; 0.0.0.0 is any
	ALPN      []string // application protocols that an inspector finds
	Transport string

	Filters  []*listenerv3.Filter        // of connections
	HTTP     *Manager                    // of requests, or nil
	ReadsSNI bool                        // a filter needs the server name though the match does not
	TLS      *tlsv3.DownstreamTlsContext // by which the proxy ends TLS, or nil
	Metadata *corev3.Metadata
	Origins  origin.List
	Shared   []origin.Shared // further origins, of what many chains have
}

// TakesAll reports whether the chain matches every connection.
func (d *Chain) TakesAll() bool {
	return (len(d.SNI) == 0 || slices.Contains(d.SNI, "*")) && len(d.ALPN) == 0 && d.Transport == "" && len(d.CIDRs) == 0 && d.Port == 0
}

// Key is the same for two chains that match the same connections, in whatever order they say so.
func (d *Chain) Key() string {
	var cidrs []string
	for _, s := range d.CIDRs {
		if p, ok := proxy.ParsePrefix(s); ok && p.Addr().String() != proxy.AnyIPv4 {
			cidrs = append(cidrs, p.Masked().String())
		}
	}
	sni := slices.DeleteFunc(slices.Clone(d.SNI), func(s string) bool { return s == "*" })
	return strings.Join([]string{d.Transport, strings.Join(d.ALPN, ","), set(sni), set(cidrs)}, "|")
}

func set(list []string) string {
	slices.Sort(list)
	return strings.Join(slices.Compact(list), ",")
}

func (d *Chain) match() *listenerv3.FilterChainMatch {
	if d.TakesAll() {
		return nil
	}
	out := &listenerv3.FilterChainMatch{ApplicationProtocols: d.ALPN, TransportProtocol: d.Transport}
	if d.Port > 0 {
		out.DestinationPort = wrapperspb.UInt32(d.Port)
	}
	if !slices.Contains(d.SNI, "*") {
		out.ServerNames = slices.Sorted(slices.Values(d.SNI))
	}
	for _, s := range slices.Sorted(slices.Values(d.CIDRs)) {
		if r, err := xds.CIDRRange(s); err == nil && r.AddressPrefix != proxy.AnyIPv4 {
			out.PrefixRanges = append(out.PrefixRanges, r)
		}
	}
	return out
}

// Build turns a chain into the message for a listener.
func Build(view *mesh.View, d *Chain, listener string) *listenerv3.FilterChain {
	out := &listenerv3.FilterChain{
		Name:                          d.Name,
		FilterChainMatch:              d.match(),
		Metadata:                      d.Metadata,
		Filters:                       slices.Clone(d.Filters),
		TransportSocketConnectTimeout: durationpb.New(tlsConnectTimeout * 1e9),
	}
	if d.TLS != nil {
		out.TransportSocket = tlscontext.Socket(d.TLS)
	}
	if d.HTTP != nil {
		m := *d.HTTP
		m.Name = cmp.Or(m.Name, "outbound_"+listener)
		out.Filters = append(out.Filters, ManagerFilter(view, m))
	}
	return out
}

// OutboundManager handles the requests of the workload by a route table.
func OutboundManager(view *mesh.View, table string, port uint32) *Manager {
	return &Manager{Side: Outbound, Table: table, Port: port, Filters: DynamicFilters(view, nil)}
}

// ForService handles requests for a service, and for all others that share the listener, by a route table.
func ForService(view *mesh.View, s *mesh.Service, port *mesh.Port, table string) *Chain {
	m := OutboundManager(view, table, port.Number)
	m.Protocol, m.Filters = port.Protocol, DynamicFilters(view, s)
	return &Chain{HTTP: m}
}

// DetectHTTP makes a chain take only what an inspector finds to be HTTP without TLS.
func (d *Chain) DetectHTTP() {
	d.ALPN, d.Transport = xds.PlaintextHTTP, RawBuffer
}

// BuildAll gives chains their place in a listener: the chains in order, their origins recorded.
func BuildAll(view *mesh.View, origins *origin.Store, listener string, chains []*Chain) []*listenerv3.FilterChain {
	var out []*listenerv3.FilterChain
	for i, c := range chains {
		origins.Put(envoy.FilterChain(listener, i), c.Origins)
		origins.Share(envoy.FilterChain(listener, i), c.Shared...)
		out = append(out, Build(view, c, listener))
	}
	return out
}

// MatchedBy records which matches of a rule make a chain.
func (d *Chain) MatchedBy(matches []config.Place) {
	for _, at := range matches {
		d.Origins.Add("match", origin.DefinesTreeAt(at)...)
	}
}

// Extend adds the filters that extensions add to connections to the first chain that reads requests. istiod leaves the others of the
// listener without them. Chains of connections have theirs.
func Extend(view *mesh.View, port uint32, chains []*Chain) []*Chain {
	for _, d := range chains {
		if d.HTTP != nil {
			before, behind := extension.Network(view, false, port)
			d.Filters = slices.Concat(d.Filters, before, behind)
			break
		}
	}
	return chains
}
