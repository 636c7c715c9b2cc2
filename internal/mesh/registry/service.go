package registry

import (
	"cmp"
	"maps"
	"net/netip"
	"slices"
	"time"

	"sem.example/internal/config"
	"sem.example/internal/mesh/visibility"
)

// Resolution says how the endpoints of a service are found.
type Resolution string

// The resolutions.
const (
	ClientSide      Resolution = "STATIC"          // known addresses (Kubernetes Services too)
	DNSLoadBalanced Resolution = "DNS"             // every address that DNS gives
	DNSRoundRobin   Resolution = "DNS_ROUND_ROBIN" // the first address that DNS gives
	OriginalDst     Resolution = "NONE"            // the address that the application dialled (headless Services too)
	DynamicDNS      Resolution = "DYNAMIC_DNS"     // the requested name, resolved by the proxy
	Unresolved      Resolution = "UNRESOLVED"      // the requested name, which sidecars of the release do not resolve
	Alias           Resolution = "ALIAS"           // an ExternalName Service
)

// IsDNS reports whether the proxy finds the endpoints by resolving their names.
func (r Resolution) IsDNS() bool { return r == DNSLoadBalanced || r == DNSRoundRobin }

// Distribution is what a service prefers among its endpoints (trafficDistribution, or its annotation).
type Distribution string

// The distributions. The empty value has no preference.
const (
	PreferSameZone Distribution = "PreferSameZone"
	PreferSameNode Distribution = "PreferSameNode"
)

// A Port is a port of a service.
type Port struct {
	Name           string
	Number         uint32
	TargetPort     uint32 // 0 where it is the number; endpoints may have their own
	TargetPortName string // of the container port, where a Kubernetes Service names it
	Transport      string // "TCP", "UDP" or "SCTP" for a Kubernetes Service
	Protocol       Protocol
	Field          string // where the document writes it

	joined *config.Object // which document that is, where it is not the service's own
}

// A serviceID names a service: a host of a namespace.
type serviceID struct{ host, namespace string }

// A Service is a host of the mesh, from a Kubernetes Service, one host of a ServiceEntry, or an XBackend. An entry with several
// addresses gives one service for each pair of host and address, as istiod has it; a Kubernetes Service of two IP
// families is one service with both its addresses.
type Service struct {
	Host            string
	Namespace       string
	Name            string // of the document
	Ports           []*Port
	Addresses       []string // virtual addresses, or one CIDR; none means every address
	AutoAddresses   []string // allocated by the control plane, used by proxies that answer DNS queries themselves
	Resolution      Resolution
	External        bool // MESH_EXTERNAL
	ExportTo        []string
	SubjectAltNames []string // of a ServiceEntry
	ServiceAccounts []string // SPIFFE identities that annotations of a Kubernetes Service add
	Selector        map[string]string
	ExternalName    string   // of an Alias: the host that it stands for
	Aliases         []string // hosts of the Alias services that stand for this one
	Labels          map[string]string
	Distribution    Distribution
	NodeLocal       bool     // internalTrafficPolicy Local: only endpoints on the client's node
	RaceConnect     bool     // connections race to every address that DNS gives, of both families
	PublishNotReady bool     // publishNotReadyAddresses
	Type            string   // of a Kubernetes Service
	Outside         []string // addresses outside the cluster: of the load balancer, and externalIPs
	Cluster         string   // the other cluster that alone has the Service; "" where the proxy's own has it
	Object          *config.Object
	Field           string // where the document writes the host ("spec.hosts[1]", "metadata.name")
	AddressField    string // where it writes the address; "" where it has none

	audience visibility.Audience
}

// Kubernetes reports whether the service is a Kubernetes Service.
func (s *Service) Kubernetes() bool { return s.Object.Kind == "Service" }

// id returns the host and namespace that the service's endpoints are filed under.
func (s *Service) id() serviceID { return serviceID{s.Host, s.Namespace} }

// Audience is who may see the service.
func (s *Service) Audience() visibility.Audience { return s.audience }

// VisibleIn reports whether exportTo lets a namespace see the service.
func (s *Service) VisibleIn(namespace string) bool { return s.audience.Includes(namespace) }

// Port returns the port of a number, or nil.
func (s *Service) Port(number uint32) *Port {
	for _, p := range s.Ports {
		if p.Number == number {
			return p
		}
	}
	return nil
}

// PlaceOf returns where a port of the service is written: in its own document, or in that of another service of the host
// whose ports were added.
func (s *Service) PlaceOf(p *Port) config.Place {
	if p.joined != nil {
		return config.Place{Object: p.joined, Field: p.Field}
	}
	return config.Place{Object: s.Object, Field: p.Field}
}

// StreamPort returns the port of a number that takes connections, or nil: a DNS server has port 53 for UDP as well.
func (s *Service) StreamPort(number uint32) *Port {
	for _, p := range s.Ports {
		if p.Number == number && p.Protocol != UDP {
			return p
		}
	}
	return nil
}

