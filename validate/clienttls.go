package validate

import (
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/mesh"
	"sem.example/internal/source"
)

// A clientTLS is what a DestinationRule says of TLS towards one port of a host.
type clientTLS struct {
	place    // of the tls block
	settings *networking.ClientTLSSettings
	topLevel bool // of the whole rule rather than of the port
}

// originates says whether the proxy encrypts with a certificate of the outside world.
func (t clientTLS) originates() bool {
	switch t.settings.GetMode() {
	case networking.ClientTLSSettings_SIMPLE, networking.ClientTLSSettings_MUTUAL:
		return true
	}
	return false
}

// at is a field of the settings.
func (t clientTLS) at(field string) place { return place{t.object, source.Join(t.field, field)} }

// clientTLSFor returns the TLS settings of a rule for a port. An entry for the port replaces the whole top level, so one that
// does not speak of TLS leaves the port without. The settings are nil where nothing is said.
func clientTLSFor(o *config.Object, port uint32) clientTLS {
	policy := config.Spec[*networking.DestinationRule](o).GetTrafficPolicy()
	for i, p := range policy.GetPortLevelSettings() {
		if p.GetPort().GetNumber() == port {
			at := source.Index("spec.trafficPolicy.portLevelSettings", i) + ".tls"
			return clientTLS{place: place{o, at}, settings: p.GetTls()}
		}
	}
	return clientTLS{place: place{o, "spec.trafficPolicy.tls"}, settings: policy.GetTls(), topLevel: true}
}

// A secured is a port of a service with the TLS that a rule of a client sets for it.
type secured struct {
	service *mesh.Service
	port    *mesh.Port
	tls     clientTLS
}

// port is where the service declares the port.
func (x secured) declared() place { return portPlace(x.service, x.port) }

// securedPorts returns every port for which a DestinationRule says something of TLS, as a client of the rule's own namespace
// sees it.
func (s *Scope) securedPorts() []secured {
	return s.all.secured.get(func() []secured { return s.securedBy(s.Mesh.Objects("DestinationRule")) })
}

// securedSubjects returns those of the DestinationRules that findings are wanted about.
func (s *Scope) securedSubjects() []secured {
	if s.Subjects == nil {
		return s.securedPorts()
	}
	return s.chosen.secured.get(func() []secured { return s.securedBy(s.subjects("DestinationRule")) })
}

func (s *Scope) securedBy(rules []*config.Object) []secured {
	var all []secured
	for _, o := range rules {
		for _, svc := range s.ruled(o, o.Namespace) {
			for _, p := range svc.Ports {
				if t := clientTLSFor(o, p.Number); t.settings != nil {
					all = append(all, secured{service: svc, port: p, tls: t})
				}
			}
		}
	}
	return all
}

// encrypted says whether any DestinationRule, in force or not, encrypts what is sent to a port, if only for a subset.
func (s *Scope) encrypted(svc *mesh.Service, port *mesh.Port) bool {
	return s.sealed.get(func() map[hostPort]bool {
		sealed := map[hostPort]bool{}
		for _, o := range s.Mesh.Objects("DestinationRule") {
			for _, ruled := range s.named(s.full(config.Spec[*networking.DestinationRule](o).GetHost(), o)) {
				for _, p := range ruled.Ports {
					if seals(o, p.Number) {
						sealed[hostPort{ruled.Host, p.Number}] = true
					}
				}
			}
		}
		return sealed
	})[hostPort{svc.Host, port.Number}]
}

// seals says whether a rule has TLS settings for a port, or for a subset of it, other than DISABLE.
func seals(o *config.Object, port uint32) bool {
	used := clientTLSFor(o, port)
	for _, p := range policies(o, config.Spec[*networking.DestinationRule](o)) {
		counts := p.subset && (p.port == 0 || p.port == port) || p.tls == used.settings
		if counts && p.tls != nil && p.tls.GetMode() != networking.ClientTLSSettings_DISABLE {
			return true
		}
	}
	return false
}

// ruled returns the services that a rule is in force for, as a client of a namespace sees them.
func (s *Scope) ruled(o *config.Object, namespace string) []*mesh.Service {
	view := s.client(namespace)
	host := s.full(config.Spec[*networking.DestinationRule](o).GetHost(), o)
	var found []*mesh.Service
	for _, svc := range s.named(host) {
		seen := view.Service(svc.Host)
		if seen == nil {
			continue
		}
		if rule := view.DestinationRule(seen); rule != nil && rule.Host.Object == o {
			found = append(found, seen)
		}
	}
	return found
}

// named returns the services whose host a host name stands for, of several with one host the first.
func (s *Scope) named(host string) []*mesh.Service {
	if !mesh.IsWildcard(host) {
		if all := s.Mesh.ServicesOf(host); len(all) > 0 {
			return all[:1]
		}
		return nil
	}
	var found []*mesh.Service
	last := map[string]bool{}
	for _, svc := range s.Mesh.Services {
		if !last[svc.Host] && mesh.Covers(host, svc.Host) {
			last[svc.Host] = true
			found = append(found, svc)
		}
	}
	return found
}
