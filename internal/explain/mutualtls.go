package explain

import (
	"fmt"
	"slices"
	"strings"

	networking "istio.io/api/networking/v1alpha3"
	security "istio.io/api/security/v1beta1"

	"sem.example/internal/clustername"
	"sem.example/internal/config"
	"sem.example/internal/mesh"
	"sem.example/simulate"
	"sem.example/simulate/decision"
)

// An encryption is the TLS, or the plaintext, from a proxy to the endpoints of a cluster.
type encryption struct {
	view    *mesh.View
	service *mesh.Service
	port    *mesh.Port
	subset  string
}

// explainTLS says at the step of the TLS of a hop what decided it, and names the document that did.
func (h *hop) explainTLS() {
	d, ok := clustername.Parse(h.Cluster)
	s := h.view.Service(d.Host)
	if !ok || d.Inbound() || s == nil || s.Port(d.Port) == nil {
		return
	}
	e := encryption{h.view, s, s.Port(d.Port), d.Subset}
	for i := range h.Steps {
		step := &h.Steps[i]
		r, ok := step.Reason.(decision.UpstreamTLS)
		if !ok || r.TLS.OriginatedBy == decision.ByApplication {
			continue
		}
		why, at := e.reason(e.endpoint(h.Endpoints), r.TLS.OriginatedBy == decision.ByProxy)
		if step.Because = why; at.Object != nil && !slices.ContainsFunc(step.Origins, func(p simulate.Place) bool { return sameDocument(p, documentPlace(at)) }) {
			step.Origins = append(slices.Clip(step.Origins), documentPlace(at))
		}
	}
}

// documentPlace is a place that counts.
func documentPlace(at config.Place) simulate.Place {
	p := placeOf(at.Ignore(""))
	p.Role = ""
	return p
}

// endpoint is the endpoint that is dialled first, nil where the mesh does not know it.
func (e *encryption) endpoint(dialled []simulate.Endpoint) *mesh.Endpoint {
	if len(dialled) == 0 {
		return nil
	}
	for _, known := range e.view.Instances(e.service, e.port) {
		if known.Address == dialled[0].Address && (known.Port == dialled[0].Port || known.IsUnix()) {
			return known
		}
	}
	return nil
}

// reason is why the proxy encrypts, or does not, and where that is written.
func (e *encryption) reason(to *mesh.Endpoint, encrypted bool) (string, config.Place) {
	set := e.view.ClientTLS(e.service, e.port, e.subset)
	switch {
	case set.IsSet():
		return setReason(set, encrypted), set.At
	case encrypted:
		return "automatic mutual TLS: " + takesReason(to), config.Place{}
	}
	if e.service.External {
		return "no DestinationRule sets TLS", config.Place{}
	}
	why, at := e.notAutomatic(to)
	return "no automatic mutual TLS: " + why, at
}

// setReason is what a rule says of TLS.
func setReason(set config.Setting[*networking.ClientTLSSettings], encrypted bool) string {
	o, mode := set.At.Object, set.Value.GetMode()
	text := fmt.Sprintf("%s %s/%s sets %s%s", o.KindName(), o.Namespace, o.Name, mode, levelText(set.At.Field))
	switch {
	case encrypted || mode == networking.ClientTLSSettings_DISABLE:
		return text
	case set.Value.GetCredentialName() != "":
		return text + " with credentialName, which a sidecar uses only if the rule has a workloadSelector"
	case mode == networking.ClientTLSSettings_MUTUAL:
		return text + " without clientCertificate and privateKey"
	}
	return text + ", which this endpoint does not take"
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
	if to != nil && to.Labels[mesh.LabelTLSMode] == "" {
		return "the endpoint has a serviceAccount"
	}
	return "the endpoint has a sidecar"
}

// notAutomatic is why the proxy does not use mutual TLS by itself, and where that is written.
func (e *encryption) notAutomatic(to *mesh.Endpoint) (string, config.Place) {
	disabled := security.PeerAuthentication_MutualTLS_DISABLE
	clients, at := e.view.ClientMutualTLS(e.service)
	switch {
	case !e.view.Mesh.Settings.Config.GetEnableAutoMtls().GetValue():
		return "MeshConfig sets enableAutoMtls: false", config.Place{}
	case clients == disabled:
		return fmt.Sprintf("PeerAuthentication %s/%s disables mutual TLS", at.Object.Namespace, at.Object.Name), at
	case to == nil && e.service.Resolution == mesh.OriginalDst:
		return "not every address of the service is known to take it", config.Place{}
	case to == nil:
		return "the endpoint is not one of the mesh", config.Place{}
	}
	if mode, at := e.view.ServerMutualTLS(to); mode == disabled && to.TLSMode != "disabled" {
		return fmt.Sprintf("PeerAuthentication %s/%s disables mutual TLS at the endpoint", at.Object.Namespace, at.Object.Name), at
	}
	return e.endpointReason(to), config.Place{}
}

// endpointReason is why an endpoint does not announce mutual TLS.
func (e *encryption) endpointReason(to *mesh.Endpoint) string {
	mode, labelled := to.Labels[mesh.LabelTLSMode]
	if labelled && mode != "istio" {
		return fmt.Sprintf("the endpoint has the label %s: %s", mesh.LabelTLSMode, mode)
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
	return fmt.Sprintf("%s has no label %s: istio", name, mesh.LabelTLSMode)
}
