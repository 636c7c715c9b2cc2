package mesh

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	security "istio.io/api/security/v1beta1"

	"sem.example/internal/config"
	"sem.example/internal/mesh/routing"
	"sem.example/internal/quote"
)

// A printer writes an indented outline.
type printer struct {
	w     io.Writer
	depth int
	err   error
}

// line writes the parts that are not empty, two spaces apart.
func (p *printer) line(parts ...string) {
	parts = slices.DeleteFunc(parts, func(s string) bool { return s == "" })
	for i, part := range parts {
		parts[i] = quote.Text(part)
	}
	if p.err == nil && len(parts) > 0 {
		_, p.err = fmt.Fprintln(p.w, strings.Repeat("  ", p.depth)+strings.Join(parts, "  "))
	}
}

// under writes what print does one step deeper.
func (p *printer) under(print func()) {
	p.depth++
	print()
	p.depth--
}

// section writes a title with what is under it, unless that is nothing.
func section[T any](p *printer, title string, items []T, print func(T)) {
	if len(items) == 0 {
		return
	}
	p.line(title)
	p.under(func() {
		for _, item := range items {
			print(item)
		}
	})
}

// Dump writes all that the mesh holds, in a form to be read and compared.
func (m *Mesh) Dump(w io.Writer) error {
	p := &printer{w: w}
	section(p, "services", m.Services, func(s *Service) {
		p.service(s)
		p.under(func() { section(p, "endpoints", m.endpointsOnce(s), p.endpoint) })
	})
	section(p, "virtual services", m.virtualServices.all, p.virtualService)
	section(p, "gateways between networks", m.NetworkGateways(), func(g *NetworkGateway) {
		p.line(g.Network, g.Address+":"+number(g.Port), located(g.Object, g.Field))
	})
	section(p, "ignored", slices.Concat(m.Undiscovered(), m.unserved, m.HiddenPeerAuthentications()), p.ignored)
	return p.err
}

// endpointsOnce are the endpoints of a service's host and namespace, where the service is the one that counts there.
func (m *Mesh) endpointsOnce(s *Service) []*Endpoint {
	if !m.IsOwner(s) {
		return nil
	}
	return m.EndpointsOf(s)
}

// Dump writes all that the proxy sees, in a form to be read and compared.
func (v *View) Dump(w io.Writer) error {
	p := &printer{w: w}
	p.line("proxy", string(v.proxy.Type), v.proxy.Namespace+"/"+v.proxy.Name, pairs(v.proxy.Labels), addresses(v.proxy.IPs),
		named("locality", v.proxy.Locality), named("network", v.proxy.Network), named("account", v.proxy.ServiceAccount), named("node", v.proxy.Node))
	p.line("outbound", v.Outbound.Mode.String(), located(v.Policy.Object, v.Policy.Field))
	if v.Sidecar != nil {
		p.line("sidecar", located(v.Sidecar, ""))
	}
	section(p, "hidden sidecars", v.HiddenSidecars(), p.ignored)
	if v.proxy.Type == Sidecar {
		section(p, "egress", v.Egress, func(l *EgressListener) { p.egress(l) })
	}
	section(p, "services", v.Services(), func(s *Service) { p.seen(v, s) })
	section(p, "targets", v.Targets(), func(t ServiceTarget) {
		p.line(number(t.Number), cmp.Or(string(t.Port.Protocol), "detected"), t.Service.Host+":"+number(t.Port.Number))
	})
	section(p, "mutual TLS", append([]uint32{0}, v.MutualTLSPorts()...), func(port uint32) {
		mode, at := v.MutualTLS(port)
		p.line(number(port), mode.String(), located(at.Object, at.Field))
	})
	section(p, "authorization", v.AuthorizationPolicies(), func(o *config.Object) { p.line(located(o, "")) })
	section(p, "authentication", v.RequestAuthentications(), func(o *config.Object) { p.line(located(o, "")) })
	if v.proxy.Type == Gateway {
		section(p, "gateways", v.Gateways(), func(g *routing.Gateway) {
			p.line(located(g.Object, ""))
			p.under(func() { section(p, "rules", v.VirtualServices(g.FullName()), p.virtualService) })
		})
	}
	return p.err
}

