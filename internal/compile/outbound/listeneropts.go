package outbound

import (
	"sem.example/internal/compile/filterchain"
	"sem.example/internal/compile/origin"
	"sem.example/internal/config"
	"sem.example/internal/envoy"
	"sem.example/internal/mesh"
)

// A listenerOpts is the wish of a service for a listener.
type listenerOpts struct {
	egress  *egress
	service *mesh.Service
	port    *mesh.Port   // of the listener: the Sidecar's, or the service's own
	written config.Place // where the port stands
	binds   []string     // addresses; none leaves the choice to the service
	cidrs   []string     // destinations that the service is reached at, where the listener is for every address
	real    bool
	chains  []*filterchain.Chain // for its connections that carry no readable requests, see prepare
}

// origins are where the port of the listener is written, the service where that is in the Sidecar, and the address.
func (b listenerOpts) origins() []envoy.Origin {
	var out []envoy.Origin
	if b.written.Object != nil {
		out = append(out, origin.Defines(b.written.Object, b.written.Field))
	}
	if b.written.Object != b.service.Object {
		out = append(out, origin.Defines(b.service.Object, b.service.Field))
	}
	if b.service.AddressField != "" && len(b.service.Addresses) > 0 && (len(b.cidrs) > 0 || b.binds[0] == b.service.Addresses[0]) {
		out = append(out, origin.Defines(b.service.Object, b.service.AddressField))
	}
	return out
}
