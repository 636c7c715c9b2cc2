package meshgen

import (
	"fmt"
	"strings"
)

// gatewayAPI is the version of the resources of the Gateway API.
const gatewayAPI = "gateway.networking.k8s.io/v1"

// routesOfGatewayAPI adds, for some meshes, a Gateway that the gateway's Service serves, routes to it and to Services, and policies.
func (g *generator) routesOfGatewayAPI() {
	if g.chance(50) {
		routes{g}.add()
	}
}

// routes generates resources of the Gateway API.
type routes struct{ *generator }

func (g routes) add() {
	if g.taken["Service/"+root+"/ingress"] && g.chance(70) {
		g.kubernetesGateway()
	}
	for range 1 + g.N(3) {
		g.httpRouteOfGatewayAPI()
	}
	for range g.N(3) {
		g.grpcRoute()
	}
	for range g.N(3) {
		g.connectionRoute()
	}
	if g.chance(40) {
		g.backendTLSPolicy()
	}
}

// certificates is the Secret of HTTPS listeners.
const certificates = "api-cert"

func (g routes) kubernetesGateway() {
	var listeners []any
	for i, hostname := range some(g.dice, 1, 3, "www.example.com", "*.example.com", "") {
		listeners = append(listeners, g.listener(fmt.Sprintf("l-%d", i), "HTTP", 80, hostname))
	}
	if g.chance(40) {
		g.generator.add("v1", "Secret", root, certificates, tree{"type": "kubernetes.io/tls", "stringData": tree{"tls.crt": "x", "tls.key": "x"}})
		listeners = append(listeners, g.listener("https", "HTTPS", 443, "www.example.com"))
	}
	if g.chance(40) {
		listeners = append(listeners, g.listener("tls", "TLS", 443, pick(g.dice, "*.example.org", "auth.example.org")))
	}
	if g.chance(40) {
		listeners = append(listeners, g.listener("tcp", "TCP", 9000, ""))
	}
	spec := tree{"gatewayClassName": "istio", "addresses": list(tree{"type": "Hostname", "value": "ingress"}), "listeners": listeners}
	if g.chance(40) {
		spec["allowedListeners"] = tree{"namespaces": tree{"from": pick(g.dice, "All", "All", "Same")}}
		g.listenerSet()
	}
	g.generator.add(gatewayAPI, "Gateway", root, "api", tree{"spec": spec})
}

func (g routes) listener(name, protocol string, port int, hostname string) tree {
	l := tree{"name": name, "port": port, "protocol": protocol, "allowedRoutes": tree{"namespaces": tree{"from": pick(g.dice, "All", "All", "Same")}}}
	if hostname != "" {
		l["hostname"] = hostname
	}
	switch protocol {
	case "HTTPS":
		l["tls"] = tree{"certificateRefs": list(tree{"name": certificates, "namespace": root})}
	case "TLS":
		l["tls"] = tree{"mode": "Passthrough"}
	}
	return l
}

// listenerSet adds listeners to the Gateway from another namespace, some of which conflict with its own.
func (g routes) listenerSet() {
	listeners := list(g.listener("set", "HTTP", 80, pick(g.dice, "set.example.com", "www.example.com")))
	if g.chance(30) {
		listeners = append(listeners, g.listener("set-tcp", "TCP", 9000, ""))
	}
	g.generator.add(gatewayAPI, "ListenerSet", pick(g.dice, root, teams[0]), "more", tree{"spec": tree{"parentRef": tree{"name": "api", "namespace": root}, "listeners": listeners}})
}

// parent sets the parent of a route: the Gateway, one of its listeners, the ListenerSet or a Service. It reports whether there is one.
func (g routes) parent(spec tree, sections ...string) bool {
	if set := g.setNamespace(); set != "" && g.chance(20) {
		spec["parentRefs"] = list(tree{"kind": "ListenerSet", "name": "more", "namespace": set})
		return true
	}
	if g.taken["Gateway/"+root+"/api"] && g.chance(60) {
		ref := tree{"name": "api", "namespace": root}
		g.maybe(ref, 40, "sectionName", func() any { return pick(g.dice, sections...) })
		spec["parentRefs"] = list(ref)
		return true
	}
	service, of := g.serviceName()
	if service == "" {
		return false
	}
	ref := tree{"group": "", "kind": "Service", "name": service, "namespace": of}
	g.maybe(ref, 30, "port", func() any { return pick(g.dice, 80, 7070, 443, 9000) })
	spec["parentRefs"] = list(ref)
	return true
}

// setNamespace is the namespace of the ListenerSet; "" where there is none.
func (g routes) setNamespace() string {
	for _, namespace := range []string{root, teams[0]} {
		if g.taken["ListenerSet/"+namespace+"/more"] {
			return namespace
		}
	}
	return ""
}

func (g routes) httpRouteOfGatewayAPI() {
	spec := tree{"rules": many(1+g.N(3), func() tree { return g.routeRule() })}
	if !g.parent(spec, "l-0", "https") {
		return
	}
	g.maybe(spec, 40, "hostnames", func() any {
		return list(some(g.dice, 1, 2, "www.example.com", "*.example.com", "api.example.com", "set.example.com")...)
	})
	g.generator.add(gatewayAPI, "HTTPRoute", pick(g.dice, teams...), fmt.Sprintf("route-%d", g.N(4)), tree{"spec": spec})
}

