package apigateway

import (
	"sem.example/internal/config"
	"sem.example/internal/gatewayapi"
	"sem.example/internal/mesh/registry"
)

// Parts are the rules of all routes, their matches and their backends, each where it is written.
type Parts struct{ Rules, Matches, Backends []config.Place }

// PartsOf returns the parts of all routes.
func PartsOf(r *registry.Registry) *Parts {
	p := &Parts{}
	for _, kind := range []string{"HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute"} {
		for _, o := range Objects(r, kind) {
			switch spec := o.Spec.(type) {
			case *gatewayapi.HTTPRoute:
				for i, rule := range spec.Spec.Rules {
					p.rule(o, i, len(rule.Matches), len(rule.BackendRefs))
				}
			case *gatewayapi.GRPCRoute:
				for i, rule := range spec.Spec.Rules {
					p.rule(o, i, len(rule.Matches), len(rule.BackendRefs))
				}
			case *gatewayapi.ConnectionRoute:
				for i, rule := range spec.Spec.Rules {
					p.rule(o, i, 0, len(rule.BackendRefs))
				}
			}
		}
	}
	return p
}

func (p *Parts) rule(o *config.Object, i, matches, backends int) {
	at := config.At(o, "spec.rules").Item(i)
	p.Rules = append(p.Rules, at)
	for j := range matches {
		p.Matches = append(p.Matches, at.Sub("matches").Item(j))
	}
	for j := range backends {
		p.Backends = append(p.Backends, at.Sub("backendRefs").Item(j))
	}
}
