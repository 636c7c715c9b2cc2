package facts

import (
	"slices"
	"strings"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/mesh"
)

// Gateways knows the servers of Gateways and the workloads that serve them.
type Gateways struct {
	docs *Documents

	wantedShared lazy[[][]Server] // of what findings are wanted about
	*gatewayIndexes
}

// gatewayIndexes are what does not depend on the documents that findings are wanted about.
type gatewayIndexes struct {
	bySelector lazy[map[string][]*config.Object]
	shared     lazy[[][]Server] // of everything
}

// Named returns a Gateway by its full name, or nil.
func (s *Gateways) Named(full string) *config.Object {
	namespace, base, _ := strings.Cut(full, "/")
	return s.docs.Mesh.Object("Gateway", namespace, base)
}

// Serve reports whether a Gateway has a server for one of the hosts that speaks HTTP, or HTTPS.
func (s *Gateways) Serve(gateway, scheme string, o *config.Object, hosts []string) bool {
	g := s.Named(gateway)
	if g == nil {
		return false
	}
	return slices.ContainsFunc(ServersOf(g), func(v Server) bool {
		return v.RuleKind() == "http" && v.Terminates() == (scheme == "https") && !v.GetTls().GetHttpsRedirect() &&
			slices.ContainsFunc(hosts, func(h string) bool { return v.Takes(h, o.Namespace) })
	})
}

// SelectedBy returns the Gateways for the workloads that a Kubernetes Service selects.
func (s *Gateways) SelectedBy(svc *mesh.Service) []*config.Object {
	return slices.DeleteFunc(s.Selecting(svc.Selector), s.selectsAll)
}

// selectsAll reports whether a Gateway is for all gateways, of which a workload may be none.
func (*Gateways) selectsAll(o *config.Object) bool {
	return len(config.Spec[*networking.Gateway](o).GetSelector()) == 0
}

// Selecting returns the Gateways whose selector picks workloads with the labels, the oldest first. One without a selector picks all.
func (s *Gateways) Selecting(labels map[string]string) []*config.Object {
	gateways := s.bySelector.get(s.index)
	found := slices.Clone(gateways[""])
	for _, label := range LabelPairs(labels) {
		for _, o := range gateways[label] {
			if HasLabels(labels, config.Spec[*networking.Gateway](o).GetSelector()) {
				found = append(found, o)
			}
		}
	}
	slices.SortStableFunc(found, config.Compare)
	return found
}

// index files each Gateway under the label of its selector that the fewest have, or under "".
func (s *Gateways) index() map[string][]*config.Object {
	count := map[string]int{}
	for _, o := range s.docs.Mesh.Objects("Gateway") {
		for _, label := range LabelPairs(config.Spec[*networking.Gateway](o).GetSelector()) {
			count[label]++
		}
	}
	index := map[string][]*config.Object{}
	for _, o := range s.docs.Mesh.Objects("Gateway") {
		rarest := ""
		for _, label := range LabelPairs(config.Spec[*networking.Gateway](o).GetSelector()) {
			if rarest == "" || count[label] < count[rarest] {
				rarest = label
			}
		}
		index[rarest] = append(index[rarest], o)
	}
	return index
}

// Servers returns the servers of Gateways, and whether all of them are in the input. Sidecars have none.
func (s *Gateways) Servers(gateways []string) (servers []Server, known bool) {
	for _, g := range gateways {
		if g == mesh.MeshGateway {
			continue
		}
		o := s.Named(g)
		if o == nil {
			return nil, false
		}
		servers = append(servers, ServersOf(o)...)
	}
	return servers, true
}

// Meets reports whether a server takes a host of a VirtualService.
func (s *Gateways) Meets(v Server, o *config.Object) bool {
	return slices.ContainsFunc(config.Spec[*networking.VirtualService](o).GetHosts(), func(h string) bool {
		return v.Takes(s.docs.FullHost(h, o), o.Namespace)
	})
}
