package mesh

import (
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/source"
)

// MeshGateway is the name by which a VirtualService is bound to the sidecars.
const MeshGateway = "mesh"

// A VirtualService is a VirtualService with short names completed and delegates merged in.
type VirtualService struct {
	Object   *config.Object
	Spec     *networking.VirtualService
	HTTP     []Written     // for each of Spec.Http, where it is written (a delegate's rule: in the delegate)
	Root     []Written     // for each of Spec.Http, the rule that delegates to it; zero where it stands in Object itself
	Pairs    [][]MatchPair // for each of Spec.Http that is delegated, what each of its matches was made of
	Dropped  []Loser       // delegated rules that istiod leaves out
	audience audience
}

// VisibleIn says whether exportTo lets a namespace see the rules.
func (v *VirtualService) VisibleIn(namespace string) bool { return v.audience.includes(namespace) }

// Gateways returns the gateways that the rules are bound to: "mesh", or namespace/name.
func (v *VirtualService) Gateways() []string {
	if len(v.Spec.Gateways) == 0 {
		return []string{MeshGateway}
	}
	return v.Spec.Gateways
}

// A virtualServiceIndex finds VirtualServices by gateway and by the namespace that looks.
type virtualServiceIndex struct {
	all       []*VirtualService // the oldest first
	byGateway map[string]*bound
	byHost    *hostIndex[[]*VirtualService]
}

// bound are the VirtualServices of one gateway.
type bound struct {
	private *exported[*VirtualService] // to their own namespace
	others  *exported[*VirtualService]
}

func (x *virtualServiceIndex) add(v *VirtualService) {
	x.all = append(x.all, v)
	for i, h := range v.Spec.Hosts {
		if !slices.Contains(v.Spec.Hosts[:i], h) {
			list, _ := x.byHost.at(h)
			x.byHost.put(h, append(list, v))
		}
	}
	own := audience{}
	rest := audience{public: v.audience.public}
	for _, ns := range v.audience.namespaces {
		if ns == v.Object.Namespace {
			own.namespaces = []string{ns}
		} else {
			rest.namespaces = append(rest.namespaces, ns)
		}
	}
	for i, gateway := range v.Gateways() {
		if slices.Contains(v.Gateways()[:i], gateway) {
			continue
		}
		at := x.byGateway[gateway]
		if at == nil {
			at = &bound{newExported[*VirtualService](), newExported[*VirtualService]()}
			x.byGateway[gateway] = at
		}
		at.private.add(v, own)
		at.others.add(v, rest)
	}
}

// to returns the VirtualServices of a gateway that a namespace may see: its own private ones, those exported to it by
// name, then the public ones, each from the oldest to the youngest.
func (x *virtualServiceIndex) to(namespace, gateway string) []*VirtualService {
	at := x.byGateway[gateway]
	if at == nil {
		return nil
	}
	return slices.Concat(at.private.to(namespace), at.others.to(namespace))
}

// virtualServices completes and merges all VirtualServices that have hosts of their own.
func (b *builder) virtualServices() virtualServiceIndex {
	index := virtualServiceIndex{byGateway: map[string]*bound{}, byHost: newHostIndex[[]*VirtualService]()}
	delegates := b.delegates()
	for _, o := range b.objects["VirtualService"] {
		spec := config.Spec[*networking.VirtualService](o)
		if spec == nil || len(spec.Hosts) == 0 {
			continue
		}
		v := b.resolved(o, spec)
		b.merge(v, delegates)
		index.add(v)
	}
	return index
}

// resolved returns a copy of a VirtualService with all names completed.
func (b *builder) resolved(o *config.Object, spec *networking.VirtualService) *VirtualService {
	v := &VirtualService{Object: o, Spec: proto.CloneOf(spec),
		audience: audienceOf(spec.ExportTo, b.config().DefaultVirtualServiceExportTo, o.Namespace)}
	n := names{o.Namespace, b.mesh.Settings.Domain}
	for i, h := range v.Spec.Hosts {
		v.Spec.Hosts[i] = n.host(h)
	}
	n.gateways(v.Spec.Gateways)
	n.http(v.Spec.Http)
	n.tls(v.Spec.Tls)
	n.tcp(v.Spec.Tcp)
	v.HTTP = make([]Written, len(v.Spec.Http))
	v.Root = make([]Written, len(v.Spec.Http))
	for i := range v.HTTP {
		v.HTTP[i] = Written{o, source.Index("spec.http", i)}
	}
	return v
}

// names completes the names in a document.
type names struct{ namespace, domain string }

func (n names) host(h string) string { return FullHost(h, n.namespace, n.domain) }

func (n names) destination(d *networking.Destination) {
	if d != nil {
		d.Host = n.host(d.Host)
	}
}

func (n names) gateways(list []string) {
	for i, g := range list {
		if g != MeshGateway {
			list[i] = FullGateway(g, n.namespace)
		}
	}
}

func (n names) http(rules []*networking.HTTPRoute) {
	for _, r := range rules {
		for _, m := range r.Match {
			n.gateways(m.Gateways)
		}
		for _, w := range r.Route {
			n.destination(w.Destination)
		}
		n.destination(r.Mirror)
		for _, m := range r.Mirrors {
			n.destination(m.Destination)
		}
	}
}

func (n names) tls(rules []*networking.TLSRoute) {
	for _, r := range rules {
		for _, m := range r.Match {
			n.gateways(m.Gateways)
		}
		n.routes(r.Route)
	}
}

func (n names) tcp(rules []*networking.TCPRoute) {
	for _, r := range rules {
		for _, m := range r.Match {
			n.gateways(m.Gateways)
		}
		n.routes(r.Route)
	}
}

func (n names) routes(list []*networking.RouteDestination) {
	for _, w := range list {
		n.destination(w.Destination)
	}
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

// A destination is a host that rules send traffic to, with the ports that they name; 0 stands for a rule without a port.
type destination struct {
	host  string
	ports []uint32
}

// destinations returns the hosts that the rules can send a client of a namespace to, in the order of their appearance.
func (v *VirtualService) destinations(namespace string) []destination {
	var out []destination
	add := func(d *networking.Destination) {
		if d == nil {
			return
		}
		i := slices.IndexFunc(out, func(x destination) bool { return x.host == d.Host })
		if i < 0 {
			i, out = len(out), append(out, destination{host: d.Host})
		}
		out[i].ports = append(out[i].ports, d.GetPort().GetNumber())
	}
	for _, r := range v.Spec.Http {
		if !fromNamespace(r.Match, namespace) {
			continue
		}
		for _, w := range r.Route {
			add(w.Destination)
		}
		add(r.Mirror)
		for _, m := range r.Mirrors {
			add(m.Destination)
		}
	}
	for _, r := range v.Spec.Tcp {
		for _, w := range r.Route {
			add(w.Destination)
		}
	}
	for _, r := range v.Spec.Tls {
		for _, w := range r.Route {
			add(w.Destination)
		}
	}
	return out
}

// fromNamespace says whether a client of a namespace can meet any of the conditions. As in istiod, a condition without a
// source namespace does not undo an earlier one that names another.
func fromNamespace(matches []*networking.HTTPMatchRequest, namespace string) bool {
	ok := true
	for _, m := range matches {
		if m.SourceNamespace == namespace && namespace != "" {
			return true
		}
		if m.SourceNamespace != "" {
			ok = false
		}
	}
	return ok
}
