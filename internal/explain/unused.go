package explain

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"sem.example/internal/clustername"
	"sem.example/internal/config"
	"sem.example/internal/hostname"
	"sem.example/internal/mesh"
	"sem.example/internal/mesh/routing"
	"sem.example/simulate"
)

// A hop is a proxy's part of a trace, with what that proxy sees of the mesh.
type hop struct {
	*simulate.Hop
	view  *mesh.View
	trace *simulate.Trace
}

// addUnused names the documents about the hosts of a hop that do not count for its proxy.
func (h *hop) addUnused() {
	host := h.view.ResolveName(hostname.OfURL(h.Authority))
	switch h.Direction {
	case "outbound":
		h.add(atVirtualHost, h.view.HiddenServices(host)...)
		h.add(atVirtualHost, h.view.HiddenVirtualServices(host, mesh.MeshGateway)...)
		h.addRulesOfOthers(h.inForce(host), []string{mesh.MeshGateway}, h.trace.Call.Port)
		h.add(atListener, h.serviceOnOtherPorts(host)...)
	case "gateway":
		h.add(atVirtualHost, h.unboundVirtualServices(host)...)
		h.addRulesOfOthers(h.merged(host), h.gateways(), 0)
		h.add(atListener, h.serversWithoutRules()...)
		h.add(atListener, h.unserved()...)
	}
	h.addPeerPolicy()
	h.explainTLS()
	if d, _ := clustername.Parse(h.Cluster); d.Host != "" && h.Direction != "inbound" {
		h.addUnusedOfCluster(d)
	}
}

// addUnusedOfCluster names the documents that could have changed a cluster, or been behind it.
func (h *hop) addUnusedOfCluster(d clustername.Name) {
	s := h.view.Service(d.Host)
	if s == nil {
		h.add(atCluster, h.view.HiddenServices(d.Host)...)
		return
	}
	rule := h.view.DestinationRule(s)
	if h.VirtualHost != "" && rule.HostPolicy() != nil && rule.Policy.Tunnel.IsSet() {
		h.add(atCluster, rule.Policy.Tunnel.At.Ignore("a tunnel acts on TCP and TLS routes only, and this is HTTP"))
	}
	if d.Subset == "" {
		h.add(atCluster, policiesOfSubsets(rule)...)
	}
	if h.trace.Verdict == simulate.NoCluster {
		h.add(atCluster, h.view.HiddenRules(s)...)
	}
	if p := s.Port(d.Port); p != nil && len(h.Endpoints) == 0 {
		h.add(atEndpoint, h.view.HiddenEndpoints(s, p)...)
	}
}

// serviceOnOtherPorts is the service of a host that the proxy sees, but not on the port that is dialled.
func (h *hop) serviceOnOtherPorts(host string) []config.Ignored {
	s, verdict := h.view.Service(host), h.trace.Verdict
	if s == nil || verdict != simulate.Passthrough && verdict != simulate.Blackhole || s.Port(h.trace.Call.Port) != nil {
		return nil
	}
	var ports []string
	for _, p := range s.Ports {
		ports = append(ports, strconv.FormatUint(uint64(p.Number), 10))
	}
	if len(ports) == 0 {
		return []config.Ignored{{Object: s.Object, Field: s.Field, Reason: "it has no ports, and without ports it has no effect"}}
	}
	return []config.Ignored{{Object: s.Object, Field: "spec.ports", Reason: fmt.Sprintf("it has no port %d, only %s", h.trace.Call.Port, strings.Join(ports, ", "))}}
}

// unboundVirtualServices are the VirtualServices for a host that are bound to no Gateway of a gateway, or not visible there.
func (h *hop) unboundVirtualServices(host string) []config.Ignored {
	var out []config.Ignored
	for i, g := range h.view.Gateways() {
		hidden := h.view.HiddenVirtualServices(host, g.FullName())
		if i == 0 {
			out = hidden
			continue
		}
		out = slices.DeleteFunc(out, func(l config.Ignored) bool {
			return !slices.ContainsFunc(hidden, func(o config.Ignored) bool { return o.Object == l.Object })
		})
	}
	return out
}

// serversWithoutRules are the servers of a port on which nothing listens, as no rule leads anywhere from there.
func (h *hop) serversWithoutRules() []config.Ignored {
	if h.trace.Verdict != simulate.NoListener {
		return nil
	}
	var out []config.Ignored
	for _, g := range h.view.Gateways() {
		for _, s := range g.Servers {
			if s.Invalid == "" && s.GetPort().GetNumber() == h.trace.Call.Port {
				out = append(out, s.At.Ignore(fmt.Sprintf(
					"no %s has a rule for its protocol (%s), and without one there is no listener", ruleKind(g), s.GetPort().GetProtocol())))
			}
		}
	}
	return out
}

// ruleKind is what gives a gateway rules.
func ruleKind(g *routing.Gateway) string {
	if g.Services != nil {
		return "route"
	}
	return "VirtualService"
}

// unserved are the Ingresses and the resources of the Gateway API that have no effect, for a call that no route takes.
func (h *hop) unserved() []config.Ignored {
	switch h.trace.Verdict {
	case simulate.NoListener, simulate.NoVirtualHost, simulate.NoRoute:
		return h.view.Mesh.Unserved()
	}
	return nil
}

// policiesOfSubsets are the policies of a rule's subsets, for a call that goes to the host as a whole.
func policiesOfSubsets(rule *mesh.DestinationRule) []config.Ignored {
	if rule == nil {
		return nil
	}
	var out []config.Ignored
	for _, s := range rule.AllSubsets() {
		if s.Policy != nil {
			out = append(out, s.Policy.At.Ignore("it is for subset "+s.Name+", to which no route sends this request"))
		}
	}
	return out
}
