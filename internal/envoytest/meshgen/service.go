package meshgen

import (
	"slices"
)

// A served port is one that a Service may have, with what says its protocol.
type served struct {
	name     string
	number   int
	protocol string // what istiod makes of the name or appProtocol
	app      string // appProtocol
}

var servedPorts = []served{
	{"http", 80, "HTTP", ""},
	{"http-alt", 8080, "HTTP", ""},
	{"grpc", 7070, "GRPC", ""},
	{"http2", 8082, "HTTP2", ""},
	{"tcp", 9000, "TCP", ""},
	{"https", 443, "HTTPS", ""},
	{"tls-x", 8443, "TLS", ""},
	{"any", 9090, "", ""},
	{"web", 8088, "HTTP", "http"},
	{"plain", 80, "TCP", "tcp"},
	{"mongo", 27017, "Mongo", ""},
	{"redis", 6379, "Redis", ""},
}

// services adds Services with their workloads.
func (g *generator) services() {
	for range 2 + g.N(4) {
		g.service(pick(g.dice, teams...), pick(g.dice, apps...))
	}
}

func (g *generator) service(namespace, app string) {
	if g.taken["Service/"+namespace+"/"+app] {
		return
	}
	chosen := numbered(some(g.dice, 1, 3, servedPorts...))
	ports, containers, slices := g.servicePorts(chosen)
	spec := tree{"ports": list(ports...)}
	switch g.N(10) {
	case 0:
		spec["type"], spec["externalName"] = "ExternalName", pick(g.dice, "www.example.com", "api.partner.example.com")
	case 1:
		spec["clusterIP"] = "None"
	default:
		g.clusterIPs(spec, g.addresses("10.96.1.%d", "fd00:96:1::%d", 10*len(g.hosts)+1+g.N(5)))
	}
	if spec["type"] == nil {
		spec["selector"] = tree{"app": app}
		pods := g.pods(namespace, app, containers)
		if g.chance(60) {
			g.slices(namespace, app, pods, slices)
		}
	}
	g.add("v1", "Service", namespace, app, g.extras(tree{"spec": spec}))
	name := app + "." + namespace + ".svc.cluster.local"
	g.hosts = append(g.hosts, host{name: name, namespace: namespace, ports: portsOf(chosen), short: app})
}

// extras sets what few Services have: who may see them, and which of their endpoints are used first or again.
func (d dice) extras(rest tree) tree {
	spec := rest["spec"].(tree)
	switch {
	case d.chance(8):
		rest["labels"] = tree{"istio.io/persistent-session": "sticky"}
	case d.chance(5):
		rest["labels"] = tree{"istio.io/persistent-session-header": "x-sticky"}
	}
	d.maybe(rest, 10, "annotations", func() any {
		return tree{"networking.istio.io/exportTo": pick(d, ".", "*", teams[0], "~")}
	})
	d.maybe(spec, 10, "publishNotReadyAddresses", func() any { return true })
	d.maybe(spec, 10, "trafficDistribution", func() any { return pick(d, "PreferClose", "PreferSameZone", "PreferSameNode") })
	d.maybe(spec, 6, "internalTrafficPolicy", func() any { return pick(d, "Local", "Cluster") })
	return rest
}

// numbered drops ports of the same number.
func numbered(ports []served) []served {
	seen := map[int]bool{}
	return slices.DeleteFunc(ports, func(p served) bool {
		was := seen[p.number]
		seen[p.number] = true
		return was
	})
}

// servicePorts are the ports of a Service, of its Pods' containers and of its EndpointSlice.
func (d dice) servicePorts(from []served) (service, container, slice []tree) {
	for _, p := range from {
		target := p.number
		if d.chance(50) {
			target = pick(d, 8000, 8443, 3000) + len(service)
		}
		of := tree{"name": p.name, "port": p.number, "targetPort": target}
		if d.chance(25) {
			of["targetPort"] = p.name
		}
		if p.app != "" {
			of["appProtocol"] = p.app
		}
		service = append(service, of)
		container = append(container, tree{"name": p.name, "containerPort": target})
		slice = append(slice, tree{"name": p.name, "port": target})
	}
	return service, container, slice
}

func portsOf(from []served) []port {
	var out []port
	for _, p := range from {
		out = append(out, port{p.number, p.protocol})
	}
	return out
}
