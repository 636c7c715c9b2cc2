package compile

import (
	"slices"

	security "istio.io/api/security/v1beta1"

	"sem.example/internal/envoy"
	"sem.example/internal/mesh"
)

// What proxies of the mesh offer as application protocols when they speak mutual TLS to each other: for traffic that the
// client's proxy knows to be HTTP, and for any other.
var (
	meshHTTP = []string{"istio-http/1.0", "istio-http/1.1", "istio-h2"}
	meshTCP  = []string{"istio-peer-exchange", "istio"}
	meshAny  = []string{"istio", "istio-peer-exchange", "istio-http/1.0", "istio-http/1.1", "istio-h2"}
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
	mutualHTTP = inboundKind{transport: overTLS, http: true, mutual: true}
	mutualTCP  = inboundKind{transport: overTLS, mutual: true}
	plainHTTP  = inboundKind{transport: rawBuffer, http: true}
	plainTCP   = inboundKind{transport: rawBuffer}
	foreignTLS = inboundKind{transport: overTLS} // the application's own, passed on as it is
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
			return []inboundKind{mutualHTTP.offering(meshHTTP), mutualTCP}
		}
		return []inboundKind{mutualTCP}
	case security.PeerAuthentication_MutualTLS_PERMISSIVE:
		switch {
		case p.IsHTTP():
			return []inboundKind{mutualHTTP.offering(meshAny), plainHTTP}
		case p == mesh.Detected:
			return []inboundKind{
				mutualHTTP.offering(meshHTTP), plainHTTP.offering(plaintextHTTP), mutualTCP.offering(meshTCP), plainTCP, foreignTLS,
			}
		}
		return []inboundKind{mutualTCP.offering(meshAny), foreignTLS, plainTCP}
	}
	switch {
	case p.IsHTTP():
		return []inboundKind{plainHTTP}
	case p == mesh.Detected:
		return []inboundKind{plainHTTP.offering(plaintextHTTP), plainTCP}
	}
	return []inboundKind{plainTCP}
}

// inboundChains builds the chains of a port, one for each kind of connection.
func (c *Compiler) inboundChains(p *inboundPort) []*chainDraft {
	c.origins.record(envoy.VirtualHost(p.cluster, p.virtualHost()), p.origins...)
	mode, by := c.view.MutualTLS(p.number)
	var out []*chainDraft
	for _, k := range inboundKinds(p.protocol, mode) {
		d := &chainDraft{name: p.chainName(k), port: p.number, transport: k.transport, alpn: k.alpn}
		d.origins.add("", p.origins...)
		if by.Object != nil {
			d.origins.add("tls", defines(by.Object, by.Field))
		}
		if k.mutual {
			d.tls = c.inboundTLS(k.http)
			d.origins.add("tls", c.meshTLSOrigins()...)
		}
		if p.sidecar != nil {
			d.metadata = istioMetadata(p.sidecar)
		}
		c.fillInbound(d, p, k.http)
		out = append(out, d)
	}
	return out
}

// fillInbound adds what handles the traffic of a port, after the policies that let it in.
func (c *Compiler) fillInbound(d *chainDraft, p *inboundPort, http bool) {
	auth := c.authorization(!http)
	if !http {
		d.filters = slices.Concat(auth.network, proxyTCP(p.protocol, tcpTo(p.cluster)))
		d.origins = append(d.origins, auth.origins...)
		return
	}
	d.http = &manager{side: inboundSide, name: "inbound_" + d.name, protocol: p.protocol, routes: c.inboundRoutes(p)}
	d.origins = slices.Concat(d.origins, c.managerOrigins(), c.authentication().origins, auth.origins)
}

// chainName names a chain by the address that it would be bound to without redirection.
func (p *inboundPort) chainName(k inboundKind) string {
	switch {
	case p.cluster != inboundPassthrough:
		return listenerName(p.bind, p.number)
	case k.http:
		return "virtualInbound-catchall-http"
	}
	return "virtualInbound"
}

// blackHoleChain ends connections to the listener's own port, which would otherwise be passed on to itself for ever.
func (c *Compiler) blackHoleChain() *chainDraft {
	return &chainDraft{
		name:    "virtualInbound-blackhole",
		port:    uint32(c.view.Mesh.Settings.Config.GetProxyInboundListenPort()),
		filters: proxyTCP(mesh.TCP, tcpTo(blackHole)),
	}
}

// passthroughChains let connections through to ports that no chain stands for. Ports of which only a PeerAuthentication
// speaks have passthrough chains of their own, as their mode may be another.
func (c *Compiler) passthroughChains() []*chainDraft {
	known := map[uint32]bool{}
	if c.hasIngress() {
		for _, l := range c.ingress() {
			known[l.GetPort().GetNumber()] = true
		}
	} else {
		for _, t := range c.served() {
			known[t.Number] = true
		}
	}
	out := c.inboundChains(&inboundPort{cluster: inboundPassthrough})
	for _, port := range c.view.MutualTLSPorts() {
		if !known[port] {
			out = append(out, c.inboundChains(&inboundPort{number: port, cluster: inboundPassthrough})...)
		}
	}
	return out
}
