package mesh

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/mesh/registry"
	"sem.example/internal/mesh/routing"
	"sem.example/internal/mesh/visibility"
)

// An Archetype stands for all sidecars that a mesh tells to send traffic alike: whatever the mesh asks of a client, they
// answer the same. Of a proxy it keeps
//
//   - the labels that some rule asks for: a selector, sourceLabels or a failover priority; and whether it has any, since a
//     client without labels has no failover priorities;
//   - the IP families of its addresses, and its own address where a service is reached at the addresses of its
//     endpoints, of which a client leaves out itself;
//   - the node, where a service is for clients of its endpoint's node only;
//   - locality, network and whether it answers DNS queries;
//   - the Sidecar in force, and the namespace unless the mesh treats it as any other;
//   - all labels and the namespace where istiod holds outbound connections against the policies about inbound ones, which
//     it does for services that stand for many names.
//
// What names a service by a short form depends on the namespace beyond that, and is not alike.
type Archetype struct {
	// Key is the same for all views of one archetype.
	Key string

	view  *View
	proxy Proxy
}

// Archetype returns the archetype of the view's proxy, which must be a sidecar.
func (v *View) Archetype() Archetype {
	asked := v.Mesh.asked.get(struct{}{}, v.Mesh.askedOfClients)
	p := v.Proxy
	p.Name, p.ServiceAccount = "", ""
	p.Labels = map[string]string{}
	for name, value := range v.Proxy.Labels {
		if asked.labels[name] || asked.policies {
			p.Labels[name] = value
		}
	}
	if len(p.Labels) == 0 && len(v.Proxy.Labels) > 0 {
		p.Labels[unasked] = ""
	}
	p.IPs = asked.addresses(v.Proxy.IPs)
	if !asked.node {
		p.Node = ""
	}
	if v.Sidecar == nil && asked.plainRules && !asked.policies && v.Mesh.ordinary(p.Namespace) && p.Namespace != v.Mesh.Settings.Config.RootNamespace {
		p.Namespace = ""
	}
	return Archetype{Key: fmt.Sprintf("%p %+v", v.Sidecar, p), view: v, proxy: p}
}

// unasked is the name of a label that no rule asks for: it cannot be written in a document.
const unasked = "*"

// View returns what the archetype sees.
func (a Archetype) View() *View { return a.view.Mesh.viewWith(a.proxy, a.view.Sidecar) }

// A questionnaire is what a mesh asks of its clients.
type questionnaire struct {
	labels     map[string]bool     // names of labels
	hosts      map[netip.Addr]bool // addresses of endpoints that are dialled as they are
	node       bool                // a service is for clients of its endpoint's node only
	policies   bool                // policies select clients
	plainRules bool                // no DestinationRule is for some clients only
}

// addresses keeps of a proxy's addresses what the mesh asks for: one that stands for each family, and the first address
// itself where it is an endpoint's.
func (q *questionnaire) addresses(ips []netip.Addr) []netip.Addr {
	var out []netip.Addr
	for i, ip := range ips {
		if i > 0 || !q.hosts[ip] {
			if ip = netip.IPv6Unspecified(); ips[i].Unmap().Is4() {
				ip = netip.IPv4Unspecified()
			}
		}
		if !slices.Contains(out, ip) {
			out = append(out, ip)
		}
	}
	return out
}

func (m *Mesh) askedOfClients() *questionnaire {
	q := &questionnaire{labels: map[string]bool{}, hosts: map[netip.Addr]bool{}, plainRules: true}
	for _, name := range registry.PlaceLabels {
		q.labels[name] = true // a service's own preference for near endpoints
	}
	q.failover(m.Settings.Config.GetLocalityLbSetting().GetFailoverPriority())
	q.failover(m.Settings.Config.GetZoneAwareLbSetting().GetFailoverPriority())
	for _, s := range m.Services {
		q.node = q.node || s.NodeLocal
		q.policies = q.policies || s.Resolution == DynamicDNS
		if s.Resolution == OriginalDst {
			q.endpoints(m.EndpointsOf(s))
		}
	}
	for _, o := range m.Objects("DestinationRule") {
		spec := config.Spec[*networking.DestinationRule](o)
		q.plainRules = q.plainRules && m.plainRule(o, spec)
		q.names(spec.GetWorkloadSelector().GetMatchLabels())
		q.traffic(spec)
	}
	for _, v := range m.virtualServices.all {
		q.sources(v)
	}
	return q
}

func (q *questionnaire) endpoints(list []*Endpoint) {
	for _, e := range list {
		if ip, err := netip.ParseAddr(e.Address); err == nil {
			q.hosts[ip] = true
		}
	}
}

func (q *questionnaire) names(labels map[string]string) {
	for name := range labels {
		q.labels[name] = true
	}
}

// sources notes what rules ask of the labels of a client.
func (q *questionnaire) sources(rules *routing.Rules) {
	for _, r := range rules.HTTP {
		for _, m := range r.Matches {
			q.names(m.Client.Labels)
		}
	}
	for _, r := range slices.Concat(rules.TLS, rules.TCP) {
		for _, m := range r.Matches {
			q.names(m.Client.Labels)
		}
	}
}

// traffic notes the labels by which the traffic policies of a DestinationRule prefer endpoints.
func (q *questionnaire) traffic(spec *networking.DestinationRule) {
	q.policy(spec.GetTrafficPolicy())
	for _, s := range spec.GetSubsets() {
		q.policy(s.GetTrafficPolicy())
	}
}

func (q *questionnaire) policy(p *networking.TrafficPolicy) {
	q.balancer(p.GetLoadBalancer())
	for _, s := range p.GetPortLevelSettings() {
		q.balancer(s.GetLoadBalancer())
	}
}

func (q *questionnaire) balancer(s *networking.LoadBalancerSettings) {
	q.failover(s.GetLocalityLbSetting().GetFailoverPriority())
	q.failover(s.GetZoneAwareLbSetting().GetFailoverPriority())
}

// failover notes the labels of a failover priority, each a name or "name=value".
func (q *questionnaire) failover(priorities []string) {
	for _, priority := range priorities {
		name, _, _ := strings.Cut(priority, "=")
		q.labels[name] = true
	}
}

// plainRule says whether a DestinationRule is the same to all clients: it is for everybody, and it stands where everybody
// looks, which is the root namespace or that of all services of its host.
func (m *Mesh) plainRule(o *config.Object, spec *networking.DestinationRule) bool {
	exportTo := ruleAudience(spec)
	if len(exportTo) == 0 {
		exportTo = m.Settings.Config.DefaultDestinationRuleExportTo
	}
	if len(exportTo) > 0 && !slices.Contains(exportTo, visibility.Everywhere) {
		return false
	}
	if o.Namespace == m.Settings.Config.RootNamespace {
		return true
	}
	host := FullHost(spec.GetHost(), o.Namespace, m.Settings.Domain)
	return !IsWildcard(host) && !slices.ContainsFunc(m.ServicesOf(host), func(s *Service) bool { return s.Namespace != o.Namespace })
}
