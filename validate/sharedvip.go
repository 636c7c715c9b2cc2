package validate

import (
	"maps"
	"net/netip"
	"slices"

	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM131",
	Title:    "two hosts share an address and a TCP port",
	Severity: diag.Error,
	Stage:    diag.AtFilterChain,
	Why:      `Opaque connections are matched by address and port only. Of two hosts with the same address and port, the older receives all connections.`,
	Fix:      `Use a separate address or port for each host, or protocol TLS (matched by SNI).`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: a, namespace: shop}
spec:
  hosts: [a.example.com]
  addresses: [192.0.2.1]
  ports: [{number: 5432, name: tcp, protocol: TCP}]
  resolution: DNS
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: b, namespace: shop}
spec:
  hosts: [b.example.com]
  addresses: [192.0.2.1]
  ports: [{number: 5432, name: tcp, protocol: TCP}]
  resolution: DNS
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: a, namespace: shop}
spec:
  hosts: [a.example.com]
  addresses: [192.0.2.1]
  ports: [{number: 5432, name: tcp, protocol: TCP}]
  resolution: DNS
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: b, namespace: shop}
spec:
  hosts: [b.example.com]
  addresses: [192.0.2.2]
  ports: [{number: 5432, name: tcp, protocol: TCP}]
  resolution: DNS
`,
}, sharedVIP)

// An addressPort is what opaque traffic is told apart by.
type addressPort struct {
	prefix netip.Prefix
	port   uint32
}

func sharedVIP(s *facts.Set, r *reporter) {
	first := map[addressPort]*mesh.Service{}
	eachOpaqueAddress(s, func(svc *mesh.Service, p *mesh.Port, at addressPort) {
		older := first[at]
		if older == nil {
			first[at] = svc
			return
		}
		if older.Object == svc.Object || !s.Wanted(svc.Object) || older.Host == svc.Host || s.Hosts.SeenTogether([]*mesh.Service{older}, svc) == nil {
			return
		}
		r.at(facts.At(svc.Object, addressField(svc)), "%q receives no connections: %q has the same address %s and port %d, and is older",
			svc.Host, older.Host, plain(at.prefix), p.Number).
			related(facts.At(older.Object, addressField(older)), "%s receives them", name(older.Object))
	})
	allocatedAddress(s, r, first)
}

// allocatedAddress reports the addresses that istiod allocated to a host and that a resource lists for another one.
func allocatedAddress(s *facts.Set, r *reporter, listed map[addressPort]*mesh.Service) {
	for _, svc := range s.Mesh.Services {
		for _, p := range svc.Ports {
			for _, a := range svc.AutoAddresses {
				prefix, ok := prefixIn(a)
				other := listed[addressPort{prefix, p.Number}]
				if !ok || !facts.IsOpaque(p.Protocol) || other == nil || other.Object == svc.Object || s.Hosts.SeenTogether([]*mesh.Service{other}, svc) == nil {
					continue
				}
				r.at(facts.At(other.Object, addressField(other)), "istiod allocated %s to %q: clients that capture DNS mix up the connections of both hosts on port %d", a, svc.Host, p.Number).
					severity(diag.Warning).related(facts.At(svc.Object, svc.Field), "allocated to this host").
					help("list an address outside of 240.240.0.0/16")
			}
		}
	}
}

var _ = register(diag.Check{
	ID:       "SEM132",
	Title:    "address range includes the address of another host",
	Severity: diag.Info,
	Stage:    diag.AtListener,
	Why: `If the addresses of two hosts on one port overlap, the longer prefix takes precedence. Connections to that part of the range go to the
other host, with its policies.`,
	Fix: `Narrow the range if this host should receive those connections.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: legacy, namespace: shop}
spec:
  hosts: [legacy.example.com]
  addresses: [10.1.0.0/16]
  ports: [{number: 5432, name: tcp, protocol: TCP}]
  resolution: NONE
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: db, namespace: shop}
spec:
  hosts: [db.example.com]
  addresses: [10.1.3.4]
  ports: [{number: 5432, name: tcp, protocol: TCP}]
  resolution: DNS
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: legacy, namespace: shop}
spec:
  hosts: [legacy.example.com]
  addresses: [10.1.0.0/16]
  ports: [{number: 5432, name: tcp, protocol: TCP}]
  resolution: NONE
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: db, namespace: shop}
spec:
  hosts: [db.example.com]
  addresses: [10.2.3.4]
  ports: [{number: 5432, name: tcp, protocol: TCP}]
  resolution: DNS
