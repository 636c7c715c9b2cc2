package mesh

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"sem.example/internal/config"
	"sem.example/internal/mesh/registry"
	"sem.example/internal/mesh/routing"
)

// OtherRulesTo returns the VirtualServices for other hosts than the one that is asked for, with rules that send traffic to the
// host where a call of the proxy goes, and do more than that: they split it, limit it, copy it or change it. Their readers expect
// them to act on the call too; the reason says why they do not. The gateways are those that the call passes: "mesh", or names of
// Gateways.
func OtherRulesTo(v *View, host, asked string, gateways []string) []config.Ignored {
	var out []config.Ignored
	for _, r := range v.Mesh.rulesTo(host) {
		if slices.ContainsFunc(r.Hosts, func(h routing.Host) bool { return Covers(h.Name, asked) }) {
			continue
		}
		out = append(out, whyElsewhere(v, r, host, asked, gateways))
	}
	return out
}

// whyElsewhere returns why rules that send traffic to a host do not act on a call for another host.
func whyElsewhere(v *View, r *routing.Rules, host, asked string, gateways []string) config.Ignored {
	bound := func(g string) bool { return slices.Contains(gateways, g) }
	leads := fmt.Sprintf("its rules lead to %s too, but ", host)
	switch {
	case slices.ContainsFunc(r.Gateways, bound):
	case slices.Equal(r.Gateways, []string{MeshGateway}):
		return r.HostsAt.Ignore(leads + "it is for sidecars only: without spec.gateways, or with mesh in it, a gateway does not use it")
	case slices.Contains(gateways, MeshGateway):
		return config.At(r.Object, "spec.gateways").Ignore(leads + "it is bound to " + several(r.Gateways) + " only, and a sidecar uses only what is bound to mesh")
	default:
		return config.At(r.Object, "spec.gateways").Ignore(leads + "it is bound to " + several(r.Gateways) + ", not to a Gateway of this proxy")
	}
	if !r.VisibleIn(v.Proxy().Namespace()) {
		return r.HostsAt.Ignore(leads + "exportTo does not include namespace " + v.Proxy().Namespace())
	}
	return r.HostsAt.Ignore(leads + "for requests to " + several(r.HostNames()) + ", and this one is for " + asked)
}

// several lists the first three of many words.
func several(words []string) string {
	if len(words) > 3 {
		return fmt.Sprintf("%s and %d more", strings.Join(words[:3], ", "), len(words)-3)
	}
	return strings.Join(words, ", ")
}

// rulesTo returns the VirtualServices with rules that do more with traffic for a host than to send it there.
func (m *Mesh) rulesTo(host string) []*routing.Rules {
	all := m.leading.get(struct{}{}, func() map[string][]*routing.Rules {
		index := map[string][]*routing.Rules{}
		for _, r := range m.virtualServices.written {
			for host := range shapedHosts(r) {
				index[host] = append(index[host], r)
			}
		}
		return index
	})
	return all[host]
}

// shapedHosts are the hosts whose traffic some rules shape.
func shapedHosts(r *routing.Rules) map[string]bool {
	hosts := map[string]bool{}
	add := func(to []routing.Destination) {
		for _, d := range to {
			hosts[d.Host] = true
		}
	}
	for _, rule := range r.HTTP {
		if shapesRequests(rule) {
			add(rule.Destinations)
		}
	}
	for _, rule := range slices.Concat(r.TLS, r.TCP) {
		if shapes(rule.Destinations) {
			add(rule.Destinations)
		}
	}
	return hosts
}

// shapesRequests reports whether a rule does more with requests than to send them on.
func shapesRequests(r *routing.HTTPRule) bool {
	return r.Timeout.IsSet() || r.Retries.IsSet() || r.Fault.IsSet() || r.CORS.IsSet() || r.Headers.IsSet() || r.Rewrite.At.Known() ||
		len(r.Mirrors) > 0 || shapes(r.Destinations)
}

