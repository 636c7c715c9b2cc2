package compile

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/compile/origin"
	"sem.example/internal/config"
	"sem.example/internal/envoy"
	"sem.example/internal/mesh"
	"sem.example/internal/source"
)

// A gatewayServer is a server of a Gateway, at the port of the proxy that it comes to.
type gatewayServer struct {
	*networking.Server
	object   *config.Object
	field    string       // of the server: "spec.servers[1]"
	gateway  string       // "namespace/name"
	hosts    []string     // "namespace/host", or a host alone for every namespace
	port     uint32       // of the proxy
	by       *mesh.Target // the port of a service that leads to it, or nil
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

// servers merges the Gateways that select the proxy, the oldest first.
func (c *gatewayTraffic) servers() *gatewayServers {
	return c.merged.Get(func() *gatewayServers {
		m := &gatewayMerge{
			out:      &gatewayServers{tables: map[string][]*gatewayServer{}},
			groups:   map[groupKey]*serverGroup{},
			plain:    map[uint32]groupKey{},
			used:     map[uint32]bool{},
			tlsHosts: map[uint32]map[string]string{},
		}
		for _, o := range c.view.Gateways() {
			for i, s := range config.Spec[*networking.Gateway](o).GetServers() {
				if s.GetPort() != nil {
					m.add(newGatewayServer(c.view, o, i, s))
				}
			}
		}
		return m.out
	})
}

// newGatewayServer places a server at a port of the proxy.
func newGatewayServer(view *mesh.View, o *config.Object, i int, s *networking.Server) *gatewayServer {
	out := &gatewayServer{
		Server: s, object: o, field: source.Index("spec.servers", i), gateway: o.Namespace + "/" + o.Name,
		hosts: serverHosts(s.GetHosts(), o.Namespace), port: s.GetPort().GetNumber(), by: targetBehind(view, s.GetPort().GetNumber()),
		protocol: mesh.ParseProtocol(s.GetPort().GetProtocol()),
	}
	if out.by != nil {
		out.port = out.by.Number
	}
	out.table = out.routeTable()
	return out
}

// ListenPort is the port of the proxy, or of its workload, for a port that clients or Gateways name: the target of the
// first service of the proxy that has this port, or the port itself.
func (c *Compiler) ListenPort(number uint32) uint32 {
	if t := targetBehind(c.view, number); t != nil {
		return t.Number
	}
	return number
}

// targetBehind is what lies behind a port of a service that the proxy serves: the first of that number, or nil.
func targetBehind(view *mesh.View, number uint32) *mesh.Target {
	for _, t := range view.Targets() {
		_, off := t.Service.Labels["experimental.istio.io/disable-gateway-port-translation"]
		if t.Port.Number == number && !(off && view.IsGateway()) {
			return &t
		}
	}
	return nil
}

// portOrigins are what gives the server its address: its own port and bind, and the port of the service before the proxy.
func (s *gatewayServer) portOrigins() []envoy.Origin {
	out := origin.DefinesTree(s.object, s.field+".port")
	if s.GetBind() != "" {
		out = append(out, origin.Defines(s.object, s.field+".bind"))
	}
	if s.by != nil {
		out = append(out, origin.DefinesTreeAt(s.by.Service.Written(s.by.Port))...)
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

// passes says whether the server passes TLS on to where it ends, as TLS settings without a mode do.
func (s *gatewayServer) passes() bool {
	mode := s.GetTls().GetMode()
	return s.GetTls() != nil &&
		(mode == networking.ServerTLSSettings_PASSTHROUGH || mode == networking.ServerTLSSettings_AUTO_PASSTHROUGH)
}

// readsHTTP says whether the server reads requests.
func (s *gatewayServer) readsHTTP() bool { return s.table != "" }

// encrypted says whether connections to the server are TLS. A server for plain HTTP that only redirects is not.
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
		return fmt.Sprintf("https.%d.%s.%s.%s%s", s.GetPort().GetNumber(), s.GetPort().GetName(), s.object.Name, s.object.Namespace, bind)
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

type groupKey struct {
	port          uint32
	written, bind string
}

// A gatewayMerge holds what is known of the ports while servers are merged.
type gatewayMerge struct {
	out      *gatewayServers
	groups   map[groupKey]*serverGroup
	plain    map[uint32]groupKey          // the last group without TLS that was opened on a port
	used     map[uint32]bool              // ports with any server
	tlsHosts map[uint32]map[string]string // hosts with TLS settings, by port; the address that was last bound for them
}

// add merges one server. On one port of one address there may be servers of plain HTTP, or servers with TLS, each for
// hosts of its own, or one server of anything else; what does not fit is skipped, and the earlier servers stay.
func (m *gatewayMerge) add(s *gatewayServer) {
	key := groupKey{s.port, s.GetPort().GetProtocol(), s.GetBind()}
	if s.GetTls() != nil && !m.claimHosts(s) {
		return
	}
	m.out.passesSNI = m.out.passesSNI || s.GetTls().GetMode() == networking.ServerTLSSettings_AUTO_PASSTHROUGH
	current, plain := m.plain[s.port]
	switch {
	case !m.used[s.port], !plain && !s.encrypted():
		m.used[s.port] = true
		m.open(key, s)
	case !plain:
		m.addTLS(key, s)
	case current.bind != key.bind && m.groups[key] == nil:
		m.open(key, s)
	case current.bind != key.bind:
		m.join(m.groups[key], s)
	case !s.protocol.IsHTTP() || !m.groups[current].protocol.IsHTTP():
		m.skip(s, "port %d already has a server of protocol %s", s.port, current.written)
	default:
		m.join(m.groups[current], s)
	}
}

// claimHosts takes the server's hosts for it, unless another server with TLS has one of them at the same address.
func (m *gatewayMerge) claimHosts(s *gatewayServer) bool {
	known := m.tlsHosts[s.port]
	if known == nil {
		known = map[string]string{}
		m.tlsHosts[s.port] = known
	}
	for _, h := range s.hosts {
		if bind, ok := known[h]; ok && bind == s.GetBind() {
			m.skip(s, "an earlier server with TLS settings on port %d has the host %s", s.port, h)
			return false
		}
	}
	for _, h := range s.hosts {
		known[h] = s.GetBind()
	}
	return true
}

// open begins a group with its first server.
func (m *gatewayMerge) open(key groupKey, s *gatewayServer) {
	g := &serverGroup{
		port: s.port, bind: key.bind, written: key.written, protocol: s.protocol, table: s.table, servers: []*gatewayServer{s},
	}
	if !s.encrypted() {
		m.plain[s.port] = key
	}
	if s.readsHTTP() {
		m.out.tables[s.table] = []*gatewayServer{s}
	}
	m.groups[key] = g
	m.out.groups = append(m.out.groups, g)
}

// join adds a server to a group that shares a route table.
func (m *gatewayMerge) join(g *serverGroup, s *gatewayServer) {
	g.table = s.table
	g.servers = append(g.servers, s)
	m.out.tables[s.table] = append(m.out.tables[s.table], s)
}

// addTLS adds a server with TLS to a port that only such servers have.
func (m *gatewayMerge) addTLS(key groupKey, s *gatewayServer) {
	if s.readsHTTP() {
		if m.out.tables[s.table] != nil {
			m.skip(s, "the route table %s has a server already; port names of a Gateway have to differ", s.table)
			return
		}
		m.out.tables[s.table] = []*gatewayServer{s}
	}
	if g := m.groups[key]; g != nil {
		g.servers = append(g.servers, s)
		return
	}
	g := &serverGroup{port: s.port, bind: key.bind, written: key.written, protocol: s.protocol, servers: []*gatewayServer{s}}
	m.groups[key] = g
	m.out.groups = append(m.out.groups, g)
}

func (m *gatewayMerge) skip(s *gatewayServer, why string, args ...any) {
	m.out.skipped = append(m.out.skipped, skippedServer{s, fmt.Sprintf(why, args...)})
}
