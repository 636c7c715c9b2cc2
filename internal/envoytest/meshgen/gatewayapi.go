package meshgen

import (
	"fmt"
	"strings"
)

// gatewayAPI is the version of the resources of the Gateway API.
const gatewayAPI = "gateway.networking.k8s.io/v1"

// routesOfGatewayAPI adds, for some meshes, a Gateway that the gateway's Service serves, and HTTPRoutes to it and to Services.
func (g *generator) routesOfGatewayAPI() {
	if g.chance(50) {
		return
	}
	if g.taken["Service/"+root+"/ingress"] && g.chance(70) {
		g.kubernetesGateway()
	}
	for range 1 + g.N(3) {
		g.httpRouteOfGatewayAPI()
	}
}

func (g *generator) kubernetesGateway() {
	var listeners []any
	for i, hostname := range some(g.dice, 1, 3, "www.example.com", "*.example.com", "") {
		l := tree{"name": fmt.Sprintf("l-%d", i), "port": 80, "protocol": "HTTP", "allowedRoutes": tree{"namespaces": tree{"from": pick(g.dice, "All", "All", "Same")}}}
		if hostname != "" {
			l["hostname"] = hostname
		}
		listeners = append(listeners, l)
	}
	g.add(gatewayAPI, "Gateway", root, "api", tree{"spec": tree{
		"gatewayClassName": "istio", "addresses": list(tree{"type": "Hostname", "value": "ingress"}), "listeners": listeners,
	}})
}

func (g *generator) httpRouteOfGatewayAPI() {
	namespace := pick(g.dice, teams...)
	spec := tree{"rules": many(1+g.N(3), func() tree { return g.routeRule() })}
	if g.taken["Gateway/"+root+"/api"] && g.chance(60) {
		spec["parentRefs"] = list(tree{"name": "api", "namespace": root})
		g.maybe(spec, 50, "hostnames", func() any { return list(some(g.dice, 1, 2, "www.example.com", "*.example.com", "api.example.com")...) })
	} else if service, of := g.serviceName(); service != "" {
		spec["parentRefs"] = list(tree{"group": "", "kind": "Service", "name": service, "namespace": of})
	} else {
		return
	}
	g.add(gatewayAPI, "HTTPRoute", namespace, fmt.Sprintf("route-%d", g.N(4)), tree{"spec": spec})
}

// serviceName is the name and namespace of a Kubernetes Service; "" where chance finds none.
func (g *generator) serviceName() (name, namespace string) {
	h := g.known()
	name, rest, _ := strings.Cut(h.name, ".")
	namespace, _, _ = strings.Cut(rest, ".")
	if !g.taken["Service/"+namespace+"/"+name] {
		return "", ""
	}
	return name, namespace
}

func (g *generator) routeRule() tree {
	rule := tree{}
	if g.chance(70) {
		match := tree{}
		g.maybe(match, 60, "path", func() any {
			return tree{"type": pick(g.dice, "Exact", "PathPrefix"), "value": pick(g.dice, "/", "/a", "/a/b", "/api")}
		})
		g.maybe(match, 30, "headers", func() any { return list(tree{"name": "x-user", "value": pick(g.dice, "a", "b")}) })
		g.maybe(match, 20, "method", func() any { return pick(g.dice, "GET", "POST") })
		rule["matches"] = list(match)
	}
	if g.chance(20) {
		rule["filters"] = list(tree{"type": "RequestRedirect", "requestRedirect": tree{"hostname": "www.example.org", "statusCode": pick(g.dice, 301, 302)}})
		return rule
	}
	if g.chance(30) {
		rule["filters"] = list(tree{"type": "RequestHeaderModifier", "requestHeaderModifier": tree{"set": list(tree{"name": "x-set", "value": "1"})}})
	}
	var backends []any
	for range g.N(3) {
		if service, of := g.serviceName(); service != "" {
			backends = append(backends, tree{"name": service, "namespace": of, "port": pick(g.dice, 80, 8080), "weight": 1 + g.N(3)})
		}
	}
	if backends != nil {
		rule["backendRefs"] = backends
	}
	g.maybe(rule, 20, "timeouts", func() any { return tree{"request": pick(g.dice, "1s", "500ms")} })
	return rule
}
