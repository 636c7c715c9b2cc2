package migrate

import (
	"strconv"
	"strings"

	"google.golang.org/protobuf/proto"
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/mesh"
	"sem.example/internal/source"
)

// A splitter takes the TLS that BackendTLSPolicies can set out of a traffic policy.
type splitter struct {
	converter *converter
	rule      *config.Object // that has the policy
	target    *source.Node   // what a BackendTLSPolicy is attached to
	namespace string         // of the target
	ports     map[uint32]string
	name      string // of the policies
	why       string // why no BackendTLSPolicy can be attached; "" where one can
	policies  []tlsPolicy
}

// A tlsPolicy is a BackendTLSPolicy for a port of a target, or for all ports.
type tlsPolicy struct {
	port       string // its name; "" for all
	validation *source.Node
	at         config.Place // what it is made of
}

// splitter returns a splitter for the policy that a DestinationRule sets for its host.
func (c *converter) splitter(o *config.Object, host string) *splitter {
	s := &splitter{converter: c, rule: o, namespace: o.Namespace, name: o.Name}
	s.why = s.attach(config.Spec[*networking.DestinationRule](o), mesh.FullHost(host, o.Namespace, c.mesh.Settings.Domain))
	return s
}

// attach finds what a BackendTLSPolicy in place of the rule is attached to. It is for all clients, and in the namespace of its target.
func (s *splitter) attach(spec *networking.DestinationRule, host string) (why string) {
	services := s.converter.mesh.ServicesOf(host)
	private := len(spec.GetExportTo()) > 0 && (len(spec.GetExportTo()) > 1 || spec.GetExportTo()[0] != "*")
	switch {
	case private || spec.GetWorkloadSelector() != nil:
		return "a BackendTLSPolicy is for all clients"
	case len(services) != 1 || services[0].Namespace != s.namespace:
		return "a BackendTLSPolicy has its target, a Service or ServiceEntry, in its own namespace"
	case s.converter.rulesOf(host, s.namespace) > 1:
		return "another DestinationRule of the namespace has the same host, and would take its place"
	}
	s.ports = portNames(services[0])
	if services[0].Kubernetes() {
		s.target = object("group", "", "kind", "Service", "name", services[0].Object.Name)
		return ""
	}
	if entry, ok := services[0].Object.Spec.(*networking.ServiceEntry); !ok || len(entry.GetHosts()) != 1 {
		return "a BackendTLSPolicy is for all hosts of its ServiceEntry"
	}
	s.target = object("group", "networking.istio.io", "kind", "ServiceEntry", "name", services[0].Object.Name)
	return ""
}

// portNames are the names of the ports of a service, by number.
func portNames(s *mesh.Service) map[uint32]string {
	out := map[uint32]string{}
	for _, p := range s.Ports {
		out[p.Number] = p.Name
	}
	return out
}

// rulesOf counts the DestinationRules of a namespace for a host.
func (c *converter) rulesOf(host, namespace string) int {
	n := 0
	for _, o := range c.mesh.Objects("DestinationRule") {
		if o.Namespace == namespace && mesh.FullHost(config.Spec[*networking.DestinationRule](o).GetHost(), namespace, c.mesh.Settings.Domain) == host {
			n++
		}
	}
	return n
}

// split takes the TLS out of a policy: of all ports, and of each port that has its own. What cannot be a BackendTLSPolicy stays.
func (s *splitter) split(policy *networking.TrafficPolicy, at config.Place) {
	if tls := policy.GetTls(); tls != nil && s.take(tls, "", at.Sub("tls")) {
		policy.Tls = nil
	}
	var ports []*networking.TrafficPolicy_PortTrafficPolicy
	for i, p := range policy.GetPortLevelSettings() {
		at := at.Sub("portLevelSettings").Item(i).Sub("tls")
		if p.GetTls() != nil && s.takePort(p, at) {
			if p.Tls = nil; proto.Equal(p, &networking.TrafficPolicy_PortTrafficPolicy{Port: p.GetPort()}) {
				continue // the policy replaces it
			}
		}
		ports = append(ports, p)
	}
	if policy != nil {
		policy.PortLevelSettings = ports
	}
}

