package meshgen

import "fmt"

// families are the kinds of IP addresses that the workloads and Services of a mesh have.
type families struct{ four, six bool }

// names are those that Kubernetes gives the families.
func (f families) names() []string {
	var out []string
	if f.four {
		out = append(out, "IPv4")
	}
	if f.six {
		out = append(out, "IPv6")
	}
	return out
}

// addressing is what decides about the addresses of a mesh: its IP families and networks.
type addressing struct {
	dice
	families  families
	networked bool // the mesh spans several networks
}

// chooseFamilies makes most meshes ones of IPv4, as most are.
func (g *addressing) chooseFamilies() {
	switch n := g.N(100); {
	case n < 12:
		g.families = families{six: true}
	case n < 30:
		g.families = families{four: true, six: true}
	default:
		g.families = families{four: true}
	}
}

// addresses are those of one thing, one for each family. Both forms take the number that tells things apart.
func (g *addressing) addresses(four, six string, n int) []string {
	var out []string
	if g.families.four {
		out = append(out, fmt.Sprintf(four, n))
	}
	if g.families.six {
		out = append(out, fmt.Sprintf(six, n))
	}
	return out
}

// literal is an address that documents write, of IPv6 only where the mesh speaks it, and now and then where it does not.
func (g *addressing) literal(four, six string) string {
	if g.families.six && g.chance(60) || g.chance(4) {
		return six
	}
	return four
}

// clusterIPs gives a Service its addresses, as Kubernetes assigns them.
func (g *addressing) clusterIPs(spec tree, addresses []string) {
	spec["clusterIP"] = addresses[0]
	if !g.families.six {
		return
	}
	spec["clusterIPs"] = list(addresses...)
	spec["ipFamilies"] = list(g.families.names()...)
	spec["ipFamilyPolicy"] = "SingleStack"
	if len(addresses) > 1 {
		spec["ipFamilyPolicy"] = pick(g.dice, "PreferDualStack", "RequireDualStack")
	}
}
