package mesh

import (
	"slices"
	"strings"

	"sem.example/internal/config"
	"sem.example/internal/mesh/registry"
	"sem.example/internal/mesh/routing"
	"sem.example/internal/mesh/trafficpolicy"
)

// HiddenServices returns the services of a host that the proxy does not see, with the reason. Services whose host is a
// wildcard that covers the host are among them.
func (v *View) HiddenServices(host string) []config.Ignored {
	var out []config.Ignored
	for _, s := range v.Mesh.Covering(host) {
		if reason := v.whyNotSeen(s); reason != "" {
			out = append(out, config.Ignored{Object: s.Object, Field: s.Field, Reason: reason})
		}
	}
	return out
}

// whyNotSeen returns why the proxy does not see a service; "" where it does.
func (v *View) whyNotSeen(s *Service) string {
	own := v.Proxy().Namespace()
	seen := v.Service(s.Host)
	switch {
	case seen != nil && seen.Object == s.Object:
		return ""
	case !s.VisibleIn(own):
		return "exportTo does not include namespace " + own
	case seen == nil:
		return v.whyNotImported(s)
	}
	return shadow(seen, s, own)
}

// whyNotImported returns why no egress listener imports a service that exportTo lets the proxy see.
func (v *View) whyNotImported(s *Service) string {
	if v.Sidecar == nil {
		return "no egress listener of the Sidecar imports it"
	}
	name := "Sidecar " + v.Sidecar.Namespace + "/" + v.Sidecar.Name
	for _, l := range v.Egress {
		in := readImports(l.Spec.GetHosts(), v.Proxy().Namespace())
		home, all := in.from[s.Namespace], in.from["*"]
		switch {
		case !home.matches(s.Host) && !all.matches(s.Host):
		case home.excludes(s.Host) || all.excludes(s.Host):
			return name + " excludes it"
		case l.onPort(s) == nil:
			return name + " imports it for port " + number(l.Spec.Port.Number) + " only, which it does not have"
		}
	}
	return name + " does not import it"
}

// shadow returns why of two services of one host the first is seen from a namespace.
func shadow(seen, s *Service, own string) string {
	who := seen.Object.Kind + " " + seen.Namespace + "/" + seen.Name
	switch {
	case seen.Namespace == own && s.Namespace != own:
		return who + " has the same host, in the proxy's own namespace"
	case seen.Kubernetes() && !s.Kubernetes():
		return who + " has the same host, and Kubernetes Services take precedence over ServiceEntries"
	case seen.Namespace == s.Namespace && registry.SamePorts(seen, s):
		return who + " has the same host and ports, and is older"
	}
	return who + " has the same host and takes precedence"
}

// HiddenVirtualServices returns the VirtualServices for a host that do not decide about it for the proxy, with the
// reason: at its egress listeners (gateway "mesh"), or at a gateway, where rules of all VirtualServices of a host are
// joined.
func (v *View) HiddenVirtualServices(host, gateway string) []config.Ignored {
	visible, seen := v.VirtualServices(gateway), map[*routing.Rules]bool{}
	var out []config.Ignored
	for list := range v.Mesh.virtualServices.byHost.covering(host) {
		for _, vs := range list {
			if seen[vs] {
				continue
			}
			seen[vs] = true
			if reason := v.whyNotDeciding(vs, visible, host, gateway); reason != "" {
				i := slices.IndexFunc(vs.Hosts, func(h routing.Host) bool { return Covers(h.Name, host) })
				out = append(out, vs.Hosts[i].At.Ignore(reason))
			}
		}
	}
	return out
}

func (v *View) whyNotDeciding(vs *routing.Rules, visible []*routing.Rules, host, gateway string) string {
	switch {
	case !slices.Contains(vs.Gateways, gateway):
		return "it is bound to " + strings.Join(vs.Gateways, ", ") + ", not to " + gateway
	case !slices.Contains(visible, vs):
		return "exportTo does not include namespace " + v.Proxy().Namespace()
	case gateway != MeshGateway:
		return ""
	}
	imported := false
	for _, l := range v.Egress {
		if !slices.Contains(l.VirtualServices, vs) {
			continue
		}
		imported = true
		if first := l.VirtualService(host); first != vs {
			return outranked(first, vs, host)
		}
	}
	if !imported && v.Sidecar != nil {
		return "Sidecar " + v.Sidecar.Namespace + "/" + v.Sidecar.Name + " does not import its hosts"
	}
	return ""
}

