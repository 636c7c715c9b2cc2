package outbound

import (
	"strings"
	"sync"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/mesh"
)

// An egress is one outbound listener of the proxy's Sidecar (or the default one that imports everything), with its
// services indexed by port and its VirtualServices by host.
type egress struct {
	*mesh.EgressListener
	ports map[uint32]*portServices
	rules hostTable[*mesh.VirtualService]
	every func() *portServices // all services, whatever their ports
}

// portServices are the services of an egress that have a certain port.
type portServices struct {
	list  []servicePort
	hosts hostTable[*mesh.Service] // by host in lower case; of several services of a host the last counts
	last  map[string]*mesh.Service
}

// A servicePort is a service at one of its ports.
type servicePort struct {
	service *mesh.Service
	port    *mesh.Port
}

func newEgress(l *mesh.EgressListener) *egress {
	e := &egress{EgressListener: l, ports: map[uint32]*portServices{}}
	for _, s := range l.Services {
		for _, p := range s.Ports {
			at := e.ports[p.Number]
			if at == nil {
				at = &portServices{}
				e.ports[p.Number] = at
			}
			at.list = append(at.list, servicePort{s, p})
		}
	}
	for _, p := range e.ports {
		p.index()
	}
	for _, vs := range l.VirtualServices {
		for _, host := range vs.HostNames() {
			e.rules.add(host, vs)
		}
	}
	e.every = sync.OnceValue(func() *portServices {
		all := &portServices{}
		for _, s := range l.Services {
			all.list = append(all.list, servicePort{service: s})
		}
		all.index()
		return all
	})
	return e
}

func (p *portServices) index() {
	p.last = make(map[string]*mesh.Service, len(p.list))
	for _, at := range p.list {
		p.last[strings.ToLower(at.service.Host)] = at.service
	}
	seen := make(map[string]bool, len(p.last))
	for _, at := range p.list {
		if host := strings.ToLower(at.service.Host); !seen[host] {
			seen[host] = true
			p.hosts.add(host, p.last[host])
		}
	}
}

// on returns the services that have a port; port 0 asks for all of them.
func (e *egress) on(port uint32) *portServices {
	if port == 0 {
		return e.every()
	}
	if p := e.ports[port]; p != nil {
		return p
	}
	return &portServices{}
}

// port is the port that the Sidecar gives the listener, or nil for one that takes the ports of its services.
func (e *egress) port() *networking.SidecarPort {
	if e.Spec == nil {
		return nil
	}
	return e.Spec.Port
}

func (e *egress) bind() string {
	if e.Spec == nil {
		return ""
	}
	return e.Spec.Bind
}
