package facts

import (
	"slices"
	"strings"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/mesh"
)

// EachDuplicate calls do for every service of a host but the first, with the first. Findings are about the other ones.
func (s *Hosts) EachDuplicate(do func(older, newer *mesh.Service)) {
	for _, svc := range s.docs.WantedServices() {
		if older := s.docs.Mesh.ServicesOf(svc.Host)[0]; older != svc {
			do(older, svc)
		}
	}
}

// SeenTogether returns the oldest of several services that some client sees beside another one.
func (s *Hosts) SeenTogether(older []*mesh.Service, svc *mesh.Service) *mesh.Service {
	for _, o := range older {
		if o.Host == svc.Host {
			continue
		}
		for _, ns := range []string{svc.Namespace, o.Namespace} {
			view := s.docs.Client(ns)
			if view.Service(o.Host) == o && view.Service(svc.Host) == svc {
				return o
			}
		}
	}
	return nil
}

// ExportedToAll reports whether a service is exported to all namespaces.
func ExportedToAll(svc *mesh.Service) bool {
	return len(svc.ExportTo) == 0 || slices.Contains(svc.ExportTo, "*")
}

// ProtocolConflict returns the first port that two services declare with different protocols, or nil.
func ProtocolConflict(a, b *mesh.Service) (x, y *mesh.Port) {
	for _, p := range b.Ports {
		if q := a.Port(p.Number); q != nil && q.Protocol != p.Protocol {
			return q, p
		}
	}
	return nil, nil
}

// ReadsHTTP reports whether sidecars may read HTTP on a port.
func ReadsHTTP(p *mesh.Port) bool { return p.Protocol.IsHTTP() || p.Protocol == mesh.Detected }

// AnyPort reports whether a port of some service fits.
func AnyPort(svcs []*mesh.Service, fits func(*mesh.Port) bool) bool {
	for _, svc := range svcs {
		for _, p := range svc.Ports {
			if fits(p) {
				return true
			}
		}
	}
	return false
}

// IsOpaque reports whether a protocol leaves the proxy nothing but addresses and ports to tell hosts apart by.
func IsOpaque(p mesh.Protocol) bool { return p.IsTCP() && !p.IsTLS() }

// PodPort returns the port of a workload of Kubernetes that a Service's port leads to.
func PodPort(w *config.Object, p *mesh.Port) (uint32, bool) {
	switch spec := w.Spec.(type) {
	case *config.Pod:
		return p.PodPort(spec.Spec)
	case *config.Workload:
		return p.PodPort(spec.Spec.Template.Spec)
	}
	return 0, false
}

// AllocatesAddress reports whether Istio gives an entry without addresses one of its own.
func AllocatesAddress(o *config.Object, spec *networking.ServiceEntry) bool {
	return spec.GetResolution() != networking.ServiceEntry_NONE && !strings.EqualFold(o.Labels[AutoAllocationLabel], "false")
}

// AutoAllocationLabel is the label that turns the allocation of addresses off.
const AutoAllocationLabel = "networking.istio.io/enable-autoallocate-ip"

// EachUndeclaredPort calls do for every TCP port of a Kubernetes Service of which neither name nor appProtocol says a protocol. Those of
// an ExternalName Service do not matter: istiod makes neither a listener nor a cluster of it.
func (s *Hosts) EachUndeclaredPort(do func(Place, config.ServicePort)) {
	Each(s.docs, "Service", func(o *config.Object, spec *config.Service) {
		if spec.Spec.Type == "ExternalName" {
			return
		}
		svc := s.KubernetesService(o.Namespace, o.Name)
		for i, p := range spec.Spec.Ports {
			tunnel := p.AppProtocol != nil && *p.AppProtocol == "hbone" // of a waypoint, by Istio itself
			if svc == nil || tunnel || p.Protocol != "" && p.Protocol != "TCP" {
				continue
			}
			known := svc.PortNamed(p.Name)
			if known != nil && (known.Protocol == mesh.Detected || known.Protocol == mesh.TCP && !saysTCP(p)) {
				do(At(o, "spec.ports").Item(i), p)
			}
		}
	})
}

// saysTCP reports whether a port is declared TCP, rather than taken for it.
func saysTCP(p config.ServicePort) bool {
	said := p.Name
	if p.AppProtocol != nil {
		said = *p.AppProtocol
	}
	prefix, _, _ := strings.Cut(said, "-")
	return mesh.ParseProtocol(prefix) == mesh.TCP
}

// ServerFirstPorts are the ports of SMTP, DNS, MySQL and MongoDB, whose servers may speak first; istiod takes them for TCP where
// nothing says otherwise.
var ServerFirstPorts = []uint32{25, 53, 3306, 27017}