// outranked returns why of two VirtualServices that cover a host the first decides.
func outranked(first, vs *routing.Rules, host string) string {
	who := first.Object.Namespace + "/" + first.Object.Name
	best := func(x *routing.Rules) string {
		hosts := slices.DeleteFunc(x.HostNames(), func(h string) bool { return !Covers(h, host) })
		slices.SortFunc(hosts, CompareHosts)
		return hosts[0]
	}
	switch {
	case best(first) != best(vs):
		return who + " has the more specific host " + best(first)
	}
	return who + " has the same host and " + WhyFirst(first, vs)
}

// WhyFirst returns why of two VirtualServices of one host the first takes precedence.
func WhyFirst(first, other *routing.Rules) string {
	a, b := identity(first), identity(other)
	switch {
	case !first.Audience.Public && other.Audience.Public:
		return "is not exported to all namespaces, which takes precedence"
	case !a.CreationTimestamp.IsZero() && !b.CreationTimestamp.IsZero() && !a.CreationTimestamp.Equal(b.CreationTimestamp):
		return "is older"
	case a.CreationTimestamp.Equal(b.CreationTimestamp) && !a.CreationTimestamp.IsZero():
		return "was created in the same second and comes first by name"
	case !a.CreationTimestamp.IsZero():
		return "is older: the other has no creation time in the input"
	}
	return "comes first by name: the input has no creation times, and in a cluster the older takes precedence"
}

// HiddenRules returns the DestinationRules for a service's host that the proxy does not use, with the reason.
func (v *View) HiddenRules(s *Service) []config.Ignored {
	if r := v.DestinationRule(s); r != nil {
		return r.Ignored
	}
	return v.hiddenRules(s, nil)
}

func (v *View) hiddenRules(s *Service, used *filedRule) []config.Ignored {
	var out []config.Ignored
	for list := range v.Mesh.rules.byHost.covering(s.Host) {
		for _, r := range list {
			if (used == nil || !slices.Contains(used.From, r.Object)) && v.mightApply(r, s) {
				out = append(out, r.HostAt.Ignore(v.whyHidden(r, s, used)))
			}
		}
	}
	return out
}

// mightApply reports whether one could expect a rule to apply to a service: because the proxy looks at rules of its
// namespace, or because it names the very host.
func (v *View) mightApply(r *trafficpolicy.Rule, s *Service) bool {
	namespace := r.Namespace()
	return namespace == s.Namespace || namespace == v.Mesh.Settings.Config.RootNamespace || r.Host == s.Host || v.Proxy().In(namespace)
}

// whyHidden returns why a rule that covers a service's host does not apply for the proxy.
func (v *View) whyHidden(r *trafficpolicy.Rule, s *Service, used *filedRule) string {
	client, namespace := v.Proxy(), r.Namespace()
	switch {
	case namespace != s.Namespace && namespace != v.Mesh.Settings.Config.RootNamespace && !client.In(namespace):
		return "its namespace is neither the client's (" + client.Namespace() + ") nor the service's (" + s.Namespace + ") nor the root namespace"
	case r.Selector != nil && !client.In(namespace):
		return "a rule with a workload selector serves clients of its own namespace only"
	case !client.mayUse(r.Object):
		return "it is not exported to namespace " + client.Namespace()
	case r.Selector != nil && !client.Selected(r.Selector.Labels):
		return "its workload selector does not match the client"
	case used == nil:
		return v.whyNone(r.Object, s)
	}
	return used.outranks(r)
}

// whyNone returns why a rule does not apply to a service that has none at all: rules that do not select the client ended
// the search for one.
func (v *View) whyNone(o *config.Object, s *Service) string {
	rules := v.Proxy().rulesFor(s)
	if len(rules) == 0 {
		return "its host does not match the service"
	}
	i := slices.IndexFunc(rules, func(m *filedRule) bool { return slices.Contains(m.From, o) })
	ends := rules[max(i, 0)]
	who := ends.who()
	if i >= 0 {
		return "it is merged into " + who + ", whose workload selector does not match the client"
	}
	return who + " is found first and ends the lookup, although its workload selector does not match the client"
}

// who names the first resource of the rule, as it is written.
func (m *filedRule) who() string {
	return m.From[0].KindName() + " " + m.Namespace() + "/" + m.From[0].Name
}

// outranks returns why the rule in force decides and not another one that covers the host too.
func (m *filedRule) outranks(other *trafficpolicy.Rule) string {
	who := m.who()
	switch {
	case m.Namespace() != other.Namespace():
		return "namespace " + m.Namespace() + " is looked up first, and " + who + " matches the host"
	case m.Host != other.Host:
		return who + " has the more specific host " + m.Host
	case m.Selector != nil && other.Selector == nil:
		return who + " selects the client"
	case m.Selector != nil:
		return who + " selects the client too, and is older"
	}
	return who + " has the same host and a different exportTo, and is the last that istiod reads"
}
