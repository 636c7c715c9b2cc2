package ingress

import (
	"cmp"
	"slices"
	"strings"

	"sem.example/internal/config"
	"sem.example/internal/mesh/routing"
	"sem.example/internal/mesh/visibility"
)

// A hostRule is a rule of an Ingress.
type hostRule struct {
	object *config.Object
	index  int
	rule   *config.IngressRule
}

// at is the rule's place.
func (r hostRule) at() config.Place { return config.At(r.object, "spec.rules").Item(r.index) }

// rules makes one set of rules for each host. Ingresses that share a host are joined, and the oldest gives the set its
// namespace, name and gateway.
func (t *translation) rules(ingresses []*config.Object) {
	byHost := map[string][]hostRule{}
	var hosts []string
	for _, o := range ingresses {
		spec := config.Spec[*config.Ingress](o).Spec
		if spec.DefaultBackend != nil {
			t.ignore(config.At(o, "spec.defaultBackend"), "istiod ignores the default backend of an Ingress")
		}
		for i := range spec.Rules {
			r := hostRule{o, i, &spec.Rules[i]}
			if r.rule.HTTP == nil {
				t.ignore(r.at(), "it has no paths")
				continue
			}
			host := cmp.Or(r.rule.Host, "*")
			if byHost[host] == nil {
				hosts = append(hosts, host)
			}
			byHost[host] = append(byHost[host], r)
		}
	}
	for _, host := range hosts {
		slices.SortStableFunc(byHost[host], byAge)
		t.out.Rules = append(t.out.Rules, t.ofHost(host, byHost[host]))
	}
	slices.SortStableFunc(t.out.Rules, func(a, b *routing.Rules) int {
		return cmp.Or(cmp.Compare(a.Generated, b.Generated), cmp.Compare(a.Object.Namespace, b.Object.Namespace))
	})
}

// byAge orders rules: by the creation of their Ingresses, then by name, namespace and place.
func byAge(a, b hostRule) int {
	return cmp.Or(config.Compare(a.object, b.object), cmp.Compare(a.index, b.index))
}

// ofHost makes the rules of a host: the longest path comes first, and of equal ones that which is exact.
func (t *translation) ofHost(host string, rules []hostRule) *routing.Rules {
	first, settings := rules[0].object, t.registry.Settings
	out := &routing.Rules{
		Object: first, HostsAt: hostPlace(rules[0]), Gateways: []string{namespace + "/" + gatewayName(first)},
		Audience:  visibility.Of(nil, settings.ExportTo(settings.Config.DefaultVirtualServiceExportTo), first.Namespace),
		Generated: strings.ReplaceAll(host, ".", "-") + "-" + first.Name + generated,
	}
	out.Hosts = []routing.Host{{Name: host, At: out.HostsAt}}
	for _, r := range rules {
		for i, p := range r.rule.HTTP.Paths {
			if rule := t.path(r.object, p, r.at().Sub("http.paths").Item(i)); rule != nil {
				out.HTTP = append(out.HTTP, rule)
			}
		}
	}
	slices.SortStableFunc(out.HTTP, byLength)
	return out
}

// hostPlace is the field that names the host of a rule, or the rule where none does.
func hostPlace(r hostRule) config.Place {
	if r.rule.Host == "" {
		return r.at()
	}
	return r.at().Sub("host")
}

func byLength(a, b *routing.HTTPRule) int {
	exact := func(m routing.StringMatch) int {
		if m.Kind == routing.Exact {
			return 0
		}
		return 1
	}
	x, y := pathOf(a), pathOf(b)
	return cmp.Or(cmp.Compare(len(y.Value), len(x.Value)), cmp.Compare(exact(x), exact(y)))
}

func pathOf(r *routing.HTTPRule) routing.StringMatch {
	if len(r.Matches) == 0 {
		return routing.StringMatch{}
	}
	return r.Matches[0].Path
}

// path makes the rule of a path, or nil where its backend cannot be used.
func (t *translation) path(o *config.Object, p config.IngressPath, at config.Place) *routing.HTTPRule {
	to, why := t.destination(o, p.Backend, at.Sub("backend"))
	if why != "" {
		t.ignore(at, why)
		return nil
	}
	out := &routing.HTTPRule{At: at, Destinations: []routing.Destination{to}}
	if match := pathMatch(p); match != (routing.StringMatch{}) {
		out.Matches = []routing.HTTPMatch{{At: []config.Place{at.Sub("path")}, Path: match}}
	}
	return out
}

// destination is a port of a Service. A port that is given by name is that of the Service in the input.
func (t *translation) destination(o *config.Object, b config.IngressBackend, at config.Place) (to routing.Destination, why string) {
	if b.Service == nil {
		return to, "its backend is not a Service"
	}
	port := b.Service.Port.Number
	if port == 0 {
		if port = t.namedPort(o.Namespace, b.Service); port == 0 {
			return to, "Service " + o.Namespace + "/" + b.Service.Name + " has no port of the name " + b.Service.Port.Name
		}
	}
	host := b.Service.Name + "." + o.Namespace + ".svc." + t.registry.Settings.Domain
	return routing.Destination{Host: host, Port: port, Weight: 100, At: at}, ""
}

func (t *translation) namedPort(namespace string, want *config.IngressService) uint32 {
	service := t.registry.Object("Service", namespace, want.Name)
	if service == nil {
		return 0
	}
	for _, p := range config.Spec[*config.Service](service).Spec.Ports {
		if p.Name == want.Port.Name {
			return p.Port
		}
	}
	return 0
}

// pathMatch is the condition of a path; none where it takes every path. Without a type, a wildcard at the end makes a
// path the beginning of others.
func pathMatch(p config.IngressPath) routing.StringMatch {
	switch p.PathType {
	case "Exact":
		return routing.StringMatch{Kind: routing.Exact, Value: p.Path}
	case "Prefix":
		return prefix(p.Path)
	}
	switch p.Path {
	case "", "*", "/*", ".*":
		return routing.StringMatch{}
	}
	for _, wild := range []string{".*", "/*"} {
		if before, ok := strings.CutSuffix(p.Path, wild); ok {
			return prefix(before)
		}
	}
	return routing.StringMatch{Kind: routing.Exact, Value: p.Path}
}

func prefix(path string) routing.StringMatch {
	if path == "/" {
		return routing.StringMatch{Kind: routing.Prefix, Value: path}
	}
	return routing.StringMatch{Kind: routing.Below, Value: path}
}
