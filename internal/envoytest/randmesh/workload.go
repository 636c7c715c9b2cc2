package randmesh

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
	name, address string
	ready         bool
}

// pods adds workloads of an app that serve the given ports.
func (g *generator) pods(namespace, app string, ports []tree) []pod {
	var out []pod
	for range g.N(4) {
		g.address++
		p := pod{name: fmt.Sprintf("%s-%d", app, g.address), address: fmt.Sprintf("10.1.0.%d", g.address), ready: g.chance(85)}
		g.pod(namespace, app, p, ports)
		out = append(out, p)
	}
	return out
}

func (g *generator) pod(namespace, app string, p pod, ports []tree) {
	labels := tree{"app": app, "version": pick(g.dice, versions...)}
	g.maybe(labels, 50, "istio-locality", func() any { return pick(g.dice, localities...) })
	injected := g.chance(75)
	if injected {
		labels["security.istio.io/tlsMode"] = "istio"
	}
	spec := tree{"containers": list(tree{"name": "app", "image": "app", "ports": list(ports...)})}
	account := pick(g.dice, "default", app)
	if account != "default" {
		spec["serviceAccountName"] = account
	}
	g.add("v1", "Pod", namespace, p.name, tree{"labels": labels, "spec": spec, "status": tree{
		"podIP": p.address, "podIPs": list(tree{"ip": p.address}), "phase": "Running", "conditions": list(ready(p.ready)),
	}})
	if injected && p.ready {
		g.proxies = append(g.proxies, simulate.Proxy{
			Type: "sidecar", Namespace: namespace, Name: p.name, IPs: []string{p.address}, DNSCapture: g.chance(20),
		})
	}
}

func ready(is bool) tree {
	status := "False"
	if is {
		status = "True"
	}
	return tree{"type": "Ready", "status": status}
}

// slice adds the EndpointSlice of a service.
func (g *generator) slice(namespace, service string, pods []pod, ports []tree) {
	var endpoints []any
	for _, p := range pods {
		endpoints = append(endpoints, tree{
			"addresses": list(p.address), "conditions": tree{"ready": p.ready},
			"targetRef": tree{"kind": "Pod", "name": p.name, "namespace": namespace},
		})
	}
	g.add("discovery.k8s.io/v1", "EndpointSlice", namespace, service+"-1", tree{
		"labels": tree{"kubernetes.io/service-name": service}, "addressType": "IPv4", "endpoints": endpoints, "ports": list(ports...),
	})
}

// workloadEntry adds a machine outside of Kubernetes.
func (g *generator) workloadEntry(namespace, app string) {
	g.address++
	labels := tree{"app": app, "version": pick(g.dice, versions...)}
	spec := tree{"address": fmt.Sprintf("10.2.0.%d", g.address), "labels": labels}
	if g.chance(40) {
		labels["security.istio.io/tlsMode"] = "istio"
	}
	g.maybe(spec, 40, "locality", func() any { return pick(g.dice, "eu/west/a", "us/west/c") })
	g.maybe(spec, 30, "weight", func() any { return 1 + g.N(5) })
	g.maybe(spec, 40, "serviceAccount", func() any { return app })
	g.add(networking, "WorkloadEntry", namespace, fmt.Sprintf("%s-vm-%d", app, g.address), tree{"spec": spec})
}
