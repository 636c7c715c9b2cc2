package simulate

import (
	"net/netip"
	"strconv"
	"strings"

	clusterv3 "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	endpointv3 "github.com/envoyproxy/go-control-plane/envoy/config/endpoint/v3"

	"sem.example/internal/envoy"
)

// An endpoint is one that may be dialled, with the TLS that is spoken to it.
type endpoint struct {
	Endpoint
	at       string // address and port as one
	hostname string
	health   corev3.HealthStatus
	place    localityKey
	socket   *originator
}

// newEndpoints lists the endpoints that receive requests, with their shares.
func (e *Engine) newEndpoints(c *cluster) []endpoint {
	load := c.proto.GetLoadAssignment()
	if c.proto.GetType() == clusterv3.Cluster_EDS && c.proto.GetClusterType() == nil {
		name := c.proto.GetEdsClusterConfig().GetServiceName()
		if name == "" {
			name = c.name
		}
		load = e.resources.Endpoints(name)
	}
	c.unread = unreadCluster(c.proto, load)
	var all []endpoint
	for _, l := range load.GetEndpoints() {
		for _, h := range l.GetLbEndpoints() {
			all = append(all, e.newEndpoint(c, l, h))
		}
	}
	used := share(c.proto, load, all)
	c.standby = newStandby(all, used)
	return used
}

func (e *Engine) newEndpoint(c *cluster, l *endpointv3.LocalityLbEndpoints, h *endpointv3.LbEndpoint) endpoint {
	address, port := dialTo(h.GetEndpoint().GetAddress())
	out := endpoint{
		Endpoint: Endpoint{Address: address, Port: port, Weight: max(1, h.GetLoadBalancingWeight().GetValue()), Priority: l.GetPriority(), Locality: localityText(l.GetLocality())},
		at:       hostPort(address, port),
		hostname: h.GetEndpoint().GetHostname(),
		health:   h.GetHealthStatus(),
		place:    localityKey{l.GetPriority(), localityText(l.GetLocality())},
		socket:   c.sockets.of(l, h),
	}
	if len(c.sockets.matches) > 0 {
		out.TLS = out.socket.mode()
	}
	out.Origin = e.originOf(at(envoy.Endpoint(c.name, out.at)))
	return out
}

// dialTo is the address and port behind a message; a Unix socket is an address without a port.
func dialTo(a *corev3.Address) (string, uint32) {
	if path := a.GetPipe().GetPath(); path != "" {
		return "unix://" + path, 0
	}
	if internal := a.GetEnvoyInternalAddress(); internal != nil {
		return "internal://" + internal.GetServerListenerName(), 0
	}
	return a.GetSocketAddress().GetAddress(), a.GetSocketAddress().GetPortValue()
}

func hostPort(address string, port uint32) string {
	if a, err := netip.ParseAddr(address); err == nil {
		return netip.AddrPortFrom(a, uint16(port)).String()
	}
	if port == 0 {
		return address
	}
	return address + ":" + strconv.FormatUint(uint64(port), 10)
}

// reach returns the endpoints that a connection through the cluster may go to. The slice is the caller's to keep.
func (r *run) reach(c *cluster, host string) []endpoint {
	switch c.destination.Resolution {
	case byOriginal:
		return r.original(c)
	case byDynamicDNS:
		return r.dynamic(c, host)
	}
	return c.endpoints
}

// original is the address that the application dialled, on another port where the cluster says so.
func (r *run) original(c *cluster) []endpoint {
	config := c.proto.GetOriginalDstLbConfig()
	address, port := r.call.Address, uint32(r.conn.destination.Port())
	if r.conn.destination.Addr().IsValid() {
		address = r.conn.destination.Addr().String()
	}
	if config.GetUseHttpHeader() && r.req != nil {
		name := config.GetHttpHeaderName()
		if name == "" {
			name = "x-envoy-original-dst-host"
		}
		if to, ok := r.req.get(strings.ToLower(name)); ok {
			address, port = splitPort(to)
		}
	}
	if over := config.GetUpstreamPortOverride(); over != nil {
		port = over.GetValue()
	}
	if address == "" {
		address, _ = splitPort(r.call.target().authority)
	}
	return []endpoint{{Endpoint: Endpoint{Address: address, Port: port, Weight: 1, Share: 1}, at: hostPort(address, port), socket: c.sockets.fallback}}
}

// dynamic is the name that the request itself asks for, resolved by the proxy.
func (r *run) dynamic(c *cluster, host string) []endpoint {
	name, port := splitPort(host)
	if name == "" {
		return nil
	}
	if port == 0 {
		port = 80
		if c.sockets.fallback != nil {
			port = 443
		}
	}
	return []endpoint{{Endpoint: Endpoint{Address: name, Port: port, Weight: 1, Share: 1}, at: hostPort(name, port), hostname: name, socket: c.sockets.fallback}}
}

// listed are endpoints in the form of the trace document.
func (r *run) listed(all []endpoint) []Endpoint {
	if len(all) == 0 {
		return nil
	}
	out := make([]Endpoint, len(all))
	for i := range all {
		out[i] = all[i].Endpoint
		out[i].Resolved = r.resolved(&all[i].Endpoint)
	}
	return out
}

// resolved is the address that the call says DNS gives for an endpoint's name, "" where it says none.
func (r *run) resolved(e *Endpoint) string {
	if len(r.call.Resolve) == 0 || isAddress(e.Address) {
		return ""
	}
	host, port := strings.ToLower(e.Address), strconv.FormatUint(uint64(e.Port), 10)
	for _, key := range [...]string{host + ":" + port, host + ":*", "*:" + port, "*:*"} {
		if to := r.call.Resolve[key]; to != "" {
			return to
		}
	}
	return ""
}

func isAddress(host string) bool {
	_, err := netip.ParseAddr(host)
	return err == nil
}

// likeliest is the endpoint with the largest share; all must not be empty.
func likeliest(all []endpoint) *endpoint {
	best := &all[0]
	for i := range all {
		if all[i].Share > best.Share {
			best = &all[i]
		}
	}
	return best
}
