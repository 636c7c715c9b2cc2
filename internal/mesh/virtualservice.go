package mesh

import (
	"slices"
	"strings"

	"sem.example/internal/mesh/routing"
	"sem.example/internal/mesh/visibility"
)

// A virtualServiceIndex finds VirtualServices by gateway and by the namespace that looks.
type virtualServiceIndex struct {
	all       []*routing.Rules // those of Ingresses, then the oldest first
	written   []*routing.Rules // those of VirtualServices
	byGateway map[string]*bound
	byHost    *hostIndex[[]*routing.Rules]
}

// bound are the VirtualServices of one gateway.
type bound struct {
	private *visibility.Index[*routing.Rules] // to their own namespace
	others  *visibility.Index[*routing.Rules]
}

func (x *virtualServiceIndex) add(v *routing.Rules) {
	x.all = append(x.all, v)
	for i, h := range v.Hosts {
		if !slices.ContainsFunc(v.Hosts[:i], func(o routing.Host) bool { return o.Name == h.Name }) {
			list, _ := x.byHost.at(h.Name)
			x.byHost.put(h.Name, append(list, v))
		}
	}
	own := visibility.Audience{}
	rest := visibility.Audience{Public: v.Audience.Public}
	for _, ns := range v.Audience.Namespaces {
		if ns == v.Object.Namespace {
			own.Namespaces = []string{ns}
		} else {
			rest.Namespaces = append(rest.Namespaces, ns)
		}
	}
	for i, gateway := range v.Gateways {
		if slices.Contains(v.Gateways[:i], gateway) {
			continue
		}
		at := x.byGateway[gateway]
		if at == nil {
			at = &bound{visibility.NewIndex[*routing.Rules](), visibility.NewIndex[*routing.Rules]()}
			x.byGateway[gateway] = at
		}
		at.private.Add(v, own)
		at.others.Add(v, rest)
	}
}

// to returns the VirtualServices of a gateway that a namespace may see: its own private ones, those exported to it by
// name, then the public ones, each from the oldest to the youngest. Of public routes of the Gateway API its own come first.
func (x *virtualServiceIndex) to(namespace, gateway string) []*routing.Rules {
	at := x.byGateway[gateway]
	if at == nil {
		return nil
	}
	own := func(v *routing.Rules) bool {
		return v.GatewayAPI && v.Audience.Public && v.Object.Namespace == namespace
	}
	others := at.others.To(namespace)
	if slices.ContainsFunc(others, own) {
		others = slices.Clone(others)
		slices.SortStableFunc(others, func(a, b *routing.Rules) int { return rank(own, a) - rank(own, b) })
	}
	return slices.Concat(at.private.To(namespace), others)
}

// rank is the place of rules among those that others may see: first those exported by name, then the own.
func rank(own func(*routing.Rules) bool, v *routing.Rules) int {
	switch {
	case !v.Audience.Public:
		return 0
	case own(v):
		return 1
	}
	return 2
}

// FullGateway completes the name of a gateway to namespace/name. Names with dots are an old form, "name.namespace" or
// a Service's host.
func FullGateway(name, namespace string) string {
	if ns, rest, ok := strings.Cut(name, "/"); ok {
		if ns == "." {
			return namespace + "/" + rest
		}
		return name
	}
	short, rest, ok := strings.Cut(name, ".")
	if !ok {
		return namespace + "/" + name
	}
	ns, _, _ := strings.Cut(rest, ".")
	return ns + "/" + short
}

// A hostAndPorts is a host that rules send traffic to, with the ports that they name; 0 stands for a rule without a port.
type hostAndPorts struct {
	host  string
	ports []uint32
}

// destinations returns the hosts that rules can send a client of a namespace to, in the order of their appearance.
func destinations(rules *routing.Rules, namespace string) []hostAndPorts {
	var out []hostAndPorts
	add := func(d routing.Destination) {
		i := slices.IndexFunc(out, func(x hostAndPorts) bool { return x.host == d.Host })
		if i < 0 {
			i, out = len(out), append(out, hostAndPorts{host: d.Host})
		}
		out[i].ports = append(out[i].ports, d.Port)
	}
	for _, r := range rules.HTTP {
		if !fromNamespace(r.Matches, namespace) {
			continue
		}
		for _, d := range r.Destinations {
			add(d)
		}
		for _, m := range r.Mirrors {
			add(m.To)
		}
	}
	for _, r := range slices.Concat(rules.TCP, rules.TLS) {
		for _, d := range r.Destinations {
			add(d)
		}
	}
	return out
}

// fromNamespace reports whether a client of a namespace can meet any of the conditions. As in istiod, a condition without
// a source namespace does not undo an earlier one that names another.
func fromNamespace(matches []routing.HTTPMatch, namespace string) bool {
	ok := true
	for _, m := range matches {
		if m.Client.Namespace == namespace && namespace != "" {
			return true
		}
		if m.Client.Namespace != "" {
			ok = false
		}
	}
	return ok
}
