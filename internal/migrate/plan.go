package migrate

import (
	"slices"

	"sem.example/internal/mesh"
	"sem.example/internal/source"
)

// Convert plans the Gateway API resources of a mesh.
func Convert(m *mesh.Mesh) *Plan {
	c := &converter{remarks: &remarks{}, mesh: m, plan: &Plan{Replaced: map[*source.Document]bool{}}, gateways: map[string]*gateway{}, names: map[resourceName]bool{}, subsets: map[subset]string{}}
	c.readGateways()
	for _, v := range m.VirtualServices() {
		if v.Generated == "" && !v.GatewayAPI {
			c.virtualService(v)
		}
	}
	c.writeGateways()
	c.destinationRules()
	c.writeGrants()
	c.plan.subsets = c.subsets
	c.plan.Remarks = c.list
	slices.SortStableFunc(c.plan.Remarks, func(a, b Remark) int { return slices.Index(levels, a.Level) - slices.Index(levels, b.Level) })
	return c.plan
}
