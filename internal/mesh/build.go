package mesh

import (
	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh/apigateway"
	"sem.example/internal/mesh/ingress"
	"sem.example/internal/mesh/registry"
)

// Build gathers objects into a mesh. Of several objects of one kind and name the last of the input counts, as it would in
// a cluster that they are applied to. Of other clusters of the mesh only the services are read.
func Build(objects []*config.Object, settings Settings, others ...Cluster) (*Mesh, diag.List) {
	m := &Mesh{Registry: registry.Build(objects, settings.Complete(), others...)}
	ingresses := ingress.Read(m.Registry)
	api := apigateway.Read(m.Registry)
	m.gateways, m.unserved = append(ingresses.Gateways, byAge(readGateways(m.Registry), api.Gateways)...), ingresses.Ignored
	m.unserved, m.conditions = append(m.unserved, api.Ignored...), api.Conditions
	m.virtualServices = readVirtualServices(m.Registry, ingresses.Rules, api.Rules)
	m.rules = readDestinationRules(m.Registry, api.Policies)
	m.sidecars = readSidecars(m.Registry)
	m.peers = readPeers(m.Registry)
	return m, nil
}