// shapes reports whether destinations are several, or a subset, or change headers.
func shapes(to []routing.Destination) bool {
	return len(to) > 1 || slices.ContainsFunc(to, func(d routing.Destination) bool { return d.Subset != "" || d.Headers != nil })
}

// ForGateways begins the reason why a match does not act that names other gateways.
const ForGateways = "its match is for gateways "

// RulesForOthers returns the rules and matches of a set, for HTTP or for connections, that are for other clients, gateways or ports
// than those of a call, with the reason. The gateways are those that the call passes: "mesh", or names of Gateways; the port is that
// of the listener, 0 for any.
func RulesForOthers(v *View, set *routing.Rules, http bool, gateways []string, port uint32) []config.Ignored {
	var out []config.Ignored
	if http {
		for _, r := range set.HTTP {
			out = append(out, matchesForOthers(v, r.At, conditionsOf(r), gateways, port)...)
		}
		return out
	}
	for _, r := range slices.Concat(set.TLS, set.TCP) {
		var matches []condition
		for _, m := range r.Matches {
			matches = append(matches, condition{m.Client, m.At})
		}
		out = append(out, matchesForOthers(v, r.At, matches, gateways, port)...)
	}
	return out
}

// A condition is what a match asks of the proxy, and where it is written.
type condition struct {
	client routing.Client
	at     config.Place
}

func conditionsOf(r *routing.HTTPRule) []condition {
	var out []condition
	for i := range r.Matches {
		out = append(out, condition{r.Matches[i].Client, r.Matches[i].At[0]})
	}
	return out
}

// matchesForOthers returns the matches of a rule that are not for the proxy; the rule itself where none is.
func matchesForOthers(v *View, rule config.Place, matches []condition, gateways []string, port uint32) []config.Ignored {
	var out []config.Ignored
	for _, m := range matches {
		if why := whyNotClient(v, m.client, gateways, port); why != "" {
			out = append(out, m.at.Ignore(why))
		}
	}
	if len(out) == len(matches) && len(out) > 0 {
		return []config.Ignored{rule.Ignore(out[0].Reason)}
	}
	return out
}

// whyNotClient returns why a match is not for the proxy, as istiod decides it before any traffic arrives; "" where it is. With
// gateways named, labels and namespace do not count.
func whyNotClient(v *View, c routing.Client, gateways []string, port uint32) string {
	own, labels := v.Proxy().Namespace(), v.Proxy().All().Labels
	switch {
	case c.Port != 0 && port != 0 && c.Port != port:
		return fmt.Sprintf("it is for port %d, and this is port %d", c.Port, port)
	case len(c.Gateways) > 0 && !slices.ContainsFunc(c.Gateways, func(g string) bool { return slices.Contains(gateways, g) }):
		return ForGateways + several(c.Gateways)
	case len(c.Gateways) > 0:
		return ""
	case c.Namespace != "" && c.Namespace != own:
		return fmt.Sprintf("it is for clients of namespace %s (sourceNamespace), and this one is of %s", c.Namespace, own)
	case !registry.Selects(c.Labels, labels):
		return fmt.Sprintf("it is for clients with the labels %s (sourceLabels), and this one has %s", labelText(c.Labels), ownLabels(c.Labels, labels))
	}
	return ""
}

// labelText is labels as "app=web, version=v1".
func labelText(labels map[string]string) string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(labels)) {
		out = append(out, name+"="+labels[name])
	}
	return strings.Join(out, ", ")
}

// ownLabels is what a proxy has of the labels that are wanted.
func ownLabels(wanted, own map[string]string) string {
	has := map[string]string{}
	for name := range wanted {
		if value, ok := own[name]; ok {
			has[name] = value
		}
	}
	if len(has) == 0 {
		return "no " + several(slices.Sorted(maps.Keys(wanted)))
	}
	return labelText(has)
}
