package diff

import (
	"fmt"
	"strings"

	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	tlsv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/transport_sockets/tls/v3"

	"sem.example/simulate"
)

// Addresses that no configuration uses, and a client with a certificate.
const (
	anyIPv4 = "203.0.113.77"
	anyIPv6 = "2001:db8:ffff::77"
	anyPeer = "spiffe://cluster.local/ns/default/sa/test"
)

// callInto is a connection that a filter chain takes.
func callInto(l *listenerv3.Listener, chain *listenerv3.FilterChain) simulate.Call {
	address := l.GetAddress().GetSocketAddress()
	call := simulate.Call{Port: address.GetPortValue(), Protocol: "http"}
	switch a := address.GetAddress(); {
	case a == "::" && len(l.GetAdditionalAddresses()) == 0:
		call.Address = anyIPv6 // a name would be taken for an IPv4 address
	case a != "0.0.0.0" && a != "::":
		call.Address = a
	}
	m := chain.GetFilterChainMatch()
	if m.GetTransportProtocol() == "tls" || chain.GetTransportSocket() != nil || len(m.GetServerNames()) > 0 {
		call.TLS = "tls"
	}
	if names := m.GetServerNames(); len(names) > 0 {
		call.SNI = exampleOf(names[0])
	}
	server := &tlsv3.DownstreamTlsContext{}
	if chain.GetTransportSocket().GetTypedConfig().UnmarshalTo(server) == nil && server.GetRequireClientCertificate().GetValue() {
		call.TLS, call.Principal = "mtls", anyPeer
	}
	return call
}

// ways are the calls with the parts of a request that are tried until one shows a difference: as the region says, with the port in the
// Host header, which a redirect may keep or leave out, and to an address, where the name leads to another listener.
func ways(base simulate.Call, parts map[string]value, at *cell, host string) []simulate.Call {
	out := []simulate.Call{write(base, parts, host)}
	if !strings.Contains(at.example, ":") {
		call := write(base, parts, host)
		call.Headers["host"] = []string{fmt.Sprintf("%s:%d", at.example, publicPort(call))}
		out = append(out, call)
	}
	if base.Address == "" {
		base.Address = anyIPv4
		out = append(out, write(base, parts, host))
	}
	return out
}

// askAny asks calls until one is answered differently.
func (c *comparison) askAny(calls []simulate.Call) *Change {
	for _, call := range calls {
		if ch := c.ask(call); ch != nil {
			return ch
		}
	}
	return nil
}

// publicPort is the default port of the scheme of a call.
func publicPort(call simulate.Call) int {
	if strings.HasPrefix(call.URL, "https:") {
		return 443
	}
	return 80
}

// authority is the host of a cell, with the port where both tables pass over it.
func authority(old, new *table, at *cell, port uint32) string {
	if port == 80 || port == 443 || strings.Contains(at.example, ":") {
		return at.example
	}
	for _, t := range []*table{old, new} {
		if !t.proto.GetIgnorePortInHostMatching() && t.serves(at.example) != t.serves(fmt.Sprintf("%s:%d", at.example, port)) {
			return at.example
		}
	}
	return fmt.Sprintf("%s:%d", at.example, port)
}
