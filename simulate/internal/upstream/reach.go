package upstream

import (
	"strings"

	"sem.example/simulate/call"
	"sem.example/simulate/decision"
)

// reach returns the endpoints that a connection through the cluster may go to. The slice is the caller's to keep.
func (r *Forwarder) reach(c *cluster, host string) []Endpoint {
	switch c.Destination.Resolution {
	case ByOriginal:
		return r.original(c)
	case byDynamicDNS:
		return r.dynamic(c, host)
	}
	return c.endpoints
}

// original is the address that the application dialled, on another port where the cluster says so.
func (r *Forwarder) original(c *cluster) []Endpoint {
	config := c.proto.GetOriginalDstLbConfig()
	address, port := r.Call.Address, uint32(r.Conn.Destination.Port())
	if r.Conn.Destination.Addr().IsValid() {
		address = r.Conn.Destination.Addr().String()
	}
	if config.GetUseHttpHeader() && r.Req != nil {
		name := config.GetHttpHeaderName()
		if name == "" {
			name = "x-envoy-original-dst-host"
		}
		if to, ok := r.Req.Get(strings.ToLower(name)); ok {
			address, port = call.SplitPort(to)
		}
	}
	if over := config.GetUpstreamPortOverride(); over != nil {
		port = over.GetValue()
	}
	if address == "" {
		address, _ = call.SplitPort(r.Call.ParseURL().Authority)
	}
	return []Endpoint{{Endpoint: decision.Endpoint{Address: address, Port: port, Weight: 1, Share: 1}, At: HostPort(address, port), Socket: c.sockets.fallback}}
}

// dynamic is the name that the request itself asks for, resolved by the proxy.
func (r *Forwarder) dynamic(c *cluster, host string) []Endpoint {
	name, port := call.SplitPort(host)
	if name == "" {
		return nil
	}
	if port == 0 {
		port = 80
		if c.sockets.fallback != nil {
			port = 443
		}
	}
	return []Endpoint{{Endpoint: decision.Endpoint{Address: name, Port: port, Weight: 1, Share: 1}, At: HostPort(name, port), Hostname: name, Socket: c.sockets.fallback}}
}
