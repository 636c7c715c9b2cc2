package mesh

import (
	"sync"

	"sem.example/internal/config"
	"sem.example/internal/mesh/apigateway"
	"sem.example/internal/mesh/registry"
	"sem.example/internal/mesh/routing"
)

// A Mesh is everything that was loaded.
type Mesh struct {
	*registry.Registry

	hosts memo[struct{}, *hostIndex[[]*Service]] // services by age

	gateways        []*routing.Gateway // those of Ingresses, then the oldest first
	conditions      []Condition
	unserved        []config.Ignored // Ingresses, resources of the Gateway API, and parts of them, that have no effect
	virtualServices virtualServiceIndex
	rules           *destinationRules
	sidecars        sidecars
	peers           peers

	leading       memo[struct{}, map[string][]*routing.Rules] // VirtualServices by the hosts whose traffic they shape
	scopes        memo[scopeKey, *scope]
	sidecarScopes memo[scopeKey, *sidecarScope]
	sorting       sync.Once
	distinct      map[string]bool // namespaces, see seesAsMost
}

// Covering returns all services whose host is the given one or a wildcard that covers it, visible or not: the most
// specific host first, of one host by age.
func (m *Mesh) Covering(host string) []*Service {
	hosts := m.hosts.get(struct{}{}, func() *hostIndex[[]*Service] {
		x := newHostIndex[[]*Service]()
		for _, s := range m.Services {
			x.put(s.Host, m.ServicesOf(s.Host))
		}
		return x
	})
	var out []*Service
	for list := range hosts.covering(host) {
		out = append(out, list...)
	}
	return out
}

// VirtualServices returns all VirtualServices that have hosts, completed and merged, the oldest first.
func (m *Mesh) VirtualServices() []*VirtualService { return m.virtualServices.written }

// RouteRules returns the rules of routes of the Gateway API: a set for each host of each parent.
func (m *Mesh) RouteRules() []*routing.Rules {
	var out []*routing.Rules
	for _, v := range m.virtualServices.all {
		if v.GatewayAPI {
			out = append(out, v)
		}
	}
	return out
}

// A Condition is a false condition in the status of a resource of the Gateway API.
type Condition = apigateway.Condition

// Missing names what the input does not have.
type Missing = apigateway.Missing

// Conditions returns what Istio's controller would find wrong with the resources of the Gateway API.
func (m *Mesh) Conditions() []Condition { return m.conditions }

// Unserved returns what of Ingresses and of the Gateway API has no effect, with the reason.
func (m *Mesh) Unserved() []config.Ignored { return m.unserved }