func (g routes) grpcRoute() {
	rule := tree{}
	g.maybe(rule, 70, "matches", func() any {
		match := tree{}
		g.maybe(match, 80, "method", func() any {
			return pick(g.dice, tree{"service": "shop.Cart", "method": "Add"}, tree{"service": "shop.Cart"}, tree{"method": "Add"},
				tree{"type": "RegularExpression", "service": "shop[.].*", "method": "Get.*"})
		})
		g.maybe(match, 30, "headers", func() any { return list(tree{"name": "x-user", "value": pick(g.dice, "a", "b")}) })
		return list(match)
	})
	g.backends(rule, 7070)
	spec := tree{"rules": list(rule)}
	if g.parent(spec, "l-0", "https") {
		g.maybe(spec, 40, "hostnames", func() any { return list(pick(g.dice, "www.example.com", "grpc.example.com")) })
		g.generator.add(gatewayAPI, "GRPCRoute", pick(g.dice, teams...), fmt.Sprintf("grpc-%d", g.N(3)), tree{"spec": spec})
	}
}

// connectionRoute adds a TLSRoute or a TCPRoute.
func (g routes) connectionRoute() {
	kind := pick(g.dice, "TLSRoute", "TCPRoute")
	rule := tree{}
	g.backends(rule, pick(g.dice, 443, 9000))
	if rule["backendRefs"] == nil {
		return // which these kinds need
	}
	spec := tree{"rules": list(rule)}
	section := "tcp"
	if kind == "TLSRoute" {
		section = "tls"
		spec["hostnames"] = list(some(g.dice, 1, 2, "auth.example.org", "*.example.org", "www.example.com")...)
	}
	if g.parent(spec, section) {
		g.generator.add(gatewayAPI, kind, pick(g.dice, teams...), fmt.Sprintf("route-%d", g.N(3)), tree{"spec": spec})
	}
}

func (g routes) backendTLSPolicy() {
	service, namespace := g.serviceName()
	if service == "" {
		return
	}
	target := tree{"group": "", "kind": "Service", "name": service}
	g.maybe(target, 40, "sectionName", func() any { return pick(g.dice, "https", "http", "tls-x") })
	validation := tree{"hostname": "backend.example.com", "wellKnownCACertificates": "System"}
	g.maybe(validation, 30, "subjectAltNames", func() any { return list(tree{"type": "Hostname", "hostname": "san.example.com"}) })
	g.generator.add(gatewayAPI, "BackendTLSPolicy", namespace, "backend-tls", tree{"spec": tree{"targetRefs": list(target), "validation": validation}})
}

// backends sets up to two backends of a rule: Services, or hosts of ServiceEntries, as egress has them.
func (g routes) backends(rule tree, port int) {
	var out []any
	for range g.N(3) {
		if service, of := g.serviceName(); service != "" {
			out = append(out, tree{"name": service, "namespace": of, "port": pick(g.dice, port, port, 80, 8080), "weight": 1 + g.N(3)})
		} else if h := g.known(); !strings.HasPrefix(h.name, "*") && len(h.ports) > 0 {
			out = append(out, tree{"group": "networking.istio.io", "kind": "Hostname", "name": h.name, "port": h.ports[0].number})
		}
	}
	if out != nil {
		rule["backendRefs"] = out
	}
}

// serviceName is the name and namespace of a Kubernetes Service; "" where chance finds none.
func (g routes) serviceName() (name, namespace string) {
	h := g.known()
	name, rest, _ := strings.Cut(h.name, ".")
	namespace, _, _ = strings.Cut(rest, ".")
	if !g.taken["Service/"+namespace+"/"+name] {
		return "", ""
	}
	return name, namespace
}

func (g routes) routeRule() tree {
	rule := tree{}
	if g.chance(70) {
		match := tree{}
		g.maybe(match, 60, "path", func() any {
			return tree{"type": pick(g.dice, "Exact", "PathPrefix", "RegularExpression"), "value": pick(g.dice, "/", "/a", "/a/b", "/api")}
		})
		g.maybe(match, 30, "headers", func() any { return list(tree{"name": "x-user", "value": pick(g.dice, "a", "b")}) })
		g.maybe(match, 20, "queryParams", func() any { return list(tree{"name": "q", "value": pick(g.dice, "a", "b")}) })
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
	g.backends(rule, 80)
	g.moreOfRule(rule)
	g.maybe(rule, 20, "timeouts", func() any { return tree{"request": pick(g.dice, "1s", "500ms")} })
	return rule
}

// moreOfRule adds filters beside those of the headers, and retries.
func (g routes) moreOfRule(rule tree) {
	filters, _ := rule["filters"].([]any)
	if g.chance(20) {
		filters = append(filters, tree{"type": "URLRewrite", "urlRewrite": tree{"hostname": "rewritten.example.com", "path": tree{"type": "ReplaceFullPath", "replaceFullPath": "/new"}}})
	}
	if g.chance(15) {
		filters = append(filters, tree{"type": "CORS", "cors": tree{"allowOrigins": list("https://shop.example.com"), "allowMethods": list("GET")}})
	}
	if service, of := g.serviceName(); service != "" && g.chance(15) {
		filters = append(filters, tree{"type": "RequestMirror", "requestMirror": tree{"backendRef": tree{"name": service, "namespace": of, "port": 80}}})
	}
	if filters != nil {
		rule["filters"] = filters
	}
	g.maybe(rule, 15, "retry", func() any { return tree{"attempts": 1 + g.N(2), "codes": list(500, 503)} })
}
