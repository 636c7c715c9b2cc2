package proxy

import (
	"net/netip"
	"strings"

	"sem.example/internal/mesh"
	"sem.example/internal/release"
)

// The addresses that stand for every address of a host.
const (
	AnyIPv4 = "0.0.0.0"
	AnyIPv6 = "::"
)

// Families are the ways in which a proxy takes part in IP.
type Families mesh.Families

// FamiliesOf are those of the proxy's own addresses. A proxy without any is taken for one of IPv4.
func FamiliesOf(view *mesh.View) Families {
	f := Families(view.Proxy().Families())
	f.V4 = f.V4 || !f.V6
	return f
}

// Wildcards are the addresses that a listener for every address binds, the main one first.
func Wildcards(view *mesh.View) []string { return FamiliesOf(view).Pick(AnyIPv4, AnyIPv6) }

// Loopbacks are the addresses that a listener for the workload alone binds.
func Loopbacks(view *mesh.View) []string { return FamiliesOf(view).Pick("127.0.0.1", "::1") }

// Pick returns the addresses of the families that the proxy takes part in.
func (f Families) Pick(v4, v6 string) []string {
	var out []string
	if f.V4 {
		out = append(out, v4)
	}
	if f.V6 {
		out = append(out, v6)
	}
	return out
}

// ServiceAddress is the address that the proxy knows a service by: a virtual IP, a CIDR, or 0.0.0.0 for a service that
// is reached at every address.
func ServiceAddress(view *mesh.View, s *mesh.Service) string {
	if reachable := FamiliesOf(view).filter(s.Addresses); len(reachable) > 0 && s.Kubernetes() {
		return reachable[0]
	}
	switch {
	case len(s.Addresses) > 0:
		return s.Addresses[0]
	case view.Proxy().DNSCapture():
		if auto := FamiliesOf(view).filter(s.AutoAddresses); len(auto) > 0 {
			return auto[0]
		}
	}
	return AnyIPv4
}

// ServiceAddresses are all addresses that the proxy knows a service by. A Kubernetes Service has none where it is only
// of the other family; a host of a ServiceEntry keeps its address, whatever its family.
func ServiceAddresses(view *mesh.View, s *mesh.Service) []string {
	if s.Kubernetes() && len(s.Addresses) > 0 {
		return FamiliesOf(view).filter(s.Addresses)
	}
	return []string{ServiceAddress(view, s)}
}

// DomainAddresses are those by which requests may ask for a service. Older releases name one that the proxy cannot reach
// where there is no other.
func DomainAddresses(view *mesh.View, s *mesh.Service) []string {
	out := ServiceAddresses(view, s)
	if len(out) == 0 && !view.Mesh.Settings.Release.Has(release.FamilyDomains) {
		return s.Addresses[:1]
	}
	return out
}

// filter keeps the addresses of the proxy's family. A proxy of both takes those of the first address's family.
func (f Families) filter(addresses []string) []string {
	var v4, v6 []string
	firstIs4 := false
	for _, a := range addresses {
		ip, ok := ParseAddress(a)
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
	if f.V4 && (!f.V6 || firstIs4) {
		return v4
	}
	return v6
}

// ParseAddress is the address of a CIDR, or the address itself.
func ParseAddress(s string) (netip.Addr, bool) {
	ip, _, _ := strings.Cut(s, "/")
	addr, err := netip.ParseAddr(ip)
	return addr, err == nil
}

// ParsePrefix is a CIDR, or the prefix of a single address.
func ParsePrefix(s string) (netip.Prefix, bool) {
	ip, ok := ParseAddress(s)
	if !ok || !strings.Contains(s, "/") {
		return netip.PrefixFrom(ip, ip.BitLen()), ok
	}
	p, err := netip.ParsePrefix(s)
	return p, err == nil
}
