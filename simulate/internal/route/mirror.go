package route

import (
	"fmt"

	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"

	"sem.example/simulate/decision"
	"sem.example/simulate/internal/match"
)

// newMirrors describes the mirrors in force: those of the route, else of its virtual host, else of the table.
func newMirrors(c *routev3.RouteConfiguration, v *routev3.VirtualHost, a *routev3.RouteAction) []decision.Mirror {
	policies := a.GetRequestMirrorPolicies()
	if len(policies) == 0 {
		policies = v.GetRequestMirrorPolicies()
	}
	if len(policies) == 0 {
		policies = c.GetRequestMirrorPolicies()
	}
	var out []decision.Mirror
	for _, m := range policies {
		name := m.GetCluster()
		if name == "" {
			name = fmt.Sprintf("the cluster that header %s names", m.GetClusterHeader())
		}
		mirror := decision.Mirror{Cluster: name, Share: match.Fraction(m.GetRuntimeFraction().GetDefaultValue(), 1)}
		if !m.GetDisableShadowHostSuffixAppend() && m.GetHostRewriteLiteral() == "" {
			mirror.Suffix = "-shadow"
		}
		out = append(out, mirror)
	}
	return out
}
