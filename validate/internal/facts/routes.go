package facts

import (
	"slices"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/mesh"
)

// Routes knows where the rules of VirtualServices lead.
type Routes struct {
	docs  *Documents
	hosts *Hosts

	wanted lazy[[]ResolvedDestination] // of what findings are wanted about
	*routeIndexes
}

// routeIndexes are what does not depend on the documents that findings are wanted about.
type routeIndexes struct {
	destinations memo[*config.Object, []Destination]
	resolved     lazy[[]ResolvedDestination] // of everything
	routed       lazy[map[hostPort]bool]     // ports that HTTP rules lead to
	subsets      lazy[map[hostSubset]bool]   // subsets that rules lead to
	followers    lazy[map[string]Followers]
	counts       lazy[map[string]int] // VirtualServices with HTTP rules for sidecars, by host
	merged       lazy[map[*config.Object]*mesh.VirtualService]
	dropped      lazy[map[Place]string]            // rules that istiod leaves out, with the reason
	bound        lazy[map[string][]*config.Object] // VirtualServices by gateway
}

// An ResolvedDestination is a target with its service, as clients of the rules' own namespace see it.
type ResolvedDestination struct {
	Destination
	service *mesh.Service
}

// EachWanted calls do for every destination of VirtualServices that findings are wanted about, where its service is known for
// certain.
func (s *Routes) EachWanted(do func(Destination, *mesh.Service)) {
	for _, a := range s.wantedResolved() {
		do(a.Destination, a.service)
	}
}

// Resolved returns the destinations of all VirtualServices whose service is known for certain.
func (s *Routes) Resolved() []ResolvedDestination {
	return s.resolved.get(func() []ResolvedDestination { return s.resolve(s.docs.Mesh.Objects("VirtualService")) })
}

// wantedResolved returns those of the VirtualServices that findings are wanted about.
func (s *Routes) wantedResolved() []ResolvedDestination {
	if s.docs.Only == nil {
		return s.Resolved()
	}
	return s.wanted.get(func() []ResolvedDestination { return s.resolve(s.docs.WantedObjects("VirtualService")) })
}

func (s *Routes) resolve(rules []*config.Object) []ResolvedDestination {
	var all []ResolvedDestination
	for _, o := range rules {
		for _, t := range s.Destinations(o) {
			if svc := s.docs.Client(o.Namespace).Service(s.docs.FullHost(t.Host, o)); svc != nil {
				all = append(all, ResolvedDestination{t, svc})
			}
		}
	}
	return all
}

// Destinations returns every destination of a VirtualService, in the order of the document. Many checks ask for them.
func (s *Routes) Destinations(o *config.Object) []Destination {
	return s.destinations.get(o, func() []Destination { return destinationsOf(o) })
}

// LeadTo reports whether an HTTP rule of the mesh names a port of a host as its destination, or the host without a port where it is 0.
func (s *Routes) LeadTo(host string, port uint32) bool {
	return s.routed.get(func() map[hostPort]bool {
		routed := map[hostPort]bool{}
		for _, o := range s.docs.Mesh.Objects("VirtualService") {
			for _, t := range s.Destinations(o) {
				if t.Protocol == "http" {
					routed[hostPort{s.docs.FullHost(t.Host, o), t.GetPort().GetNumber()}] = true
				}
			}
		}
		return routed
	})[hostPort{host, port}]
}

// ServicesOf returns the services whose host a VirtualService names.
func (s *Routes) ServicesOf(o *config.Object) []*mesh.Service {
	view := s.docs.Client(o.Namespace)
	var found []*mesh.Service
	for _, h := range config.Spec[*networking.VirtualService](o).GetHosts() {
		if svc := view.Service(s.docs.FullHost(h, o)); svc != nil {
			found = append(found, svc)
		}
	}
	return found
}

// BoundTo returns the VirtualServices that are bound to a gateway.
func (s *Routes) BoundTo(gateway string) []*config.Object {
	return s.bound.get(func() map[string][]*config.Object {
		bound := map[string][]*config.Object{}
		for _, o := range s.docs.Mesh.Objects("VirtualService") {
			for _, g := range GatewaysOf(o) {
				if g != mesh.MeshGateway {
					bound[g] = append(bound[g], o)
				}
			}
		}
		return bound
	})[gateway]
}

// A Followers says who follows rules that lead to a host.
type Followers struct{ Sidecars, Gateways bool }

// FollowersTo returns who follows rules to a host.
func (s *Routes) FollowersTo(host string) Followers {
	return s.followers.get(func() map[string]Followers {
		followers := map[string]Followers{}
		for _, a := range s.Resolved() {
			to := followers[a.service.Host]
			to.Sidecars = to.Sidecars || a.FromSidecars()
			to.Gateways = to.Gateways || a.FromGateways()
			followers[a.service.Host] = to
		}
		return followers
	})[host]
}

// A hostSubset is a subset of a host.
type hostSubset struct{ host, subset string }

// UseSubset reports whether rules lead to a subset of a host, in this world or in another one.
func (s *Routes) UseSubset(host, subset string) bool {
	return s.subsets.get(func() map[hostSubset]bool {
		used := map[hostSubset]bool{}
		use := func(o *config.Object) {
			for _, t := range s.Destinations(o) {
				used[hostSubset{s.docs.FullHost(t.Host, o), t.Subset}] = true
			}
		}
		for _, o := range s.docs.Mesh.Objects("VirtualService") {
			use(o)
		}
		for o := range s.docs.OtherWorlds("VirtualService") {
			use(o)
		}
		return used
	})[hostSubset{host, subset}]
}

// CountInMesh returns how many VirtualServices give HTTP rules for a host to sidecars.
func (s *Routes) CountInMesh(host string) int {
	return s.counts.get(func() map[string]int {
		counts := map[string]int{}
		for _, v := range s.docs.Mesh.VirtualServices() {
			for _, h := range HostsInMesh(v) {
				counts[h]++
			}
		}
		return counts
	})[host]
}

// HostsInMesh returns the full hosts for which a VirtualService gives HTTP rules to sidecars.
func HostsInMesh(v *mesh.VirtualService) []string {
	if len(v.HTTP) == 0 || !slices.Contains(v.Gateways, mesh.MeshGateway) {
		return nil
	}
	return v.HostNames()
}
