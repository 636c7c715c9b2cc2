package meshgen

import "strconv"

// peerAuthentication adds one for the mesh, a namespace or some workloads.
func (g *generator) peerAuthentication() {
	namespace := g.team()
	spec := tree{}
	if namespace != root && g.chance(60) {
		spec["selector"] = tree{"matchLabels": g.appLabels()}
		g.maybe(spec, 60, "portLevelMtls", func() any {
			ports := tree{}
			for _, number := range some(g.dice, 1, 3, 8000, 80, 9000, 3000, 8001, 8443, 7070) {
				ports[strconv.Itoa(number)] = tree{"mode": g.mtlsMode()}
			}
			return ports
		})
	}
	if spec["portLevelMtls"] == nil || g.chance(70) {
		spec["mtls"] = tree{"mode": g.mtlsMode()}
	}
	g.rule(security, "PeerAuthentication", namespace, spec)
}

func (d dice) mtlsMode() string {
	return pick(d, "STRICT", "PERMISSIVE", "DISABLE", "UNSET")
}
