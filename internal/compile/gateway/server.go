package gateway

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/compile/origin"
	"sem.example/internal/compile/proxy"
	"sem.example/internal/envoy"
	"sem.example/internal/mesh"
	"sem.example/internal/mesh/routing"
)

// A gatewayServer is a server of a Gateway, at the port of the proxy that it comes to.
type gatewayServer struct {
	routing.Server
	of       *routing.Gateway
	hosts    []string            // "namespace/host", or a host alone for every namespace
	port     uint32              // of the proxy
	by       *mesh.ServiceTarget // the port of a service that leads to it, or nil
	protocol mesh.Protocol
	table    string // the route table; "" where connections are not read as HTTP
}

// A serverGroup is the servers that share a port, an address and a protocol, as it is written.
type serverGroup struct {
	port     uint32
	bind     string // "" for every address
	written  string // the protocol
	protocol mesh.Protocol
	table    string // of all servers, where they speak plain HTTP
	servers  []*gatewayServer
}

// Servers are what the Gateways of a proxy come to when they are merged into one.
type gatewayServers struct {
	groups    []*serverGroup              // in the order of their first server
	tables    map[string][]*gatewayServer // by the name of the route table that they share
	skipped   []skippedServer
	passesSNI bool // a server passes on what clients of other networks send to services of this one
}

// A skippedServer is a server that conflicts with an earlier one.
type skippedServer struct {
	*gatewayServer
	why string
}

// newGatewayServer places a server at a port of the proxy.
func newGatewayServer(view *mesh.View, g *routing.Gateway, s routing.Server) *gatewayServer {
	out := &gatewayServer{
		Server: s, of: g,
		hosts: serverHosts(s.GetHosts(), g.Namespace), port: s.GetPort().GetNumber(), by: targetOf(view, g, s.GetPort().GetNumber()),
		protocol: mesh.ParseProtocol(s.GetPort().GetProtocol()),
	}
	if out.by != nil {
		out.port = out.by.Number
	}
	out.table = out.routeTable()
	return out
}

// targetOf is the port of a service that leads to a server, or nil. A gateway of Services is served through their ports only.
func targetOf(view *mesh.View, g *routing.Gateway, number uint32) *mesh.ServiceTarget {
	if g.Services == nil {
		return proxy.TargetOnPort(view, number)
	}
	return view.TargetFor(g, number)
}

// portOrigins are what gives the server its address: its own port and bind, and the port of the service before the proxy.
func (s *gatewayServer) portOrigins() []envoy.Origin {
	out := origin.DefinesTreeAt(s.PortAt)
	if s.GetBind() != "" {
		out = append(out, origin.DefinesField(s.BindAt))
	}
	if s.by != nil {
		out = append(out, origin.DefinesTreeAt(s.by.Service.PlaceOf(s.by.Port))...)
	}
	return out
}

// serverHosts resolves the namespaces of a server's hosts: "./host" is of the Gateway's, "*/host" of every one.
func serverHosts(hosts []string, namespace string) []string {
	var out []string
	for _, h := range hosts {
		ns, host, ok := strings.Cut(h, "/")
		switch {
		case ok && ns == ".":
			h = namespace + "/" + host
		case ok && ns == "*" && host == "*":
			return []string{"*"}
		case ok && ns == "*":
			h = host
		}
		out = append(out, h)
	}
	return out
}

// passes reports whether the server passes TLS on to where it ends, as TLS settings without a mode do.
func (s *gatewayServer) passes() bool {
	mode := s.GetTls().GetMode()
	return s.GetTls() != nil &&
		(mode == networking.ServerTLSSettings_PASSTHROUGH || mode == networking.ServerTLSSettings_AUTO_PASSTHROUGH)
}

// readsHTTP reports whether the server reads requests.
func (s *gatewayServer) readsHTTP() bool { return s.table != "" }

// encrypted reports whether connections to the server are TLS. A server for plain HTTP that only redirects is not.
func (s *gatewayServer) encrypted() bool { return s.GetTls() != nil && !s.protocol.IsHTTP() }

// routeTable names the table of the server's routes: one for all servers of a port that speak plain HTTP, and one for
// each that ends TLS.
func (s *gatewayServer) routeTable() string {
	bind := ""
	if s.GetBind() != "" {
		bind = "." + s.GetBind()
	}
	switch {
	case s.protocol.IsHTTP():
		return "http." + strconv.Itoa(int(s.port)) + bind
	case s.protocol == mesh.HTTPS && !s.passes():
		return fmt.Sprintf("https.%d.%s.%s.%s%s", s.GetPort().GetNumber(), s.GetPort().GetName(), s.of.Name, s.of.Namespace, bind)
	}
	return ""
}

// names returns the server's hosts without the namespaces that they are for.
func (s *gatewayServer) names() []string {
	var out []string
	for _, h := range s.hosts {
		if _, host, ok := strings.Cut(h, "/"); ok {
			h = host
		}
		out = append(out, h)
	}
	return out
}

// sni returns the names that clients ask a server with TLS for, sorted.
func (s *gatewayServer) sni() []string {
	names := s.names()
	slices.Sort(names)
	return slices.Compact(names)
}
