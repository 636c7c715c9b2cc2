package mesh

import (
	"sem.example/internal/config"
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
	Alias           Resolution = "ALIAS"           // an ExternalName Service
)

// A Port is a port of a service.
type Port struct {
	Name     string
	Number   uint32
	Target   uint32 // 0 where it is the number; endpoints may have their own
	Protocol Protocol
	Field    string // where the document writes it
}

// A Service is a host of the mesh, from a Kubernetes Service or from one host of a ServiceEntry.
type Service struct {
	Host            string
	Namespace       string
	Name            string // of the document
	Ports           []*Port
	Addresses       []string // virtual addresses and CIDRs, in the order of the document; none means every address
	AutoAddresses   []string // allocated by the control plane, used by proxies that answer DNS queries themselves
	Resolution      Resolution
	External        bool // MESH_EXTERNAL
	ExportTo        []string
	SubjectAltNames []string
	ServiceAccounts []string
	Selector        map[string]string
	ExternalName    string   // of an Alias: the host that it stands for
	Aliases         []string // hosts of the Alias services that stand for this one
	Labels          map[string]string
	Distribution    Distribution
	NodeLocal       bool // internalTrafficPolicy Local: only endpoints on the client's node
	RaceConnect     bool // connections race to every address that DNS gives, of both families
	Object          *config.Object
	Field           string // where the document writes the host ("spec.hosts[1]", "metadata.name")
}

// Kubernetes says whether the service is a Kubernetes Service.
func (s *Service) Kubernetes() bool { return s.Object.Kind == "Service" }

// Port returns the port of a number, or nil.
func (s *Service) Port(number uint32) *Port {
	for _, p := range s.Ports {
		if p.Number == number {
			return p
		}
	}
	return nil
}

// Distribution is what a service prefers among its endpoints (trafficDistribution, or its annotation).
type Distribution string

// The distributions. The empty value has no preference.
const (
	PreferSameZone Distribution = "PreferSameZone"
	PreferSameNode Distribution = "PreferSameNode"
)

// Health is what is known about an endpoint.
type Health string

// The states of health. The empty value is unknown, as for endpoints that no EndpointSlice names. Endpoints that
// terminate are no endpoints.
const (
	Healthy   Health = "HEALTHY"
	Unhealthy Health = "UNHEALTHY"
	Draining  Health = "DRAINING" // shutting down, of a service with persistent sessions
)

// An Endpoint is one address that serves a port of a service.
type Endpoint struct {
	Address        string // an IP, a DNS name, or "unix://…"
	Port           uint32
	Labels         map[string]string // of the workload, and those of its place (topology.kubernetes.io/zone, …)
	Weight         uint32            // 0 where nothing sets it
	Locality       string
	Network        string
	ServiceAccount string // a SPIFFE identity
	TLSMode        string // "istio" where a sidecar answers; "disabled"
	Namespace      string
	Workload       string
	Node           string
	Health         Health
	Object         *config.Object
	Field          string
}
