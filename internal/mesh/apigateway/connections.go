package apigateway

import (
	"fmt"
	"slices"

	"sem.example/internal/config"
	"sem.example/internal/gatewayapi"
	"sem.example/internal/hostname"
	"sem.example/internal/mesh/routing"
)

// connectionRoutes translates TCPRoutes and TLSRoutes, which are not merged.
func (t *translator) connectionRoutes() {
	for _, o := range Objects(t.registry, "TCPRoute") {
		t.tcpRoute(o)
	}
	for _, o := range Objects(t.registry, "TLSRoute") {
		t.tlsRoute(o)
	}
}

// connectionRules translates the rules of a route; none where one of them takes the whole route out.
func (t *translator) connectionRules(o *config.Object, atGateway bool) []*routing.ConnectionRule {
	var out []*routing.ConnectionRule
	for i, r := range config.Spec[*gatewayapi.ConnectionRoute](o).Spec.Rules {
		at := config.At(o, "spec.rules").Item(i)
		rule := &routing.ConnectionRule{At: at}
		for j, b := range r.BackendRefs {
			weight := value(b.Weight, 1)
			if weight == 0 {
				continue
			}
			to, ok := t.destination(o, b, at.Sub("backendRefs").Item(j), atGateway)
			if !ok {
				t.ignore(at, unsupported)
				return nil
			}
			to.Weight = weight
			rule.Destinations = append(rule.Destinations, to)
		}
		if len(rule.Destinations) == 0 { // a cluster that nobody has: connections are closed
			rule.Destinations = []routing.Destination{{Host: "internal.cluster.local", Subset: "zero-weight", Port: 65535, At: at}}
		}
		out = append(out, rule)
	}
	return out
}

func (t *translator) tcpRoute(o *config.Object) {
	n := 0
	for _, a := range t.attachments(o, gatewayapi.CommonRoute{ParentRefs: config.Spec[*gatewayapi.ConnectionRoute](o).Spec.ParentRefs}) {
		rules := t.connectionRules(o, a.listener != nil)
		if a.port != 0 {
			for _, r := range rules {
				r.Matches = []routing.ConnectionMatch{{At: r.At, Client: routing.Client{Port: a.port}}}
			}
		}
		for _, h := range a.routeHosts(o, nil) {
			set := t.ruleSet(o, fmt.Sprintf("%s~tcp~%d~%s", o.Name, n, gatewayapi.Generated), a, h)
			set.TCP = rules
			t.rules = append(t.rules, set)
			n++
		}
	}
}

func (t *translator) tlsRoute(o *config.Object) {
	n := 0
	route := config.Spec[*gatewayapi.ConnectionRoute](o).Spec.CommonRoute
	for _, a := range t.attachments(o, route) {
		hosts := a.routeHosts(o, route.Hostnames)
		if a.listener != nil && value(a.listener.spec.Hostname, "") != "" {
			hosts = intersect(hosts, *a.listener.spec.Hostname)
		}
		for _, h := range hosts {
			set := t.ruleSet(o, fmt.Sprintf("%s~tls~%d~%s", o.Name, n, gatewayapi.Generated), a, h)
			set.TLS = a.tlsRules(t.connectionRules(o, a.listener != nil), hosts, h.Name, route.Hostnames)
			t.rules = append(t.rules, set)
			n++
		}
	}
}

// tlsRules gives rules the server names that they are for at a parent: those of the route, as far as the parent has them.
func (a attachment) tlsRules(rules []*routing.ConnectionRule, hosts []routing.Host, host string, hostnames []string) []*routing.ConnectionRule {
	var sni []string
	for _, h := range hosts {
		sni = append(sni, h.Name)
	}
	if a.listener == nil && len(hostnames) > 0 {
		if sni = slices.Clone(hostnames); len(sni) > 1 {
			sni = slices.DeleteFunc(sni, func(h string) bool { return !hostname.Overlap(host, h) })
		}
	} else if a.listener == nil && len(sni) > 1 {
		sni = slices.DeleteFunc(sni, func(h string) bool { return !hostname.Overlap(host, h) })
	}
	for _, r := range rules {
		r.Matches = []routing.ConnectionMatch{{At: r.At, SNI: sni, Client: routing.Client{Port: a.port}}}
	}
	return rules
}

// intersect limits hosts to those of a listener: of two that overlap the narrower.
func intersect(hosts []routing.Host, listener string) []routing.Host {
	var out []routing.Host
	for _, h := range hosts {
		switch {
		case hostname.Covers(listener, h.Name):
			out = append(out, h)
		case hostname.Covers(h.Name, listener):
			out = append(out, routing.Host{Name: listener, At: h.At})
		}
	}
	return out
}
