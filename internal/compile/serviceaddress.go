package compile

import (
	"net/netip"
	"strings"

	"sem.example/internal/mesh"
)

// The addresses that stand for every address of a host.
const (
	anyIPv4 = "0.0.0.0"
	anyIPv6 = "::"
)

// The ways in which a proxy takes part in IP.
type families struct{ v4, v6 bool }

// families are those of the proxy's own addresses. A proxy without any is taken for one of IPv4.
func (c *Compiler) families() families {
	var f families
	for _, ip := range c.view.Proxy.IPs {
		if ip.Unmap().Is4() {
			f.v4 = true
		} else {
			f.v6 = true
		}
	}
	f.v4 = f.v4 || !f.v6
	return f
}

// wildcards are the addresses that a listener for every address binds, the main one first.
func (c *Compiler) wildcards() []string { return c.families().pick(anyIPv4, anyIPv6) }

// loopbacks are the addresses that a listener for the workload alone binds.
func (c *Compiler) loopbacks() []string { return c.families().pick("127.0.0.1", "::1") }

func (f families) pick(v4, v6 string) []string {
	var out []string
	if f.v4 {
		out = append(out, v4)
	}
	if f.v6 {
		out = append(out, v6)
	}
	return out
}

// serviceAddress is the address that the proxy knows a service by: a virtual IP, a CIDR, or 0.0.0.0 for a service that
// is reached at every address.
func (c *Compiler) serviceAddress(s *mesh.Service) string {
	if reachable := c.families().filter(s.Addresses); len(reachable) > 0 && s.Kubernetes() {
		return reachable[0]
	}
	switch {
	case len(s.Addresses) > 0:
		return s.Addresses[0]
	case c.view.Proxy.DNSCapture:
		if auto := c.families().filter(s.AutoAddresses); len(auto) > 0 {
			return auto[0]
		}
	}
	return anyIPv4
}

// serviceAddresses are all addresses that the proxy knows a service by. A Kubernetes Service has none where it is only
// of the other family; a host of a ServiceEntry keeps its address, whatever its family.
func (c *Compiler) serviceAddresses(s *mesh.Service) []string {
	if s.Kubernetes() && len(s.Addresses) > 0 {
		return c.families().filter(s.Addresses)
	}
	return []string{c.serviceAddress(s)}
}

// filter keeps the addresses of the proxy's family. A proxy of both takes those of the first address's family.
func (f families) filter(addresses []string) []string {
	var v4, v6 []string
	firstIs4 := false
	for _, a := range addresses {
		ip, ok := addressOf(a)
		if !ok {
			continue
		}
		firstIs4 = firstIs4 || ip.Is4() && len(v4)+len(v6) == 0
		if ip.Is4() {
			v4 = append(v4, a)
		} else {
			v6 = append(v6, a)
		}
	}
	if f.v4 && (!f.v6 || firstIs4) {
		return v4
	}
	return v6
}

// addressOf is the address of a CIDR, or the address itself.
func addressOf(s string) (netip.Addr, bool) {
	ip, _, _ := strings.Cut(s, "/")
	addr, err := netip.ParseAddr(ip)
	return addr, err == nil
}

// uriHost is a host as it stands before a port or in an authority: IPv6 addresses in brackets.
func uriHost(host string) string {
	if strings.Contains(host, ":") {
		return "[" + host + "]"
	}
	return host
}