`,
}, wideAddress)

func wideAddress(s *facts.Set, r *reporter) {
	ranges := map[addressPort]*mesh.Service{}
	eachOpaqueAddress(s, func(svc *mesh.Service, _ *mesh.Port, at addressPort) {
		if !at.prefix.IsSingleIP() && ranges[at] == nil {
			ranges[at] = svc
		}
	})
	maps.DeleteFunc(ranges, func(_ addressPort, wide *mesh.Service) bool { return !s.Wanted(wide.Object) })
	reported := map[*mesh.Service]bool{}
	eachOpaqueAddress(s, func(svc *mesh.Service, p *mesh.Port, at addressPort) {
		for bits := at.prefix.Bits() - 1; bits >= 0 && len(ranges) > 0; bits-- {
			around, err := at.prefix.Addr().Prefix(bits)
			wide := ranges[addressPort{around, at.port}]
			if err != nil || wide == nil || reported[wide] || wide.Host == svc.Host || s.Hosts.SeenTogether([]*mesh.Service{wide}, svc) == nil {
				continue
			}
			reported[wide] = true
			r.at(facts.At(wide.Object, addressField(wide)), "connections to %s port %d go to %q: %q has the wider range %s", plain(at.prefix), p.Number, svc.Host, wide.Host, around).
				related(facts.At(svc.Object, addressField(svc)), "the longer prefix takes precedence")
		}
	})
}

// eachOpaqueAddress calls do for every address of a port whose traffic is opaque and not told apart by server name.
func eachOpaqueAddress(s *facts.Set, do func(*mesh.Service, *mesh.Port, addressPort)) {
	for _, svc := range s.Mesh.Services {
		for _, p := range svc.Ports {
			if !facts.IsOpaque(p.Protocol) {
				continue
			}
			for _, a := range svc.Addresses {
				if prefix, ok := prefixIn(a); ok {
					do(svc, p, addressPort{prefix, p.Number})
				}
			}
		}
	}
}

// prefixIn reads an address or a CIDR.
func prefixIn(text string) (netip.Prefix, bool) {
	if ip, err := netip.ParseAddr(text); err == nil {
		return netip.PrefixFrom(ip, ip.BitLen()), true
	}
	prefix, err := netip.ParsePrefix(text)
	return prefix.Masked(), err == nil
}

// plain writes a prefix of one address as that address.
func plain(p netip.Prefix) string {
	if p.IsSingleIP() {
		return p.Addr().String()
	}
	return p.String()
}

// addressField is where a service writes its address; its host where it writes none.
func addressField(svc *mesh.Service) string {
	if svc.AddressField != "" {
		return svc.AddressField
	}
	return svc.Field
}

var _ = register(diag.Check{
	ID:       "SEM133",
	Title:    "targetPort has no effect on a Unix socket",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why:      `The endpoints of the ServiceEntry are Unix sockets, which have no ports. targetPort is ignored.`,
	Fix:      `Remove targetPort.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: agent, namespace: shop}
spec:
  hosts: [agent.example.com]
  ports: [{number: 80, name: http, protocol: HTTP, targetPort: 8080}]
  resolution: STATIC
  endpoints: [{address: "unix:///var/run/agent.sock"}]
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: agent, namespace: shop}
spec:
  hosts: [agent.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  endpoints: [{address: "unix:///var/run/agent.sock"}]
`,
}, socketTarget)

func socketTarget(s *facts.Set, r *reporter) {
	reported := map[facts.Place]bool{}
	for _, svc := range s.WantedServices() {
		if svc.Kubernetes() {
			continue
		}
		for _, p := range svc.Ports {
			at := facts.At(svc.Object, p.Field).Sub("targetPort")
			if p.TargetPort == 0 || reported[at] {
				continue
			}
			endpoints := s.Client(svc.Namespace).Endpoints(svc, p)
			if len(endpoints) > 0 && !slices.ContainsFunc(endpoints, func(e *mesh.Endpoint) bool { return !e.IsUnix() }) {
				reported[at] = true
				r.at(at, "targetPort %d is ignored: the endpoints of %q are Unix domain sockets, which have no ports", p.TargetPort, svc.Host)
			}
		}
	}
}
