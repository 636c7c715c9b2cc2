package routing

import (
	"cmp"

	"sem.example/internal/config"
	"sem.example/internal/mesh/visibility"
)

// MeshGateway is the name by which rules are bound to sidecars.
const MeshGateway = "mesh"

// Rules are the rules of some hosts at some gateways.
type Rules struct {
	Object   *config.Object // the resource that the rules belong to
	Hosts    []Host
	HostsAt  config.Place // the list that holds them
	Gateways []string     // "mesh", or namespace/name; never empty
	HTTP     []*HTTPRule
	TLS      []*ConnectionRule
	TCP      []*ConnectionRule
	Ignored  []config.Ignored // rules that are left out
	Audience visibility.Audience

	Generated  string // the name of the VirtualService that istiod makes of the resource; "" where it is one
	GatewayAPI bool   // made of routes of the Gateway API
}

// VirtualService is the namespace and name by which proxies know the rules.
func (r *Rules) VirtualService() (namespace, name string) {
	return r.Object.Namespace, cmp.Or(r.Generated, r.Object.Name)
}

// A Host is a host name that rules apply to, which may be a wildcard.
type Host struct {
	Name string
	At   config.Place
}

// VisibleIn reports whether a namespace may see the rules.
func (r *Rules) VisibleIn(namespace string) bool { return r.Audience.Includes(namespace) }

// HostNames returns the names of the hosts.
func (r *Rules) HostNames() []string {
	out := make([]string, len(r.Hosts))
	for i, h := range r.Hosts {
		out[i] = h.Name
	}
	return out
}
