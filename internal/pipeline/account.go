package pipeline

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/mesh"
	"sem.example/internal/source"
	"sem.example/simulate"
)

// An account of a hop names the documents about its host that do not count for its proxy.
type account struct {
	view  *mesh.View
	trace *simulate.Trace
	hop   *simulate.Hop
}

func (a *account) explain() {
	switch a.hop.Direction {
	case "outbound":
		host := fullHost(a.view, hostOf(a.hop.Authority))
		a.lost("virtualHost", a.view.HiddenServices(host)...)
		a.lost("virtualHost", a.view.HiddenVirtualServices(host, mesh.MeshGateway)...)
		a.lost("virtualHost", a.otherClients(host)...)
		a.lost("listener", a.otherPorts(host)...)
	case "gateway":
		a.lost("virtualHost", a.unbound(fullHost(a.view, hostOf(a.hop.Authority)))...)
		a.lost("listener", a.ruleless()...)
	}
	a.destination()
}

// otherClients is the VirtualService in force for a host where none of its rules is for the proxy.
func (a *account) otherClients(host string) []mesh.Loser {
	if a.hop.VirtualHost == "" {
		return nil
	}
	for _, l := range a.view.Egress {
		vs := l.VirtualService(host)
		if vs == nil || len(vs.Spec.Http) == 0 || a.view.Service(host) == nil || a.mentions(vs.Object) {
			continue
		}
		return []mesh.Loser{{Object: vs.Object, Field: "spec.http", Reason: "none of its rules is for this client, by their sourceLabels, sourceNamespace, gateways or port; the host has its default route"}}
	}
	return nil
}

// otherPorts is the service of a host that the proxy sees, but not on the port that is dialled.
func (a *account) otherPorts(host string) []mesh.Loser {
	s := a.view.Service(host)
	if s == nil || a.trace.Verdict != simulate.Passthrough && a.trace.Verdict != simulate.Blackhole || s.Port(a.trace.Call.Port) != nil {
		return nil
	}
	var ports []string
	for _, p := range s.Ports {
		ports = append(ports, strconv.FormatUint(uint64(p.Number), 10))
	}
	return []mesh.Loser{{Object: s.Object, Field: "spec.ports", Reason: fmt.Sprintf("it has no port %d, only %s", a.trace.Call.Port, strings.Join(ports, ", "))}}
}

// mentions says whether a document takes part in the hop.
func (a *account) mentions(o *config.Object) bool {
	for _, s := range a.hop.Steps {
		if slices.ContainsFunc(s.Origins, func(p simulate.Place) bool {
			return p.Kind == o.Kind && p.Namespace == o.Namespace && p.Name == o.Name
		}) {
			return true
		}
	}
	return false
}

// unbound are the VirtualServices for a host that are bound to none of a gateway's Gateways, or not visible there.
func (a *account) unbound(host string) []mesh.Loser {
	var out []mesh.Loser
	gateways := a.view.Gateways()
	for i, g := range gateways {
		hidden := a.view.HiddenVirtualServices(host, g.Namespace+"/"+g.Name)
		if i == 0 {
			out = hidden
			continue
		}
		out = slices.DeleteFunc(out, func(l mesh.Loser) bool {
			return !slices.ContainsFunc(hidden, func(o mesh.Loser) bool { return o.Object == l.Object })
		})
	}
	return out
}

// ruleless are the servers of a port on which nothing listens, as no rule leads anywhere from there.
func (a *account) ruleless() []mesh.Loser {
	if a.trace.Verdict != simulate.NoListener {
		return nil
	}
	var out []mesh.Loser
	for _, g := range a.view.Gateways() {
		for i, s := range config.Spec[*networking.Gateway](g).GetServers() {
			if s.GetPort().GetNumber() == a.trace.Call.Port {
				out = append(out, mesh.Loser{Object: g, Field: source.Index("spec.servers", i), Reason: fmt.Sprintf(
					"no VirtualService has a rule for its traffic (%s), and without one there is no listener", s.GetPort().GetProtocol())})
			}
		}
	}
	return out
}

// destination accounts for what might have been behind the cluster.
func (a *account) destination() {
	host, subset, port := destinationOf(a.hop.Cluster)
	if host == "" || a.hop.Direction == "inbound" {
		return
	}
	s := a.view.Service(host)
	if s == nil {
		a.lost("cluster", a.view.HiddenServices(host)...)
		return
	}
	if rule := a.view.DestinationRule(s); a.hop.VirtualHost != "" && rule != nil && rule.Spec.GetTrafficPolicy().GetTunnel() != nil {
		a.lost("cluster", mesh.Loser{Object: rule.Host.Object, Field: "spec.trafficPolicy.tunnel", Reason: "a tunnel acts on TCP and TLS routes only, and this is HTTP"})
	}
	if subset == "" {
		a.lost("cluster", unroutedPolicies(a.view.DestinationRule(s))...)
	}
	if a.trace.Verdict == simulate.NoCluster {
		a.lost("cluster", a.view.HiddenRules(s)...)
	}
	if p := s.Port(port); p != nil && len(a.hop.Endpoints) == 0 {
		a.lost("endpoint", a.view.HiddenEndpoints(s, p)...)
	}
}

// unroutedPolicies are the policies of a rule's subsets, for a call that is sent to none.
func unroutedPolicies(rule *mesh.DestinationRule) []mesh.Loser {
	if rule == nil {
		return nil
	}
	var out []mesh.Loser
	for _, s := range rule.Spec.GetSubsets() {
		if at := rule.Subsets[s.GetName()]; s.GetTrafficPolicy() != nil && at.Object != nil {
			out = append(out, mesh.Loser{Object: at.Object, Field: at.Field + ".trafficPolicy", Reason: "it is for subset " + s.GetName() + ", which no rule sends this call to"})
		}
	}
	return out
}

// destinationOf is what a cluster stands for by its name, "outbound|80|v1|reviews.shop.svc.cluster.local".
func destinationOf(cluster string) (host, subset string, port uint32) {
	parts := strings.SplitN(cluster, "|", 4)
	if len(parts) < 4 {
		return "", "", 0
	}
	number, _ := strconv.ParseUint(parts[1], 10, 16)
	return parts[3], parts[2], uint32(number)
}

// lost adds places that do not count to the step of a stage, or to the last one before it. What a step of the hop tells
// already is left out.
func (a *account) lost(stage string, losers ...mesh.Loser) {
	for _, l := range losers {
		p := placeOf(l)
		if a.told(p) {
			continue
		}
		if s := a.step(stage); s != nil {
			s.Origins = append(slices.Clip(s.Origins), p)
		}
	}
}

func (a *account) told(p simulate.Place) bool {
	for _, s := range a.hop.Steps {
		if slices.ContainsFunc(s.Origins, func(o simulate.Place) bool {
			return o.Role == overridden && o.Kind == p.Kind && o.Namespace == p.Namespace && o.Name == p.Name
		}) {
			return true
		}
	}
	return false
}

// step is the hop's step of a stage, or the last.
func (a *account) step(stage string) *simulate.Step {
	for i := range a.hop.Steps {
		if a.hop.Steps[i].Stage == stage {
			return &a.hop.Steps[i]
		}
	}
	if n := len(a.hop.Steps); n > 0 {
		return &a.hop.Steps[n-1]
	}
	return nil
}
