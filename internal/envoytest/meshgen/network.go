package meshgen

import "fmt"

const networkLabel = "topology.istio.io/network"

// networks are those of a mesh of several; the last has no gateway of its own.
var networks = []string{"near", "far", "island"}

// chooseNetworks has some meshes span several networks.
func (g *addressing) chooseNetworks() { g.networked = g.chance(25) }

// network puts a thing, by its label or field, in one of the networks.
func (g *addressing) network(of tree, field string) {
	if g.networked {
		g.maybe(of, 70, field, func() any { return pick(g.dice, networks...) })
	}
}

// meshNetworks are the gateways by which networks are reached, listed by address, name or Service, and address ranges.
func (g *addressing) meshNetworks() tree {
	out := tree{}
	for i, name := range some(g.dice, 1, 2, networks[:2]...) {
		of := tree{"gateways": many(1+g.N(2), func() tree { return g.networkGateway(i) })}
		g.maybe(of, 40, "endpoints", func() any {
			return list(pick(g.dice, tree{"fromCidr": "10.80.0.0/16"}, tree{"fromCidr": "10.2.0.0/16"}, tree{"fromRegistry": "Kubernetes"}))
		})
		out[name] = of
	}
	return out
}

func (g *addressing) networkGateway(i int) tree {
	t := tree{"port": pick(g.dice, 15443, 443)}
	switch {
	case g.chance(15):
		t["registryServiceName"] = "eastwest." + root + ".svc.cluster.local"
	case g.chance(20):
		t["address"] = "gateway.far.example.net"
	default:
		t["address"] = g.literal(fmt.Sprintf("192.0.2.%d", 10*i+1+g.N(3)), fmt.Sprintf("2001:db8:2::%d", 10*i+1+g.N(3)))
	}
	return t
}

// eastwest adds the Service of a gateway between networks, which its label makes one.
func (g *generator) eastwest() {
	spec := tree{"type": "LoadBalancer", "selector": tree{"istio": "eastwest"}, "ports": list(tree{"name": "tls", "port": 15443})}
	g.clusterIPs(spec, g.addresses("10.96.0.%d", "fd00:96::%d", 20))
	rest := tree{"spec": spec, "labels": tree{networkLabel: pick(g.dice, networks[:2]...)}}
	g.maybe(rest, 85, "status", func() any {
		return tree{"loadBalancer": tree{"ingress": list(tree{"ip": g.literal("192.0.2.99", "2001:db8:2::99")})}}
	})
	g.add("v1", "Service", root, "eastwest", rest)
}
