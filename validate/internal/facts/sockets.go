package facts

import (
	"fmt"
	"slices"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
)

// Sockets returns the servers that share a socket of one gateway workload, the oldest first. Whatever a selector picks is
// picked by every selector that asks for no more, so that a server may be in several groups.
func (s *Gateways) Sockets() [][]Server {
	return s.shared.get(func() [][]Server {
		return s.sockets(func(map[string]string) bool { return true })
	})
}

// WantedSockets returns those of them where one of the servers may be of a Gateway that findings are wanted about.
func (s *Gateways) WantedSockets() [][]Server {
	if s.docs.Only == nil {
		return s.Sockets()
	}
	return s.wantedShared.get(func() [][]Server {
		return s.sockets(func(selector map[string]string) bool {
			return slices.ContainsFunc(s.docs.WantedObjects("Gateway"), func(o *config.Object) bool {
				return HasLabels(selector, config.Spec[*networking.Gateway](o).GetSelector())
			})
		})
	})
}

// sockets returns the servers that share a socket of the workloads which wanted selectors pick.
func (s *Gateways) sockets(wanted func(selector map[string]string) bool) [][]Server {
	var sockets [][]Server
	seen := map[string]bool{}
	for _, o := range s.docs.Mesh.Objects("Gateway") {
		selector := config.Spec[*networking.Gateway](o).GetSelector()
		if !wanted(selector) {
			continue
		}
		if key := SelectorText(selector); !seen[key] {
			seen[key] = true
			sockets = append(sockets, bySocket(s.Selecting(selector))...)
		}
	}
	return sockets
}

// bySocket groups the servers of Gateways by address and port, in the order of the first of each.
func bySocket(gateways []*config.Object) [][]Server {
	position := map[string]int{}
	var groups [][]Server
	for _, o := range gateways {
		for _, v := range ServersOf(o) {
			key := fmt.Sprint(v.GetBind(), " ", v.GetPort().GetNumber())
			i, ok := position[key]
			if !ok {
				i = len(groups)
				position[key] = i
				groups = append(groups, nil)
			}
			groups[i] = append(groups[i], v)
		}
	}
	return groups
}
