package gateway

import (
	"fmt"

	networking "istio.io/api/networking/v1alpha3"
)

// servers merges the Gateways that select the proxy, the oldest first.
func (c *Builder) servers() *gatewayServers {
	return c.merged.Get(func() *gatewayServers {
		m := &gatewayMerge{
			out:      &gatewayServers{tables: map[string][]*gatewayServer{}},
			groups:   map[groupKey]*serverGroup{},
			plain:    map[uint32]groupKey{},
			used:     map[uint32]bool{},
			tlsHosts: map[uint32]map[string]string{},
		}
		for _, g := range c.view.Gateways() {
			for _, s := range g.Servers {
				if s.GetPort() != nil {
					m.place(newGatewayServer(c.view, g, s))
				}
			}
		}
		return m.out
	})
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

// place adds a server, or skips it where it is invalid. A gateway of Services has no server where they have no such port.
func (m *gatewayMerge) place(s *gatewayServer) {
	switch {
	case s.of.Services != nil && s.by == nil:
	case s.Invalid != "":
		m.skip(s, "%s", s.Invalid)
	default:
		m.add(s)
	}
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

// ServerPorts returns the ports of the servers, as the Gateways write them, that are served at a port of the gateway.
func (c *Builder) ServerPorts(listener uint32) []uint32 {
	var out []uint32
	for _, g := range c.servers().groups {
		for _, s := range g.servers {
			if s.port == listener {
				out = append(out, s.GetPort().GetNumber())
			}
		}
	}
	return out
}

// PassesSNI reports whether a server passes on what clients of other networks send.
func (c *Builder) PassesSNI() bool { return c.servers().passesSNI }
