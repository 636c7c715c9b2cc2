package meshgen

import (
	"fmt"

	"sem.example/simulate"
)

var (
	apps       = []string{"web", "api", "db"}
	versions   = []string{"v1", "v2"}
	localities = []string{"eu.west.a", "eu.east.b", "us.west.c"}
)

// A pod is a workload of an app, as EndpointSlices name it.
type pod struct {
	name      string
	addresses []string
	ready     bool
}

// pods adds workloads of an app that serve the given ports.
func (g *generator) pods(namespace, app string, ports []tree) []pod {
	var out []pod
	for range g.N(4) {
		g.address++
		p := pod{name: fmt.Sprintf("%s-%d", app, g.address), addresses: g.workloadAddresses(), ready: g.chance(85)}
		g.pod(namespace, app, p, ports)
		out = append(out, p)
	}
	return out
}

func (g *generator) pod(namespace, app string, p pod, ports []tree) {
	labels := tree{"app": app, "version": pick(g.dice, versions...)}
	g.maybe(labels, 50, "istio-locality", func() any { return pick(g.dice, localities...) })
	g.network(labels, networkLabel)
	injected := g.chance(75)
	if injected {
		labels["security.istio.io/tlsMode"] = "istio"
	}
	spec := tree{"containers": list(tree{"name": "app", "image": "app", "ports": list(ports...)})}
	account := pick(g.dice, "default", app)
	if account != "default" {
		spec["serviceAccountName"] = account
	}
	g.add("v1", "Pod", namespace, p.name, tree{"labels": labels, "spec": spec, "status": podStatus(p.addresses, p.ready)})
	if injected && p.ready {
		g.proxies = append(g.proxies, simulate.Proxy{
			Type: "sidecar", Namespace: namespace, Name: p.name, IPs: p.addresses, DNSCapture: g.chance(20),
		})
	}
}

func podStatus(addresses []string, is bool) tree {
	var ips []any
	for _, a := range addresses {
		ips = append(ips, tree{"ip": a})
	}
	return tree{"podIP": addresses[0], "podIPs": ips, "phase": "Running", "conditions": list(ready(is))}
}

// workloadAddresses are those of the workload that was numbered last.
func (g *generator) workloadAddresses() []string {
	return g.addresses("10.1.0.%d", "fd00:1::%d", g.address)
}

func ready(is bool) tree {
	status := "False"
	if is {
		status = "True"
	}
	return tree{"type": "Ready", "status": status}
}

// slices adds the EndpointSlices of a service, one for each family.
func (g *generator) slices(namespace, service string, pods []pod, ports []tree) {
	for i, family := range g.families.names() {
		var endpoints []any
		for _, p := range pods {
			endpoints = append(endpoints, tree{
				"addresses": list(p.addresses[i]), "conditions": tree{"ready": p.ready},
				"targetRef": tree{"kind": "Pod", "name": p.name, "namespace": namespace},
			})
		}
		g.add("discovery.k8s.io/v1", "EndpointSlice", namespace, fmt.Sprintf("%s-%d", service, i+1), tree{
			"labels": tree{"kubernetes.io/service-name": service}, "addressType": family, "endpoints": endpoints, "ports": list(ports...),
		})
	}
}

// workloadEntry adds a machine outside of Kubernetes.
func (g *generator) workloadEntry(namespace, app string) {
	g.address++
	labels := tree{"app": app, "version": pick(g.dice, versions...)}
	spec := tree{"address": pick(g.dice, g.addresses("10.2.0.%d", "fd00:2::%d", g.address)...), "labels": labels}
	if g.chance(40) {
		labels["security.istio.io/tlsMode"] = "istio"
	}
	g.maybe(spec, 40, "locality", func() any { return pick(g.dice, "eu/west/a", "us/west/c") })
	g.maybe(spec, 30, "weight", func() any { return 1 + g.N(5) })
	g.maybe(spec, 40, "serviceAccount", func() any { return app })
	g.network(spec, "network")
	g.add(networking, "WorkloadEntry", namespace, fmt.Sprintf("%s-vm-%d", app, g.address), tree{"spec": spec})
}
