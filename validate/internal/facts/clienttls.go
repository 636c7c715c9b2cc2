package facts

import (
	"slices"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/mesh"
)

// A ClientTLS is what a DestinationRule says of TLS towards one port of a host.
type ClientTLS struct {
	Place    // of the tls block
	Settings *networking.ClientTLSSettings
	TopLevel bool // of the whole rule rather than of the port
}

// Originates reports whether the proxy encrypts with a certificate of the outside world.
func (t ClientTLS) Originates() bool {
	switch t.Settings.GetMode() {
	case networking.ClientTLSSettings_SIMPLE, networking.ClientTLSSettings_MUTUAL:
		return true
	}
	return false
}

// ClientTLSFor returns the TLS settings of a rule for a port. An entry for the port replaces the whole top level, so one that
// does not speak of TLS leaves the port without. The settings are nil where nothing is said.
func ClientTLSFor(o *config.Object, port uint32) ClientTLS {
	policy := config.Spec[*networking.DestinationRule](o).GetTrafficPolicy()
	for i, p := range policy.GetPortLevelSettings() {
		if p.GetPort().GetNumber() == port {
			at := At(o, "spec.trafficPolicy.portLevelSettings").Item(i).Sub("tls")
			return ClientTLS{Place: at, Settings: p.GetTls()}
		}
	}
	return ClientTLS{Place: At(o, "spec.trafficPolicy.tls"), Settings: policy.GetTls(), TopLevel: true}
}

// TLSTowards returns the TLS settings that a rule has for a subset ("" for the host itself) and port.
func TLSTowards(rule *mesh.DestinationRule, subset string, port uint32) ClientTLS {
	tls := rule.For(port, subset).TLS
	return ClientTLS{Place: At(tls.At.Object, tls.At.Field), Settings: tls.Value}
}

// A PortTLS is a port of a service with the TLS that a rule of a client sets for it.
type PortTLS struct {
	Service *mesh.Service
	Port    *mesh.Port
	TLS     ClientTLS
}

// PortPlace is where the service declares the port.
func (x PortTLS) PortPlace() Place { return PortPlace(x.Service, x.Port) }

// SetsTLS reports whether a rule has TLS settings for a port, or for a subset of it, other than DISABLE.
func SetsTLS(o *config.Object, port uint32) bool {
	used := ClientTLSFor(o, port)
	for _, p := range Policies(o, config.Spec[*networking.DestinationRule](o)) {
		counts := p.Subset && (p.Port == 0 || p.Port == port) || p.TLS == used.Settings
		if counts && p.TLS != nil && p.TLS.GetMode() != networking.ClientTLSSettings_DISABLE {
			return true
		}
	}
	return false
}

// PortsWithTLS returns every port for which a DestinationRule says something of TLS, as a client of the rule's own namespace
// sees it.
func (s *DestinationRules) PortsWithTLS() []PortTLS {
	return s.ports.get(func() []PortTLS { return s.portsWithTLS(s.docs.Mesh.Objects("DestinationRule")) })
}

// WantedPortsWithTLS returns those of the DestinationRules that findings are wanted about.
func (s *DestinationRules) WantedPortsWithTLS() []PortTLS {
	if s.docs.Only == nil {
		return s.PortsWithTLS()
	}
	return s.wantedPorts.get(func() []PortTLS { return s.portsWithTLS(s.docs.WantedObjects("DestinationRule")) })
}

func (s *DestinationRules) portsWithTLS(rules []*config.Object) []PortTLS {
	var all []PortTLS
	for _, o := range rules {
		for _, svc := range s.ServicesOf(o, o.Namespace) {
			for _, p := range svc.Ports {
				if t := ClientTLSFor(o, p.Number); t.Settings != nil {
					all = append(all, PortTLS{Service: svc, Port: p, TLS: t})
				}
			}
		}
	}
	return all
}

// EverEncrypt reports whether any DestinationRule, in force or not, encrypts what is sent to a port, if only for a subset; or a
// BackendTLSPolicy.
func (s *DestinationRules) EverEncrypt(svc *mesh.Service, port *mesh.Port) bool {
	return s.encrypted.get(func() map[hostPort]bool {
		encrypted := map[hostPort]bool{}
		for _, o := range s.docs.Mesh.Objects("DestinationRule") {
			for _, ruled := range s.hosts.Matching(s.docs.FullHost(config.Spec[*networking.DestinationRule](o).GetHost(), o)) {
				for _, p := range ruled.Ports {
					if SetsTLS(o, p.Number) {
						encrypted[hostPort{ruled.Host, p.Number}] = true
					}
				}
			}
		}
		for _, targeted := range s.withPolicies() {
			for _, p := range targeted.Ports {
				tls := s.docs.Client(targeted.Namespace).DestinationRule(targeted).For(p.Number, "").TLS.Value
				if tls != nil && tls.GetMode() != networking.ClientTLSSettings_DISABLE {
					encrypted[hostPort{targeted.Host, p.Number}] = true
				}
			}
		}
		return encrypted
	})[hostPort{svc.Host, port.Number}]
}

// withPolicies are the services of the namespaces that have BackendTLSPolicies, which are attached to services of their own namespace.
func (s *DestinationRules) withPolicies() []*mesh.Service {
	namespaces := map[string]bool{}
	for _, o := range s.docs.Mesh.Objects("gateway.networking.k8s.io/BackendTLSPolicy") {
		namespaces[o.Namespace] = true
	}
	if len(namespaces) == 0 {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(s.docs.Mesh.Services), func(svc *mesh.Service) bool { return !namespaces[svc.Namespace] })
}

// Encrypt reports whether the rule in force makes the proxy encrypt towards a destination, in any way.
func (s *DestinationRules) Encrypt(t Destination, svc *mesh.Service, port uint32) bool {
	if s.encryptSelectively(svc, port) {
		return true
	}
	tls := s.docs.Client(t.Object.Namespace).DestinationRule(svc).For(port, t.Subset).TLS.Value
	return tls != nil && tls.GetMode() != networking.ClientTLSSettings_DISABLE
}

// encryptSelectively reports whether a rule for selected workloads only, such as an egress gateway, sets TLS for a port.
func (s *DestinationRules) encryptSelectively(svc *mesh.Service, port uint32) bool {
	return slices.ContainsFunc(s.Of(svc.Host), func(o *config.Object) bool {
		selected := config.Spec[*networking.DestinationRule](o).GetWorkloadSelector() != nil
		return selected && ClientTLSFor(o, port).Originates()
	})
}

// OtherPortWithTLS returns the port for which a rule originates TLS where it seems to mean another one: a port that the host does not
// have, or one to which no rule routes. The number is 0 where there is none.
func (s *DestinationRules) OtherPortWithTLS(rule *config.Object, svc *mesh.Service, routed *mesh.Port) (Place, uint32) {
	for i, p := range config.Spec[*networking.DestinationRule](rule).GetTrafficPolicy().GetPortLevelSettings() {
		number := p.GetPort().GetNumber()
		declared := svc.Port(number)
		at := At(rule, "spec.trafficPolicy.portLevelSettings").Item(i).Sub("port.number")
		switch {
		case p.GetTls() == nil || !(ClientTLS{Settings: p.GetTls()}).Originates() || number == routed.Number:
		case declared == nil && (routed.TargetPort == 0 || routed.TargetPort == number):
			return at, number
		case declared != nil && !declared.Protocol.IsTLS() && !s.routes.LeadTo(svc.Host, number):
			return at, number
		}
	}
	return Place{}, 0
}
