package hcm

import (
	"net/netip"
	"slices"
	"strings"

	"sem.example/simulate/call"
	"sem.example/simulate/internal/match"
	"sem.example/simulate/internal/request"
)

// internal reports whether Envoy takes the request for one from inside: its one address, that of the connection or, where
// proxies before are believed, the one that they forward, is among those that the manager is told are inside.
func (m *ConnectionManager) internal(req *request.Request, conn *call.Connection) bool {
	forwarded, had := req.Get("x-forwarded-for")
	if remote := m.proto.GetUseRemoteAddress().GetValue(); remote == had || strings.Contains(forwarded, ",") {
		return false
	}
	from := m.remote(req, conn)
	ranges := match.Prefixes(m.proto.GetInternalAddressConfig().GetCidrRanges())
	return slices.ContainsFunc(ranges, func(p netip.Prefix) bool { return p.Contains(from) })
}

// address writes an address, "" where it is not known.
func address(a netip.Addr) string {
	if !a.IsValid() {
		return ""
	}
	return a.String()
}

// remote is the address that the request comes from: that of the connection, or what trusted proxies wrote.
func (m *ConnectionManager) remote(req *request.Request, conn *call.Connection) netip.Addr {
	value, forwarded := req.Get("x-forwarded-for")
	hops := int(m.proto.GetXffNumTrustedHops())
	if !forwarded || m.proto.GetUseRemoteAddress().GetValue() && hops == 0 {
		return conn.Source.Addr()
	}
	list := strings.Split(value, ",")
	i := len(list) - 1 - hops
	if m.proto.GetUseRemoteAddress().GetValue() {
		i = len(list) - hops
	}
	if i < 0 || i >= len(list) {
		return conn.Source.Addr()
	}
	a, err := netip.ParseAddr(strings.TrimSpace(list[i]))
	if err != nil {
		return conn.Source.Addr()
	}
	return a
}
