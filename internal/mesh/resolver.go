package mesh

import "strings"

// SearchNames returns the names that the resolver of the proxy's Pod tries for a host, in order: the host as it is, then with
// each search domain of the Pod.
func (v *View) SearchNames(host string) []string {
	domain := v.Mesh.Settings.Domain
	return []string{host, host + "." + v.Proxy().OwnNames() + ".svc." + domain, host + ".svc." + domain, host + "." + domain}
}

// ResolveName returns the full host of the service that a name means to the proxy's application. A name of no service is
// returned in lower case, without its final dot.
func (v *View) ResolveName(name string) string {
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	for _, host := range v.SearchNames(name) {
		if len(v.Mesh.ServicesOf(host)) > 0 {
			return host
		}
	}
	return name
}

// InDNS returns the Kubernetes Service of a host, for which the cluster's DNS has a record whoever may see the Service, or
// nil. An entry of the same host changes nothing about that.
func (m *Mesh) InDNS(host string) *Service {
	for _, s := range m.ServicesOf(host) {
		if s.Kubernetes() {
			return s
		}
	}
	return nil
}
