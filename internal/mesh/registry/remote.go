package registry

import (
	"slices"
	"strings"

	meshconfig "istio.io/api/mesh/v1alpha1"

	"sem.example/internal/config"
)

// A Cluster is another cluster of the mesh. A control plane reads its Services and their endpoints; configuration counts only in the
// cluster that it is in.
type Cluster struct {
	Name    string
	Objects []*config.Object
}

// remoteKinds are what is read of other clusters.
var remoteKinds = []string{"Service", "EndpointSlice", "Endpoints", "Pod", "Node", "Namespace"}

// read returns the objects of a cluster that are read in another one.
func (c Cluster) read() []*config.Object {
	return slices.DeleteFunc(slices.Clone(c.Objects), func(o *config.Object) bool { return !slices.Contains(remoteKinds, o.Kind) })
}

// A remote is what was read of another cluster.
type remote struct {
	name      string
	services  []*Service // without those that are each cluster's own
	endpoints endpointIndex
	gateways  []*NetworkGateway
}

// newRemote leaves out the services that are each cluster's own.
func newRemote(name string, services []*Service, mesh *meshconfig.MeshConfig) remote {
	return remote{name: name, services: slices.DeleteFunc(slices.Clone(services), func(s *Service) bool { return clusterLocal(s, mesh) })}
}

// joined adds the Services of other clusters. A Service of the same namespace and name is the same service: it is as the
// proxy's own cluster has it, else as the first that has it, and the identities of all its endpoints may answer.
func joined(services []*Service, remotes []remote) []*Service {
	known := map[serviceID]*Service{}
	for _, s := range services {
		if s.Kubernetes() {
			known[s.id()] = s
		}
	}
	for _, other := range remotes {
		for _, s := range other.services {
			if same := known[s.id()]; same != nil {
				same.ServiceAccounts = slices.Concat(same.ServiceAccounts, missing(same.ServiceAccounts, s.ServiceAccounts))
				continue
			}
			copied := *s
			copied.Cluster = other.name
			known[s.id()] = &copied
			services = append(services, &copied)
		}
	}
	return services
}

// missing returns those of a list that another one lacks.
func missing(have, list []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return slices.Contains(have, s) })
}

// join adds the endpoints that Services have in other clusters.
func (x endpointIndex) join(remotes []remote) {
	for _, other := range remotes {
		for _, s := range other.services {
			x[s.id()] = slices.Concat(x[s.id()], other.endpoints[s.id()])
		}
	}
}

// clusterLocal reports whether a service is each cluster's own. The most specific host of serviceSettings counts, and beside those
// the services of Kubernetes and of the control plane, unless a setting takes them out.
func clusterLocal(s *Service, mesh *meshconfig.MeshConfig) bool {
	defaults := []string{
		"*.kube-system.svc." + domainOf(s), "kubernetes.default.svc." + domainOf(s), "istiod." + mesh.GetRootNamespace() + ".svc." + domainOf(s),
	}
	local := map[string]bool{}
	for _, setting := range mesh.GetServiceSettings() {
		for _, h := range setting.GetHosts() {
			local[h] = setting.GetSettings().GetClusterLocal()
			if !local[h] {
				defaults = slices.DeleteFunc(defaults, func(d string) bool { return h == d || d[0] == '*' && strings.HasSuffix(h, d[1:]) })
			}
		}
	}
	for _, h := range defaults {
		local[h] = true
	}
	return local[mostSpecific(s.Host, local)]
}

// mostSpecific returns the host itself, or else the longest wildcard that covers it; "" where there is none.
func mostSpecific(host string, among map[string]bool) string {
	if _, ok := among[host]; ok {
		return host
	}
	best := ""
	for h := range among {
		if suffix, wildcard := strings.CutPrefix(h, "*"); wildcard && strings.HasSuffix(host, suffix) && len(h) > len(best) {
			best = h
		}
	}
	return best
}

// domainOf is the domain of a Kubernetes Service's cluster.
func domainOf(s *Service) string {
	return strings.TrimPrefix(s.Host, s.Name+"."+s.Namespace+".svc.")
}