// PortNamed returns the port of a name, or nil.
func (s *Service) PortNamed(name string) *Port {
	for _, p := range s.Ports {
		if p.Name == name {
			return p
		}
	}
	return nil
}

// AddressFor returns the virtual address (or CIDR) of the service as a proxy sees it; "" is every address.
func (s *Service) AddressFor(p Proxy) string {
	if s.Kubernetes() {
		for _, a := range s.Addresses {
			if p.speaks(a) {
				return a
			}
		}
	} else if auto := s.autoFor(p); len(auto) > 0 {
		return auto[0]
	}
	if len(s.Addresses) > 0 {
		return s.Addresses[0]
	}
	return ""
}

// AddressesFor returns all virtual addresses of the service that a proxy can reach by its own IP families.
func (s *Service) AddressesFor(p Proxy) []string {
	if s.Kubernetes() {
		return slices.DeleteFunc(slices.Clone(s.Addresses), func(a string) bool { return !p.speaks(a) })
	}
	if auto := s.autoFor(p); len(auto) > 0 {
		return auto
	}
	return s.Addresses
}

// autoFor returns the automatic addresses that a proxy uses, IPv4 before IPv6.
func (s *Service) autoFor(p Proxy) []string {
	if !p.DNSCapture {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(s.AutoAddresses), func(a string) bool { return !p.speaks(a) })
}

// CompareServices orders services by age. A Kubernetes Service without a creation time counts as the oldest, an entry
// without one as the youngest: a mesh that is only files behaves as if its Services had been there first.
func CompareServices(a, b *Service) int {
	return cmp.Or(compareAge(a, b), cmp.Compare(a.sortName(), b.sortName()), cmp.Compare(a.Namespace, b.Namespace),
		cmp.Compare(a.Name, b.Name))
}

func compareAge(a, b *Service) int {
	return cmp.Or(cmp.Compare(a.era(), b.era()), a.created().Compare(b.created()))
}

func (s *Service) created() time.Time { return s.Object.CreationTimestamp }

func (s *Service) era() int {
	switch {
	case !s.created().IsZero():
		return 1
	case s.Kubernetes():
		return 0
	}
	return 2
}

// sortName is what istiod takes for the name of a service: a Service's name, or an entry's host.
func (s *Service) sortName() string {
	if s.Kubernetes() {
		return s.Name
	}
	return s.Host
}

// SamePorts reports whether two services have equal ports in the same order.
func SamePorts(a, b *Service) bool {
	return slices.EqualFunc(a.Ports, b.Ports, func(p, q *Port) bool {
		return p.Name == q.Name && p.Number == q.Number && p.Protocol == q.Protocol
	})
}

// Mergeable reports whether the ports of two services of one host may be united.
func Mergeable(a, b *Service) bool {
	return a.Namespace == b.Namespace && a.Resolution == b.Resolution && a.Kubernetes() == b.Kubernetes() &&
		maps.Equal(a.Labels, b.Labels) && maps.Equal(a.Selector, b.Selector) && visibility.Same(a.ExportTo, b.ExportTo)
}

// WithPorts returns a copy of the service that has only the given ports.
func (s *Service) WithPorts(ports []*Port) *Service {
	copied := *s
	copied.Ports = ports
	return &copied
}

// OnPorts returns the service with those of its ports that rules name; a rule that names none needs all. It is nil
// where the rules name none of its ports.
func (s *Service) OnPorts(numbers []uint32) *Service {
	if slices.Contains(numbers, 0) {
		return s
	}
	var kept []*Port
	for _, p := range s.Ports {
		if slices.Contains(numbers, p.Number) {
			kept = append(kept, p)
		}
	}
	switch len(kept) {
	case len(s.Ports):
		return s
	case 0:
		return nil
	}
	return s.WithPorts(kept)
}

// Joining returns the port of a document as another service of the host takes it in: where applications dial the
// endpoints themselves, only the first service sends them to its target ports.
func (p *Port) Joining(first *Service, o *config.Object) *Port {
	joined := *p
	if joined.joined == nil {
		joined.joined = o
	}
	if first.Resolution == OriginalDst {
		joined.TargetPort = 0
	}
	return &joined
}

// A ServiceTarget is a port of a service that the proxy's own workload serves.
type ServiceTarget struct {
	Service *Service
	Port    *Port
	Number  uint32 // the port of the workload
}

// DialAddress returns the address that the application of a proxy dials for a service: the first that is the address of one
// machine. It is "" where the service has none, as a CIDR cannot be dialled.
func (s *Service) DialAddress(p Proxy) string {
	for _, a := range s.AddressesFor(p) {
		if addr, err := netip.ParseAddr(a); err == nil && !addr.IsUnspecified() {
			return addr.String()
		}
	}
	return ""
}
