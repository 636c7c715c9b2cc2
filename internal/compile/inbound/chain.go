package inbound

import (
	"slices"

	security "istio.io/api/security/v1beta1"

	"sem.example/internal/compile/extension"
	"sem.example/internal/compile/filterchain"
	"sem.example/internal/compile/origin"
	"sem.example/internal/compile/tlscontext"
	"sem.example/internal/compile/xds"
	"sem.example/internal/envoy"
	"sem.example/internal/mesh"
)

// overTLS is the transport protocol of a connection with TLS.
const overTLS = "tls"

// An inboundKind is one kind of connection that a port accepts.
type inboundKind struct {
	transport string
	alpn      []string
	http      bool // read as HTTP
	mutual    bool // the proxy ends mutual TLS
}

// The kinds of connection by which a proxy of the mesh is recognised, and all others.
var (
	mutualHTTP     = inboundKind{transport: overTLS, http: true, mutual: true}
	mutualTCP      = inboundKind{transport: overTLS, mutual: true}
	plainHTTP      = inboundKind{transport: filterchain.RawBuffer, http: true}
	plainTCP       = inboundKind{transport: filterchain.RawBuffer}
	passthroughTLS = inboundKind{transport: overTLS} // the application's own, passed on as it is
)

func (k inboundKind) offering(alpn []string) inboundKind {
	k.alpn = alpn
	return k
}

// inboundKinds returns the kinds of connection that a port of a protocol accepts under a mode of mutual TLS. Where the
// protocol is to be detected the inspectors look whether a connection is HTTP.
func inboundKinds(p mesh.Protocol, mode security.PeerAuthentication_MutualTLS_Mode) []inboundKind {
	switch mode {
	case security.PeerAuthentication_MutualTLS_STRICT:
		switch {
		case p.IsHTTP():
			return []inboundKind{mutualHTTP}
		case p == mesh.Detected:
			return []inboundKind{mutualHTTP.offering(xds.MeshHTTP), mutualTCP}
		}
		return []inboundKind{mutualTCP}
	case security.PeerAuthentication_MutualTLS_PERMISSIVE:
		switch {
		case p.IsHTTP():
			return []inboundKind{mutualHTTP.offering(xds.MeshAny), plainHTTP}
		case p == mesh.Detected:
			return []inboundKind{
				mutualHTTP.offering(xds.MeshHTTP), plainHTTP.offering(xds.PlaintextHTTP), mutualTCP.offering(xds.MeshTCP), plainTCP, passthroughTLS,
			}
		}
		return []inboundKind{mutualTCP.offering(xds.MeshAny), passthroughTLS, plainTCP}
	}
	switch {
	case p.IsHTTP():
		return []inboundKind{plainHTTP}
	case p == mesh.Detected:
		return []inboundKind{plainHTTP.offering(xds.PlaintextHTTP), plainTCP}
	}
	return []inboundKind{plainTCP}
}

// inboundChains builds the chains of a port, one for each kind of connection.
func (c *Builder) inboundChains(p *inboundPort) []*filterchain.Chain {
	c.origins.Record(envoy.VirtualHost(p.cluster, p.virtualHost()), p.origins...)
	mode, by := c.view.MutualTLS(p.number)
	var out []*filterchain.Chain
	for _, k := range inboundKinds(p.protocol, mode) {
		d := &filterchain.Chain{Name: p.chainName(k), Port: p.number, Transport: k.transport, ALPN: k.alpn}
		d.Origins.Add("", p.origins...)
		if by.Object != nil {
			d.Origins.Add("tls", origin.Defines(by.Object, by.Field))
		}
		if k.mutual {
			d.TLS = tlscontext.Inbound(c.view, k.http)
			d.Origins.Add("tls", tlscontext.MeshOrigins(c.view)...)
		}
		if p.sidecar != nil {
			d.Metadata = xds.IstioMetadata(p.sidecar)
		}
		c.fillInbound(d, p, k.http)
		out = append(out, d)
	}
	return out
}

// fillInbound adds what handles the traffic of a port, after the policies that let it in.
func (c *Builder) fillInbound(d *filterchain.Chain, p *inboundPort, http bool) {
	if !http {
		auth := c.access.Connections()
		before, behind := extension.Network(c.view, true, p.asked)
		d.Filters = slices.Concat(auth.NetworkExternal, before, auth.Network, behind, xds.TCPFilters(p.protocol, xds.TCPProxyTo(p.cluster)))
		d.Shared = []origin.Shared{auth.Shared}
		extension.AddOrigins(&d.Origins, c.view, true, p.asked)
		return
	}
	before, behind := extension.Network(c.view, true, p.number)
	d.Filters = slices.Concat(before, behind)
	extension.AddOrigins(&d.Origins, c.view, true, p.number)
	d.HTTP = &filterchain.Manager{Side: filterchain.Inbound, Access: c.access, Name: "inbound_" + d.Name, Protocol: p.protocol, Port: p.number, Routes: inboundRoutes(c.view, p)}
	d.Origins.Add("retry", origin.SettingTree(c.view, "defaultInboundHttpRetryPolicy")...)
	d.Origins = append(d.Origins, filterchain.ManagerOrigins(c.view)...)
	d.Shared = []origin.Shared{c.access.Authentication().Shared, c.access.Requests().Shared}
}

// blackHoleChain ends connections to the listener's own port, which would otherwise be passed on to itself for ever.
func blackHoleChain(view *mesh.View) *filterchain.Chain {
	return &filterchain.Chain{
		Name:    "virtualInbound-blackhole",
		Port:    uint32(view.Mesh.Settings.Config.GetProxyInboundListenPort()),
		Filters: xds.TCPFilters(mesh.TCP, xds.TCPProxyTo(xds.BlackHole)),
	}
}

// passthroughChains let connections through to ports that no chain stands for. Ports of which only a PeerAuthentication
// speaks have passthrough chains of their own, as their mode may be another.
func (c *Builder) passthroughChains() []*filterchain.Chain {
	known := map[uint32]bool{}
	if hasIngress(c.view) {
		for _, l := range ingressListenersOf(c.view) {
			known[l.GetPort().GetNumber()] = true
		}
	} else {
		for _, t := range c.view.Targets() {
			known[t.Number] = true
		}
	}
	out := c.inboundChains(&inboundPort{cluster: xds.InboundPassthrough})
	for _, port := range c.view.MutualTLSPorts() {
		if !known[port] {
			out = append(out, c.inboundChains(&inboundPort{number: port, cluster: xds.InboundPassthrough})...)
		}
	}
	return out
}

// chainName names a chain by the address that it would be bound to without redirection.
func (p *inboundPort) chainName(k inboundKind) string {
	switch {
	case p.cluster != xds.InboundPassthrough:
		return xds.ListenerName(p.bind, p.number)
	case k.http:
		return "virtualInbound-catchall-http"
	}
	return "virtualInbound"
}
