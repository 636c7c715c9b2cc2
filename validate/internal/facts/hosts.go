package facts

import (
	"slices"
	"strings"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
)

// Hosts knows what the input says of a host name.
type Hosts struct {
	docs *Documents

	*hostIndexes
}

// hostIndexes are what does not depend on the documents that findings are wanted about.
type hostIndexes struct {
	entries    lazy[map[string][]*mesh.Service] // of ServiceEntries, by namespace
	anyAddress lazy[map[uint32]PortUse]         // by port
	others     lazy[map[string]bool]            // hosts that the other worlds of the repository have
}

// A Presence is what the input says of a host.
type Presence int

// What the input can say of a host.
const (
	Unknown Presence = iota // the input cannot say, or another world of the repository has the host
	Present                 // a service has this host, or a wildcard that covers it
	Absent                  // the input has other Services of its namespace, but not this host; see [Hosts.Complete]
)

// A hostPort is a port of a host.
type hostPort struct {
	host string
	port uint32
}

// Complete reports whether the input is known to hold every service that could have a host.
func (s *Hosts) Complete(host string) bool {
	if ns, ok := s.NamespaceOf(host); ok {
		return s.docs.Complete(ns, "Service")
	}
	return s.docs.Complete("", "Service", "ServiceEntry")
}

// Presence looks a full host name up.
func (s *Hosts) Presence(host string) Presence {
	if len(s.Services(host)) > 0 {
		return Present
	}
	if s.InOtherWorld(host) {
		return Unknown
	}
	switch s.docs.Registry {
	case Closed:
		return Absent
	case Open:
		return Unknown
	}
	if ns, ok := s.NamespaceOf(host); ok && s.docs.Holds("Service", ns) {
		return Absent
	}
	return Unknown
}

// InOtherWorld reports whether another world of the repository has a host.
func (s *Hosts) InOtherWorld(host string) bool {
	return s.others.get(func() map[string]bool {
		hosts := map[string]bool{}
		for o := range s.docs.OtherWorlds("Service") {
			hosts[mesh.FullHost(o.Name, o.Namespace, s.docs.Mesh.Settings.Domain)] = true
		}
		for o := range s.docs.OtherWorlds("ServiceEntry") {
			for _, h := range config.Spec[*networking.ServiceEntry](o).GetHosts() {
				hosts[h] = true
			}
		}
		return hosts
	})[host]
}

// Services returns the services of a host, and where there is none those whose wildcard host covers it.
func (s *Hosts) Services(host string) []*mesh.Service {
	if exact := s.docs.Mesh.ServicesOf(host); len(exact) > 0 {
		return exact
	}
	return s.docs.Mesh.Covering(host)
}

// Matching returns the services whose host a host name stands for, of several with one host the first.
func (s *Hosts) Matching(host string) []*mesh.Service {
	if !mesh.IsWildcard(host) {
		if all := s.docs.Mesh.ServicesOf(host); len(all) > 0 {
			return all[:1]
		}
		return nil
	}
	var found []*mesh.Service
	last := map[string]bool{}
	for _, svc := range s.docs.Mesh.Services {
		if !last[svc.Host] && mesh.Covers(host, svc.Host) {
			last[svc.Host] = true
			found = append(found, svc)
		}
	}
	return found
}

// NamespaceOf returns the namespace of a host that is a Kubernetes Service's full name.
func (s *Hosts) NamespaceOf(host string) (string, bool) {
	name, ok := strings.CutSuffix(host, ".svc."+s.docs.Mesh.Settings.Domain)
	if !ok {
		return "", false
	}
	_, ns, ok := strings.Cut(name, ".")
	return ns, ok && ns != "" && !strings.Contains(ns, ".")
}

// Nearest is the host of the input that a mistyped name most likely means, or "".
func (s *Hosts) Nearest(host string) string {
	var hosts []string
	for _, svc := range s.docs.Mesh.Services {
		hosts = append(hosts, svc.Host)
	}
	return diag.Nearest(host, hosts)
}

// SameName returns the Services of the same short name in other namespaces. One that names no namespace gets that of the
// command which applies it, so it is another's only where the input is complete.
func (s *Hosts) SameName(host string, o *config.Object) []*mesh.Service {
	if strings.Contains(host, ".") {
		return nil
	}
	complete := s.docs.Complete(o.Namespace, "Service")
	var found []*mesh.Service
	for _, svc := range s.docs.Mesh.Services {
		if svc.Kubernetes() && svc.Name == host && svc.Namespace != o.Namespace && (svc.Object.Doc.Namespace != "" || complete) {
			found = append(found, svc)
		}
	}
	slices.SortFunc(found, func(a, b *mesh.Service) int { return strings.Compare(a.Namespace, b.Namespace) })
	return found
}

// Qualified returns the full name of the Service that a half-qualified one means, or "".
func (s *Hosts) Qualified(host string) string {
	if !strings.Contains(host, ".") || len(s.Services(host)) > 0 {
		return ""
	}
	for _, middle := range []string{".svc.", "."} {
		full := host + middle + s.docs.Mesh.Settings.Domain
		if len(s.docs.Mesh.ServicesOf(full)) > 0 {
			return full
		}
	}
	return ""
}

// IsShortName reports whether a host has no dot and is not a wildcard.
func IsShortName(host string) bool { return !strings.Contains(host, ".") && !mesh.IsWildcard(host) }

// KubernetesService returns the Kubernetes Service of a name, or nil.
func (s *Hosts) KubernetesService(namespace, name string) *mesh.Service {
	for _, svc := range s.docs.Mesh.ServicesOf(mesh.FullHost(name, namespace, s.docs.Mesh.Settings.Domain)) {
		if svc.Kubernetes() && svc.Namespace == namespace {
			return svc
		}
	}
	return nil
}

// OutsideCluster reports whether a host is not one of the cluster.
func (s *Hosts) OutsideCluster(host string) bool {
	return !strings.HasSuffix(host, "."+s.docs.Mesh.Settings.Domain) && strings.Contains(host, ".") && !strings.HasSuffix(host, ".svc")
}

// EndpointsUnlabelled reports whether a service is an entry that asks DNS for its own host: its endpoint is made up, and has no labels.
func (s *Hosts) EndpointsUnlabelled(svc *mesh.Service) bool {
	spec, ok := svc.Object.Spec.(*networking.ServiceEntry)
	if !ok || len(spec.GetEndpoints()) > 0 || spec.GetWorkloadSelector() != nil {
		return false
	}
	return spec.GetResolution() == networking.ServiceEntry_DNS || spec.GetResolution() == networking.ServiceEntry_DNS_ROUND_ROBIN
}

// EntriesOf returns the services that ServiceEntries of a namespace register.
func (s *Hosts) EntriesOf(namespace string) []*mesh.Service {
	return s.entries.get(func() map[string][]*mesh.Service {
		entries := map[string][]*mesh.Service{}
		for _, svc := range s.docs.Mesh.Services {
			if !svc.Kubernetes() {
				entries[svc.Namespace] = append(entries[svc.Namespace], svc)
			}
		}
		return entries
	})[namespace]
}