func (p *printer) service(s *Service) {
	flags := []string{}
	for flag, on := range map[string]bool{"external": s.External, "node-local": s.NodeLocal, "race-connect": s.RaceConnect} {
		if on {
			flags = append(flags, flag)
		}
	}
	slices.Sort(flags)
	p.line(s.Host, s.Namespace, string(s.Resolution), strings.Join(s.Addresses, ","), named("auto", strings.Join(s.AutoAddresses, ",")),
		named("exportTo", strings.Join(s.ExportTo, ",")), named("aliases", strings.Join(s.Aliases, ",")),
		named("prefers", string(s.Distribution)), strings.Join(flags, ","), located(s.Object, s.Field))
	p.under(func() {
		for _, port := range s.Ports {
			target := cmp.Or(port.TargetPortName, number(port.TargetPort))
			p.line(number(port.Number), port.Name, cmp.Or(string(port.Protocol), "detected"), named("target", target), "("+port.Field+")")
		}
	})
}

func (p *printer) endpoint(e *Endpoint) {
	address := e.Address
	if !e.IsUnix() {
		address += ":" + number(e.Port)
	}
	weight := ""
	if e.Weight != 0 {
		weight = "weight " + number(e.Weight)
	}
	p.line(cmp.Or(e.PortName, "-"), address, string(e.Health), e.TLSMode, weight, e.Locality, named("network", e.Network),
		e.ServiceAccount, named("workload", e.Workload), located(e.Object, e.Field))
}

func (p *printer) virtualService(v *VirtualService) {
	p.line(strings.Join(v.HostNames(), ","), named("gateways", strings.Join(v.Gateways, ",")), located(v.Object, ""))
	p.under(func() {
		for _, r := range v.HTTP {
			p.line("http", r.Name.Value, located(r.At.Object, r.At.Field))
		}
		section(p, "dropped", v.Ignored, p.ignored)
	})
}

func (p *printer) egress(l *EgressListener) {
	p.line(cmp.Or(l.Field, "everything"))
	p.under(func() {
		section(p, "services", l.Services, func(s *Service) {
			ports := make([]string, len(s.Ports))
			for i, port := range s.Ports {
				ports[i] = number(port.Number)
			}
			p.line(s.Host, s.Namespace, strings.Join(s.Addresses, ","), strings.Join(ports, ","))
		})
		section(p, "virtual services", l.VirtualServices, p.virtualService)
	})
}

// seen writes a service as the view has it.
func (p *printer) seen(v *View, s *Service) {
	p.service(s)
	p.under(func() {
		if r := v.DestinationRule(s); r != nil {
			from := make([]string, len(r.From))
			for i, o := range r.From {
				from[i] = o.Namespace + "/" + o.Name
			}
			p.line("rule", strings.Join(from, " + "), named("policy", located(r.Object, "spec")))
			p.under(func() {
				for _, subset := range r.Subsets {
					p.line("subset", subset.Name, located(subset.At.Object, subset.At.Field))
				}
			})
		}
		section(p, "not in force", v.HiddenRules(s), p.ignored)
		section(p, "identities", v.Identities(s), func(id string) { p.line(id) })
		if mode, _ := v.ClientMutualTLS(s); mode != security.PeerAuthentication_MutualTLS_PERMISSIVE {
			p.line("clients assume", mode.String())
		}
		for _, port := range s.Ports {
			for _, e := range v.Endpoints(s, port) {
				p.line(number(port.Number), "→", e.Address+":"+number(e.Port), e.TLSMode)
			}
		}
	})
}

func (p *printer) ignored(l config.Ignored) { p.line(located(l.Object, l.Field), "because "+l.Reason) }

// located names an object, a field of it, and the file and line of that.
func located(o *config.Object, field string) string {
	if o == nil {
		return ""
	}
	name := "[" + o.Kind + " " + o.Namespace + "/" + o.Name
	if field != "" {
		name += " " + field
	}
	if o.Doc != nil {
		if at := (config.Place{Object: o, Field: field}).Source().Position(); at.Line > 0 {
			name += " " + at.File + ":" + strconv.Itoa(at.Line)
		}
	}
	return name + "]"
}

func named(name, value string) string {
	if value == "" || value == "0" {
		return ""
	}
	return name + " " + value
}

func pairs(labels map[string]string) string {
	out := make([]string, 0, len(labels))
	for _, k := range slices.Sorted(maps.Keys(labels)) {
		out = append(out, k+"="+labels[k])
	}
	return strings.Join(out, ",")
}

func addresses(ips []netip.Addr) string {
	out := make([]string, len(ips))
	for i, ip := range ips {
		out[i] = ip.String()
	}
	return strings.Join(out, ",")
}
