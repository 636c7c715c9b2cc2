package explain

import (
	"fmt"
	"slices"
	"strings"

	"sem.example/internal/clustername"
	"sem.example/internal/config"
	"sem.example/internal/hostname"
	"sem.example/internal/mesh"
	"sem.example/internal/mesh/routing"
	"sem.example/simulate"
)

// addElsewhere names what shapes the traffic of the host where the call goes, and does not act on it. Nothing of that is why a
// call fails.
func (h *hop) addElsewhere() {
	host := h.view.ResolveName(hostname.OfURL(h.Authority))
	if sets := h.merged(host); len(sets) > 1 && h.VirtualHost != "" {
		h.insertAfter(atVirtualHost, mergeStep(sets))
	}
	h.addRoutesBehind()
	h.addOtherRules(host)
}

// inForce are the VirtualServices that decide about a host for a sidecar.
func (h *hop) inForce(host string) []*routing.Rules {
	s := h.view.Service(host)
	if h.Direction != "outbound" || h.VirtualHost == "" && (s == nil || s.Port(h.trace.Call.Port) == nil) {
		return nil
	}
	var out []*routing.Rules
	for _, l := range h.view.Egress {
		if set := l.VirtualService(host); set != nil && !slices.Contains(out, set) {
			out = append(out, set)
		}
	}
	return out
}

// merged are the VirtualServices whose rules a gateway has joined for a host, in the order of their precedence.
func (h *hop) merged(host string) []*routing.Rules {
	if h.Direction != "gateway" {
		return nil
	}
	var out []*routing.Rules
	for _, g := range h.gateways() {
		for _, set := range h.view.VirtualServices(g) {
			covers := func(own routing.Host) bool { return mesh.Covers(own.Name, host) }
			if !slices.Contains(out, set) && h.defines(set.Object) && slices.ContainsFunc(set.Hosts, covers) {
				out = append(out, set)
			}
		}
	}
	return out
}

// addRulesOfOthers names the rules of VirtualServices in force that are for other clients or ports, and those that could not be
// joined with their delegate. Rules of another protocol are left out, and so are those that say themselves for which gateways they
// are, unless no rule of their VirtualService acts.
func (h *hop) addRulesOfOthers(sets []*routing.Rules, gateways []string, port uint32) {
	for _, set := range sets {
		for _, l := range mesh.RulesForOthers(h.view, set, h.VirtualHost != "", gateways, port) {
			if named := strings.HasPrefix(l.Reason, mesh.ForGateways); !named || !h.defines(set.Object) {
				h.addParts(atVirtualHost, l)
			}
		}
		h.addParts(atVirtualHost, set.Ignored...)
	}
}

// gateways are the names of the Gateways that the proxy of the hop serves.
func (h *hop) gateways() []string {
	var out []string
	for _, g := range h.view.Gateways() {
		out = append(out, g.FullName())
	}
	return out
}

// defines reports whether a document takes part in the hop with something that counts.
func (h *hop) defines(o *config.Object) bool {
	is := simulate.Place{Kind: o.KindName(), Namespace: o.Namespace, Name: o.Name}
	return h.names(func(p simulate.Place) bool { return p.Role != overridden && sameDocument(p, is) })
}

// mergeStep says in which order the rules of VirtualServices were joined, and why.
func mergeStep(sets []*routing.Rules) simulate.Step {
	names := make([]string, len(sets))
	step := simulate.Step{Stage: "merge"}
	for i, set := range sets {
		namespace, name := set.VirtualService()
		names[i] = namespace + "/" + name
		at := set.HostsAt
		if len(set.Hosts) > 0 {
			at = set.Hosts[0].At
		}
		step.Origins = append(step.Origins, documentPlace(at))
	}
	step.Chose = some(names, 4)
	step.Because = fmt.Sprintf("their rules are joined in this order: %s %s; rules that match every request come last", names[0], mesh.WhyFirst(sets[0], sets[1]))
	return step
}

// insertAfter puts a step behind that of a stage.
func (h *hop) insertAfter(stage string, s simulate.Step) {
	i := slices.IndexFunc(h.Steps, func(s simulate.Step) bool { return s.Stage == stage })
	h.Steps = slices.Insert(h.Steps, i+1, s)
}

// addRoutesBehind names the routes that match the request too and come later.
func (h *hop) addRoutesBehind() {
	for _, b := range h.Facts.Behind {
		if b.Origin == nil {
			continue
		}
		p := *b.Origin
		p.Role, p.Note = overridden, fmt.Sprintf("it matches this request too, but %s comes first", routeText(b.First))
		h.addPlace(atRoute, p)
	}
}

// routeText names a route in a sentence: by its name, or by its place among the routes of the virtual host.
func routeText(label string) string {
	if strings.HasPrefix(label, "rule ") {
		return label
	}
	return "route " + label
}

// addOtherRules names rules for other hosts that shape the traffic to the host where the call goes, and do not act on it.
func (h *hop) addOtherRules(asked string) {
	d, ok := clustername.Parse(h.Cluster)
	if !ok || d.Host == "" || h.Direction == "inbound" {
		return
	}
	gateways := []string{mesh.MeshGateway}
	if h.Direction == "gateway" {
		gateways = h.gateways()
	}
	for _, l := range mesh.OtherRulesTo(h.view, d.Host, asked, gateways) {
		if !h.elsewhere(l.Object) {
			h.add(atRoute, l)
		}
	}
}

// elsewhere reports whether a document decides at some hop of the trace.
func (h *hop) elsewhere(o *config.Object) bool {
	return slices.ContainsFunc(h.trace.Hops, func(other simulate.Hop) bool {
		at := hop{Hop: &other}
		return at.defines(o)
	})
}

// addParts names parts of documents that do not count at the step of a stage, or at the last one, each once.
func (h *hop) addParts(stage string, ignored ...config.Ignored) {
	for _, l := range ignored {
		h.addPlace(stage, placeOf(l))
	}
}

// addPlace names a place that does not count, unless a step names it, or what it is a part of, already.
func (h *hop) addPlace(stage string, p simulate.Place) {
	known := h.names(func(o simulate.Place) bool {
		return o.Role == overridden && sameDocument(o, p) && (o.Field == p.Field || strings.HasPrefix(p.Field, o.Field+"."))
	})
	if s := h.step(stage); s != nil && !known {
		s.Origins = append(slices.Clip(s.Origins), p)
	}
}
