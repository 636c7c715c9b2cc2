package explain

import (
	"fmt"
	"slices"
	"strings"

	"sem.example/internal/clustername"
	"sem.example/internal/compile/cluster"
	"sem.example/internal/config"
	"sem.example/internal/mesh"
	"sem.example/simulate"
	"sem.example/simulate/decision"
)

// explainTLS says at the step of the TLS of a hop what decided it, and names the document that did.
func (h *hop) explainTLS() {
	d, ok := clustername.Parse(h.Cluster)
	s := h.view.Service(d.Host)
	if !ok || d.Inbound() || s == nil || s.Port(d.Port) == nil {
		return
	}
	port := s.Port(d.Port)
	to := h.dialled(s, port)
	e := cluster.EncryptionTo(h.view, s, port, d.Subset, to)
	for i := range h.Steps {
		step := &h.Steps[i]
		r, ok := step.Reason.(decision.UpstreamTLS)
		if !ok || r.TLS.OriginatedBy == decision.ByApplication {
			continue
		}
		step.Because = encryptionReason(e, to)
		if e.Reason == cluster.CredentialNotReadable || e.Reason == cluster.CertificateMissing {
			h.correctPlaintextAdvice(e.At.Object)
		}
		if at := e.At; at.Object != nil && !slices.ContainsFunc(step.Origins, func(p simulate.Place) bool { return sameDocument(p, documentPlace(at)) }) {
			step.Origins = append(slices.Clip(step.Origins), documentPlace(at))
		}
	}
}

// correctPlaintextAdvice replaces the advice against plaintext to a TLS port where a DestinationRule sets TLS without effect: a
// second one would not help.
func (h *hop) correctPlaintextAdvice(rule *config.Object) {
	for i, w := range h.trace.Warnings {
		if _, ok := w.Trap.(decision.PlaintextToTLS); ok && rule != nil {
			h.trace.Warnings[i].Help = fmt.Sprintf("correct the TLS settings of %s %s/%s", rule.KindName(), rule.Namespace, rule.Name)
		}
	}
}

// documentPlace is a place that counts.
func documentPlace(at config.Place) simulate.Place {
	p := placeOf(at.Ignore(""))
	p.Role = ""
	return p
}

// dialled is the endpoint of a service that is dialled first, nil where the service has none of that address.
func (h *hop) dialled(s *mesh.Service, port *mesh.Port) *mesh.Endpoint {
	if len(h.Endpoints) == 0 {
		return nil
	}
	first := h.Endpoints[0]
	for _, known := range h.view.Instances(s, port) {
		if known.Address == first.Address && (known.Port == first.Port || known.IsUnix()) {
			return known
		}
	}
	return nil
}

// encryptionReason words what decided about the TLS to an endpoint.
func encryptionReason(e cluster.Encryption, to *mesh.Endpoint) string {
	switch e.Reason {
	case cluster.ServiceExternal:
		return "no DestinationRule sets TLS"
	case cluster.Automatic:
		return "automatic mutual TLS: " + takesReason(to)
	case cluster.TLSSet, cluster.TLSSetElsewhere, cluster.CredentialNotReadable, cluster.CertificateMissing:
		return setReason(e)
	}
	return "no automatic mutual TLS: " + notAutomatic(e, to)
}

// setReason is what a policy says of TLS, and why that is not done.
func setReason(e cluster.Encryption) string {
	o := e.At.Object
	text := fmt.Sprintf("%s %s/%s sets %s%s", o.KindName(), o.Namespace, o.Name, e.Mode, levelText(e.At.Field))
	switch e.Reason {
	case cluster.CredentialNotReadable:
		return text + " with credentialName, which a sidecar uses only if the rule has a workloadSelector"
	case cluster.CertificateMissing:
		return text + " without clientCertificate and privateKey"
	case cluster.TLSSetElsewhere:
		return text + ", which this endpoint does not take"
	}
	return text
}

// levelText is which part of the traffic a policy is for, by the field that it is written in.
func levelText(field string) string {
	var levels []string
	if strings.Contains(field, "subsets[") {
		levels = append(levels, "the subset")
	}
	if strings.Contains(field, "portLevelSettings[") {
		levels = append(levels, "the port")
	}
	if len(levels) == 0 {
		return ""
	}
	return " for " + strings.Join(levels, " and ")
}

// takesReason is why an endpoint takes mutual TLS.
func takesReason(to *mesh.Endpoint) string {
	if to != nil && to.Labels[config.LabelTLSMode] == "" {
		return "the endpoint has a serviceAccount"
	}
	return "the endpoint has a sidecar"
}

// notAutomatic is why the proxy does not use mutual TLS by itself.
func notAutomatic(e cluster.Encryption, to *mesh.Endpoint) string {
	switch e.Reason {
	case cluster.AutoMTLSOff:
		return "MeshConfig sets enableAutoMtls: false"
	case cluster.ClientsDisabled:
		return fmt.Sprintf("PeerAuthentication %s/%s disables mutual TLS", e.At.Object.Namespace, e.At.Object.Name)
	case cluster.SomeEndpointLacksTLS:
		return "not every address of the service is known to take it"
	case cluster.EndpointsMarked:
		return fmt.Sprintf("istiod marks the endpoints by the tls of DestinationRule %s/%s (%s), which this port does not use", e.At.Object.Namespace, e.At.Object.Name, e.Mode)
	case cluster.EndpointUnknown:
		return "the endpoint is not one of the mesh"
	case cluster.EndpointDisabled:
		return fmt.Sprintf("PeerAuthentication %s/%s disables mutual TLS at the endpoint", e.At.Object.Namespace, e.At.Object.Name)
	}
	return endpointReason(to)
}

// endpointReason is why an endpoint does not announce mutual TLS.
func endpointReason(to *mesh.Endpoint) string {
	mode, labelled := to.Labels[config.LabelTLSMode]
	if labelled && mode != "istio" {
		return fmt.Sprintf("the endpoint has the label %s: %s", config.LabelTLSMode, mode)
	}
	o := to.Object
	if o == nil {
		return "the endpoint has no sidecar"
	}
	name := fmt.Sprintf("%s %s/%s", o.KindName(), o.Namespace, o.Name)
	switch {
	case o.KindName() == "WorkloadEntry":
		return name + " has no serviceAccount"
	case o.KindName() == "ServiceEntry" && to.Field != "":
		return fmt.Sprintf("the endpoint in %s has no serviceAccount", name)
	case o.KindName() == "ServiceEntry":
		return name + " has no endpoints with a serviceAccount"
	}
	return fmt.Sprintf("%s has no label %s: istio", name, config.LabelTLSMode)
}
