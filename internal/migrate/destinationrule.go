package migrate

import (
	"fmt"
	"strings"

	"google.golang.org/protobuf/proto"
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/mesh"
	"sem.example/internal/source"
)

// destinationRules writes the TLS of DestinationRules as BackendTLSPolicies, where these mean the same, and says what stays.
func (c *converter) destinationRules() {
	for _, o := range c.mesh.Objects("DestinationRule") {
		spec := config.Spec[*networking.DestinationRule](o)
		if spec == nil {
			continue
		}
		if spec.GetTrafficPolicy().GetTls() != nil {
			if why := c.backendTLS(o, spec); why != "" {
				c.remark(Kept, config.At(o, "spec.trafficPolicy.tls"), "tls stays in the DestinationRule: "+why)
			}
		}
		c.staying(o, spec)
	}
}

// staying remarks on the fields of a DestinationRule that have no counterpart: Istio applies them whatever routes a request.
func (c *converter) staying(o *config.Object, spec *networking.DestinationRule) {
	stays := func(field, what string) {
		if o.Doc != nil && o.Doc.Lookup(field) != nil {
			c.remark(Kept, config.At(o, field), what+" of "+named(o)+" stays: Istio applies it to requests to "+spec.GetHost()+" by routes of the Gateway API too")
		}
	}
	switch {
	case !c.plan.Replaced[o.Doc]:
		stays("spec.trafficPolicy", "trafficPolicy")
	case proto.Size(withoutTLS(spec)) > 0:
		stays("spec.trafficPolicy", "the rest of trafficPolicy")
	}
	stays("spec.exportTo", "exportTo")
	stays("spec.workloadSelector", "workloadSelector")
	host := mesh.FullHost(spec.GetHost(), o.Namespace, c.mesh.Settings.Domain)
	for i, s := range spec.GetSubsets() {
		if _, used := c.subsets[subset{host, s.GetName()}]; !used {
			stays(fmt.Sprintf("spec.subsets[%d]", i), "subset "+s.GetName())
		}
	}
}

// backendTLS writes the TLS of a DestinationRule as a BackendTLSPolicy, and the rest of the rule without it. It returns why a policy does not
// mean the same; "" where it does.
func (c *converter) backendTLS(o *config.Object, spec *networking.DestinationRule) (why string) {
	target, why := c.policyTarget(o, spec)
	if why != "" {
		return why
	}
	tls := spec.GetTrafficPolicy().GetTls()
	validation, why := validationOf(tls)
	if why != "" {
		return why
	}
	policy := object("targetRefs", []*source.Node{target}, "validation", validation)
	c.add(gatewayVersion, "BackendTLSPolicy", o.Namespace, c.freeName("BackendTLSPolicy", o.Namespace, o.Name), policy, o)
	c.plan.Replaced[o.Doc] = true
	if rest := withoutTLS(spec); proto.Size(rest) > 0 {
		c.add(istioVersion, "DestinationRule", o.Namespace, o.Name, object("host", spec.GetHost(), "trafficPolicy", nodeOf(rest)), o)
	}
	return ""
}

func withoutTLS(spec *networking.DestinationRule) *networking.TrafficPolicy {
	out := proto.Clone(spec.GetTrafficPolicy()).(*networking.TrafficPolicy)
	out.Tls = nil
	return out
}

// policyTarget is what a policy for the host of a DestinationRule is attached to: it is for all clients, and in the namespace of its target.
func (c *converter) policyTarget(o *config.Object, spec *networking.DestinationRule) (target *source.Node, why string) {
	services := c.mesh.ServicesOf(mesh.FullHost(spec.GetHost(), o.Namespace, c.mesh.Settings.Domain))
	private := len(spec.GetExportTo()) > 0 && (len(spec.GetExportTo()) > 1 || spec.GetExportTo()[0] != "*")
	switch {
	case private || spec.GetWorkloadSelector() != nil:
		return nil, "a BackendTLSPolicy is for all clients"
	case len(spec.GetSubsets()) > 0:
		return nil, "a BackendTLSPolicy has no subsets"
	case len(spec.GetTrafficPolicy().GetPortLevelSettings()) > 0:
		return nil, "its portLevelSettings override it port by port"
	case len(services) != 1 || services[0].Namespace != o.Namespace:
		return nil, "a BackendTLSPolicy has its target, a Service or ServiceEntry, in its own namespace"
	case services[0].Kubernetes():
		return object("group", "", "kind", "Service", "name", services[0].Object.Name), ""
	}
	if entry, ok := services[0].Object.Spec.(*networking.ServiceEntry); !ok || len(entry.GetHosts()) != 1 {
		return nil, "a BackendTLSPolicy is for all hosts of its ServiceEntry"
	}
	return object("group", "networking.istio.io", "kind", "ServiceEntry", "name", services[0].Object.Name), ""
}

// validationOf translates TLS that validates the certificate of the server by the authorities of the system. Others are in files, which a
// BackendTLSPolicy does not read, or in Secrets.
func validationOf(tls *networking.ClientTLSSettings) (validation *source.Node, why string) {
	switch {
	case tls.GetMode() != networking.ClientTLSSettings_SIMPLE:
		return nil, "a BackendTLSPolicy has TLS of mode SIMPLE only"
	case tls.GetSni() == "":
		return nil, "a BackendTLSPolicy needs a hostname, and sni is not set"
	case tls.GetCredentialName() != "" || tls.GetCaCertificates() != "" && tls.GetCaCertificates() != "system":
		return nil, "a BackendTLSPolicy reads certificate authorities from a ConfigMap, not from a file or Secret"
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
	return object("hostname", tls.GetSni(), "wellKnownCACertificates", "System", "subjectAltNames", list(names)), ""
}
