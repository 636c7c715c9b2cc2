package registry

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/release"
	"sem.example/internal/source"
)

const (
	labelAutoAddress       = "networking.istio.io/enable-autoallocate-ip"
	annotationConnect      = "istio.io/connect-strategy"
	annotationDistribution = "networking.istio.io/traffic-distribution"
)

var resolutions = map[networking.ServiceEntry_Resolution]Resolution{
	networking.ServiceEntry_NONE:            OriginalDst,
	networking.ServiceEntry_STATIC:          ClientSide,
	networking.ServiceEntry_DNS:             DNSLoadBalanced,
	networking.ServiceEntry_DNS_ROUND_ROBIN: DNSRoundRobin,
	networking.ServiceEntry_DYNAMIC_DNS:     DynamicDNS,
}

// entryServices makes the services of a ServiceEntry: one for each pair of host and address.
func (b *reader) entryServices(o *config.Object) []*Service {
	spec := config.Spec[*networking.ServiceEntry](o)
	if spec == nil {
		return nil
	}
	base := Service{
		Namespace: o.Namespace, Name: o.Name, Ports: EntryPorts(spec), Resolution: b.resolution(spec),
		External: spec.Location == networking.ServiceEntry_MESH_EXTERNAL, ExportTo: spec.ExportTo,
		SubjectAltNames: spec.SubjectAltNames, Selector: spec.WorkloadSelector.GetLabels(), Labels: o.Labels,
		Distribution: b.distribution("", o.Annotations, o.Namespace),
		RaceConnect:  b.settings.Release.Has(release.ConnectStrategy) && strings.EqualFold(o.Annotations[annotationConnect], "RACE_FIRST_TCP_CONNECT"),
		Object:       o, audience: b.entryAudience(spec.ExportTo, o.Namespace),
	}
	auto := autoAddresses(o, spec)
	var out []*Service
	for i, host := range spec.Hosts {
		if host == "*" || slices.Contains(spec.Hosts[:i], host) {
			continue // admission refuses the first; a host that is listed twice is one
		}
		s := base
		s.Host, s.Field, s.AutoAddresses = host, source.Index("spec.hosts", i), auto[host]
		out = append(out, s.perAddress(spec.Addresses)...)
	}
	return out
}

// resolution is how the endpoints of a ServiceEntry are found in the release that serves the mesh.
func (b *reader) resolution(spec *networking.ServiceEntry) Resolution {
	if spec.Resolution == networking.ServiceEntry_DYNAMIC_DNS && !b.settings.Release.Has(release.SidecarDynamicDNS) {
		return Unresolved
	}
	return resolutions[spec.Resolution]
}

// perAddress returns one copy of the service for each address that is valid; a service without addresses stays one.
func (s Service) perAddress(addresses []string) []*Service {
	if len(addresses) == 0 {
		return []*Service{&s}
	}
	var out []*Service
	for i, written := range addresses {
		address, ok := plainAddress(written)
		if !ok {
			continue
		}
		at := s
		at.Addresses, at.AddressField = []string{address}, source.Index("spec.addresses", i)
		out = append(out, &at)
	}
	return out
}

// plainAddress reads an address or CIDR; a CIDR of one address is that address.
func plainAddress(written string) (string, bool) {
	if isIP(written) {
		return written, true
	}
	prefix, err := netip.ParsePrefix(written)
	if err != nil {
		return "", false
	}
	if prefix.IsSingleIP() {
		return prefix.Addr().String(), true
	}
	return written, true
}

// EntryPorts returns the ports of a ServiceEntry.
func EntryPorts(spec *networking.ServiceEntry) []*Port {
	out := make([]*Port, 0, len(spec.Ports))
	for i, p := range spec.Ports {
		out = append(out, &Port{Name: p.Name, Number: p.Number, TargetPort: p.TargetPort, Protocol: ParseProtocol(p.Protocol),
			Field: source.Index("spec.ports", i)})
	}
	return out
}

// autoAddresses returns the addresses that istiod allocated to the hosts of an entry, as the entry's status tells, with
// those of IPv4 first. An entry with addresses of its own, or that follows the original destination, has none.
func autoAddresses(o *config.Object, spec *networking.ServiceEntry) map[string][]string {
	if !o.Status || spec.Resolution == networking.ServiceEntry_NONE || len(spec.Addresses) > 0 ||
		strings.EqualFold(o.Labels[labelAutoAddress], "false") {
		return nil
	}
	list := o.Doc.Lookup("status.addresses")
	if list == nil {
		return nil
	}
	v4, v6 := map[string]string{}, map[string]string{}
	for _, n := range list.Items {
		if ip, err := netip.ParseAddr(n.StringAt("value")); err != nil {
			continue
		} else if ip.Is4() {
			v4[n.StringAt("host")] = ip.String()
		} else {
			v6[n.StringAt("host")] = ip.String()
		}
	}
	out := map[string][]string{}
	for _, host := range spec.Hosts {
		out[host] = slices.DeleteFunc([]string{v4[host], v6[host]}, func(a string) bool { return a == "" })
	}
	return out
}

// entryEndpoints makes the endpoints of one service of a ServiceEntry: those that it selects or lists, or the host
// itself where DNS resolves it.
func (b *reader) entryEndpoints(s *Service) []*Endpoint {
	spec := config.Spec[*networking.ServiceEntry](s.Object)
	switch {
	case spec.GetWorkloadSelector() != nil:
		return b.selectedEndpoints(s)
	case len(spec.GetEndpoints()) == 0 && s.Resolution.IsDNS():
		return hostEndpoints(s)
	}
	var out []*Endpoint
	for i, listed := range spec.GetEndpoints() {
		e := b.entryEndpoint(listed, listed.Labels, s.Namespace)
		e.Object, e.Field = s.Object, source.Index("spec.endpoints", i)
		e.Workload = s.Object.Name + "-" + strconv.Itoa(i)
		out = append(out, endpointPorts(e, listed.Ports, s.Ports)...)
	}
	return out
}

// selectedEndpoints are the workloads that the entry's selector picks. One without an IP address serves DNS only.
func (b *reader) selectedEndpoints(s *Service) []*Endpoint {
	var out []*Endpoint
	for _, w := range b.workloads.selected(s.Namespace, s.Selector) {
		if w.byName() && !s.Resolution.IsDNS() {
			continue
		}
		out = append(out, endpointPorts(w.endpoint, w.ports, s.Ports)...)
	}
	return out
}

// hostEndpoints are those of an entry or XBackend that names no endpoints: DNS resolves the host.
func hostEndpoints(s *Service) []*Endpoint {
	e := Endpoint{Address: s.Host, TLSMode: "disabled", Namespace: s.Namespace, Workload: s.Name,
		Object: s.Object, Field: s.Field}
	return endpointPorts(e, nil, s.Ports)
}

// endpointPorts gives a workload its port for each port of an entry: its own by name, else the target port, else the
// port's number. A Unix socket has none.
func endpointPorts(e Endpoint, own map[string]uint32, ports []*Port) []*Endpoint {
	out := make([]*Endpoint, 0, len(ports))
	for _, p := range ports {
		at := e
		at.PortName, at.ServicePort = p.Name, p.Number
		switch {
		case at.IsUnix():
		case own[p.Name] > 0:
			at.Port = own[p.Name]
		case p.TargetPort > 0:
			at.Port = p.TargetPort
		default:
			at.Port = p.Number
		}
		out = append(out, &at)
	}
	return out
}