// takePort takes the TLS of a port, which a BackendTLSPolicy names.
func (s *splitter) takePort(p *networking.TrafficPolicy_PortTrafficPolicy, at config.Place) bool {
	number := p.GetPort().GetNumber()
	name := s.ports[number]
	if name == "" && s.why == "" {
		s.stays(at, "a BackendTLSPolicy names a port, and port "+strconv.Itoa(int(number))+" has no name")
		return false
	}
	return s.take(p.GetTls(), name, at)
}

// take makes a BackendTLSPolicy of TLS, or says why it stays.
func (s *splitter) take(tls *networking.ClientTLSSettings, port string, at config.Place) bool {
	why := s.why
	var validation *source.Node
	if why == "" {
		validation, why = validationOf(tls, s.namespace)
	}
	if why != "" {
		s.stays(at, why)
		return false
	}
	s.policies = append(s.policies, tlsPolicy{port, validation, at})
	return true
}

func (s *splitter) stays(at config.Place, why string) {
	if s.rule.Doc == nil || s.rule.Doc.Lookup(at.Field) == nil {
		return // a subset has the TLS of its host
	}
	s.converter.remark(Kept, at, "tls stays in the DestinationRule: "+why)
}

// keep gives up what was taken.
func (s *splitter) keep(why string) {
	for _, p := range s.policies {
		s.stays(p.at, why)
	}
	s.policies = nil
}

// writePolicies writes what a splitter took. Added is as of resources.
func (c *converter) writePolicies(s *splitter, added bool) {
	for _, p := range s.policies {
		target, name := s.target, s.name
		if p.port != "" {
			target, name = target.With("sectionName", source.Text(p.port)), name+"-"+p.port
		}
		spec := object("targetRefs", []*source.Node{target}, "validation", p.validation)
		made := resource(gatewayVersion, "BackendTLSPolicy", s.namespace, c.freeName("BackendTLSPolicy", s.namespace, name), spec, s.rule)
		made.Added = added
		c.plan.Resources = append(c.plan.Resources, made)
	}
}

// validationOf translates TLS that validates the certificate of the server, by the authorities of the system or of a ConfigMap. Others
// are in files or Secrets, which a BackendTLSPolicy does not read.
func validationOf(tls *networking.ClientTLSSettings, namespace string) (validation *source.Node, why string) {
	authorities, named := strings.CutPrefix(tls.GetCredentialName(), "configmap://"+namespace+"/")
	switch {
	case tls.GetMode() != networking.ClientTLSSettings_SIMPLE:
		return nil, "a BackendTLSPolicy has TLS of mode SIMPLE only"
	case tls.GetSni() == "":
		return nil, "a BackendTLSPolicy needs a hostname, and sni is not set"
	case strings.Contains(tls.GetSni(), "*"):
		return nil, "the hostname of a BackendTLSPolicy cannot be a wildcard"
	case tls.GetCredentialName() != "" && !named:
		return nil, "a BackendTLSPolicy reads certificate authorities from a ConfigMap of its namespace, not from a Secret"
	case !named && tls.GetCaCertificates() != "" && tls.GetCaCertificates() != "system":
		return nil, "a BackendTLSPolicy reads certificate authorities from a ConfigMap, not from a file"
	case tls.GetCaCertCredentialName() != "":
		return nil, "a BackendTLSPolicy reads certificate authorities from a ConfigMap, not from a Secret"
	case tls.GetInsecureSkipVerify().GetValue() || tls.GetCaCrl() != "" || tls.GetClientCertificate()+tls.GetPrivateKey() != "":
		return nil, "a BackendTLSPolicy always validates the server, and has no client certificate or revocation list"
	}
	var names []*source.Node
	for _, name := range tls.GetSubjectAltNames() {
		if strings.Contains(name, "://") {
			names = append(names, object("type", "URI", "uri", name))
		} else {
			names = append(names, object("type", "Hostname", "hostname", name))
		}
	}
	if named {
		refs := []*source.Node{object("group", "", "kind", "ConfigMap", "name", authorities)}
		return object("hostname", tls.GetSni(), "caCertificateRefs", refs, "subjectAltNames", list(names)), ""
	}
	return object("hostname", tls.GetSni(), "wellKnownCACertificates", "System", "subjectAltNames", list(names)), ""
}
