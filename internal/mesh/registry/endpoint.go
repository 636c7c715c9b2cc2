package registry

import (
	"net/netip"
	"slices"
	"strings"

	"sem.example/internal/config"
)

// Health is what is known about an endpoint.
type Health string

// The states of health. The empty value is unknown, as for endpoints that no EndpointSlice names. Endpoints that
// terminate are not endpoints.
const (
	Healthy   Health = "HEALTHY"
	Unhealthy Health = "UNHEALTHY"
	Draining  Health = "DRAINING" // shutting down, of a service with persistent sessions
)

// An Endpoint is one address that serves a port of a service.
type Endpoint struct {
	Address        string            // an IP, a DNS name, or "unix://…"
	Port           uint32            // 0 for a Unix socket
	PortName       string            // of the service's port
	ServicePort    uint32            // number of the service's port; 0 where the endpoint knows its name only (EndpointSlices)
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

// unixPrefix begins the address of a Unix socket.
const unixPrefix = "unix://"

// IsUnix reports whether the endpoint is a Unix socket.
func (e *Endpoint) IsUnix() bool { return strings.HasPrefix(e.Address, unixPrefix) }

// IsIP reports whether the endpoint's address is an IP address.
func (e *Endpoint) IsIP() bool { return isIP(e.Address) }

func isIP(address string) bool {
	_, err := netip.ParseAddr(address)
	return err == nil
}

// An endpointIndex files endpoints by the host and namespace that they serve, whatever document each comes from: an
// entry for a Service's host in the Service's namespace adds to the Service's endpoints.
type endpointIndex map[serviceID][]*Endpoint

// byPort returns the endpoints of a port as a cluster of known addresses gets them: the port's name decides, and names
// that only DNS could resolve are left out.
func (x endpointIndex) byPort(s *Service, port *Port) []*Endpoint {
	return slices.DeleteFunc(slices.Clone(x[s.id()]), func(e *Endpoint) bool {
		return e.PortName != port.Name || !(e.Address == "" || e.IsUnix() || e.IsIP())
	})
}

// byNumber returns the endpoints of a port as a cluster resolved by DNS gets them: the port's number decides.
func (x endpointIndex) byNumber(s *Service, port *Port) []*Endpoint {
	return slices.DeleteFunc(slices.Clone(x[s.id()]), func(e *Endpoint) bool {
		if e.ServicePort != 0 {
			return e.ServicePort != port.Number
		}
		return e.PortName != port.Name
	})
}
