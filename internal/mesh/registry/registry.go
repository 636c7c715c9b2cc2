package registry

import (
	"sem.example/internal/config"
	"sem.example/internal/mesh/settings"
	"sem.example/internal/mesh/visibility"
)

// A Registry holds the services, endpoints and workloads of a mesh. It is immutable once built, and safe for concurrent
// use.
type Registry struct {
	Settings settings.Settings
	Services []*Service // by age as istiod orders them
	*ConfigStore

	hosts      map[string][]*Service  // by age
	owners     map[serviceID]*Service // of several services of one host and namespace the one that counts
	kubernetes map[string][]*Service  // Kubernetes Services by namespace
	visible    *visibility.Index[*Service]
	endpoints  endpointIndex

	workloads *workloads
	slices    map[objectID][]*config.Object // EndpointSlices by Service
	podsAt    map[string][]*config.Object   // ready Pods by address

	selectionsAt map[string][]*selection // of ServiceEntries, by address
	gateways     []*NetworkGateway
}

// ServicesOf returns all services of a host, visible or not, by age.
func (r *Registry) ServicesOf(host string) []*Service { return r.hosts[host] }

// Owner returns the service that counts of those of a host and namespace, or nil.
func (r *Registry) Owner(host, namespace string) *Service {
	return r.owners[serviceID{host, namespace}]
}

// IsOwner reports whether a service counts among those of its host and namespace.
func (r *Registry) IsOwner(s *Service) bool { return r.owners[s.id()] == s }

// VisibleTo returns the services that exportTo lets a namespace see: those that are exported to it by name, then the
// public ones, each by age.
func (r *Registry) VisibleTo(namespace string) []*Service { return r.visible.To(namespace) }

// EndpointsOf returns all endpoints of a service's host and namespace.
func (r *Registry) EndpointsOf(s *Service) []*Endpoint { return r.endpoints[s.id()] }

// Endpoints returns the endpoints of a port of a service as a cluster of known addresses gets them.
func (r *Registry) Endpoints(s *Service, port *Port) []*Endpoint { return r.endpoints.byPort(s, port) }

// Instances returns the endpoints of a port of a service as a cluster that DNS resolves gets them, names included.
func (r *Registry) Instances(s *Service, port *Port) []*Endpoint {
	return r.endpoints.byNumber(s, port)
}

// NetworkGateways returns the gateways between the networks of the mesh, sorted by address and port.
func (r *Registry) NetworkGateways() []*NetworkGateway { return r.gateways }

// PodsAt returns the ready Pods at an address.
func (r *Registry) PodsAt(address string) []*config.Object { return r.podsAt[address] }
