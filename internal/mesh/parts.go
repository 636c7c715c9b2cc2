package mesh

import (
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/mesh/apigateway"
	"sem.example/internal/mesh/registry"
	"sem.example/internal/mesh/routing"
	"sem.example/internal/mesh/trafficpolicy"
)

// A PartKind is a kind of parts of the configuration that a request can reach.
type PartKind string

// The kinds.
const (
	RoutePart       PartKind = "route"
	MatchPart       PartKind = "match"
	DestinationPart PartKind = "destination"
	SubsetPart      PartKind = "subset"
	PortPolicyPart  PartKind = "port policy"
	PortPart        PartKind = "port"
)

// A Part is a part of the configuration that a request can reach.
type Part struct {
	Kind PartKind
	At   config.Place
}

// Parts returns the parts of all resources, each where it is written, whether or not another resource hides it.
func (m *Mesh) Parts() []Part {
	var p parts
	for _, o := range m.Objects("VirtualService") {
		if spec := config.Spec[*networking.VirtualService](o); spec != nil {
			p.virtualService(readVirtualService(o, spec, m.Settings))
		}
	}
	routes := apigateway.PartsOf(m.Registry)
	p.places(RoutePart, routes.Rules)
	p.places(MatchPart, routes.Matches)
	p.places(DestinationPart, routes.Backends)
	for _, o := range m.Objects("DestinationRule") {
		if spec := config.Spec[*networking.DestinationRule](o); spec != nil {
			p.destinationRule(trafficpolicy.ReadRule(o, spec, spec.Host))
		}
	}
	for _, o := range m.Objects("ServiceEntry") {
		if spec := config.Spec[*networking.ServiceEntry](o); spec != nil {
			for _, port := range registry.EntryPorts(spec) {
				p.add(PortPart, config.Place{Object: o, Field: port.Field})
			}
		}
	}
	return p
}

type parts []Part

func (p *parts) add(kind PartKind, at config.Place) { *p = append(*p, Part{kind, at}) }

func (p *parts) places(kind PartKind, places []config.Place) {
	for _, at := range places {
		p.add(kind, at)
	}
}

func (p *parts) virtualService(v *virtualService) {
	for _, r := range v.http {
		p.add(RoutePart, r.At)
		for _, m := range r.Matches {
			p.add(MatchPart, m.At[0])
		}
		p.destinations(r.Destinations)
	}
	for _, list := range [][]*routing.ConnectionRule{v.rules.TLS, v.rules.TCP} {
		for _, r := range list {
			p.add(RoutePart, r.At)
			for _, m := range r.Matches {
				p.add(MatchPart, m.At)
			}
			p.destinations(r.Destinations)
		}
	}
}

func (p *parts) destinations(list []routing.Destination) {
	for _, d := range list {
		p.add(DestinationPart, d.At)
	}
}

func (p *parts) destinationRule(r *trafficpolicy.Rule) {
	p.portPolicies(r.Policy)
	for _, s := range r.Subsets {
		p.add(SubsetPart, s.At)
		p.portPolicies(s.Policy)
	}
}

func (p *parts) portPolicies(policy *trafficpolicy.Policy) {
	if policy == nil {
		return
	}
	for _, at := range policy.Ports {
		p.add(PortPolicyPart, at.At)
	}
}
