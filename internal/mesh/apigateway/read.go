package apigateway

import (
	"strings"

	"sem.example/internal/config"
	"sem.example/internal/gatewayapi"
	"sem.example/internal/mesh/registry"
	"sem.example/internal/mesh/routing"
	"sem.example/internal/mesh/trafficpolicy"
)

// Resources are what the resources of the Gateway API come to.
type Resources struct {
	Gateways []*routing.Gateway // one for each listener
	Rules    []*routing.Rules
	Policies []*trafficpolicy.Rule // of the policies that are attached to a host, a rule for each
	Ignored  []config.Ignored      // what has no effect

	Conditions []Condition // what the controller of Istio would find wrong
}

// Read translates all resources of the Gateway API.
func Read(r *registry.Registry) *Resources {
	t := &translator{
		registry: r, grants: readGrants(r), parents: map[parentKey][]*listener{},
	}
	out := &Resources{}
	for _, o := range Objects(r, "Gateway") {
		for _, l := range t.listeners(o) {
			out.Gateways = append(out.Gateways, l.gateway)
		}
	}
	statusChecker{t}.checkListenerSets()
	t.requestRoutes()
	t.connectionRoutes()
	out.Policies = t.policies()
	out.Rules, out.Ignored, out.Conditions = t.rules, t.ignored, t.status.conditions
	return out
}

func readGrants(r *registry.Registry) []grant {
	var out []grant
	for _, o := range Objects(r, "ReferenceGrant") {
		spec := config.Spec[*gatewayapi.ReferenceGrant](o).Spec
		for _, from := range spec.From {
			for _, to := range spec.To {
				out = append(out, grant{
					strings.TrimPrefix(from.Group+"/"+from.Kind, "/"), from.Namespace,
					strings.TrimPrefix(to.Group+"/"+to.Kind, "/"), o.Namespace, value(to.Name, ""),
				})
			}
		}
	}
	return out
}
