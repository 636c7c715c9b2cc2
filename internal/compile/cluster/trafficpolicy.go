package cluster

import (
	"sem.example/internal/config"
	"sem.example/internal/mesh"
	"sem.example/internal/mesh/trafficpolicy"
	"sem.example/internal/release"
)

// policyFor returns what applies to the traffic that the proxy sends to a destination.
func (c *Builder) policyFor(d *destination) *trafficpolicy.Effective {
	p := c.MeshPolicy()
	p.Apply(d.rule, d.port.Number, d.subset)
	if d.rule.SubsetPolicy(d.subset) != nil && !c.view.Mesh.Settings.Release.Has(release.SubsetRetryBudget) {
		p.DropRetryBudget("the release drops it for subsets that have settings")
	}
	return p
}

// MeshPolicy returns what applies where no DestinationRule does, for rules to be laid over it.
func (c *Builder) MeshPolicy() *trafficpolicy.Effective {
	p := c.base.Get(func() trafficpolicy.Effective {
		return trafficpolicy.Default(c.view.Mesh.Settings.Config.GetDefaultTrafficPolicy(), meshField(c.view, "defaultTrafficPolicy"))
	})
	return &p
}

// meshField is where the mesh's settings have a field; zero for a default.
func meshField(view *mesh.View, field string) config.Place {
	return view.Mesh.Settings.PlaceOf(field)
}
