package cluster

import (
	"strings"

	networking "istio.io/api/networking/v1alpha3"
	security "istio.io/api/security/v1beta1"

	"sem.example/internal/config"
	"sem.example/internal/mesh"
	"sem.example/internal/mesh/trafficpolicy"
	"sem.example/internal/release"
)

// A TLSReason is why the proxy sends an endpoint TLS, or plaintext.
type TLSReason int

// The reasons.
const (
	TLSSet                TLSReason = iota + 1 // a policy sets it; At is the setting
	TLSSetElsewhere                            // a policy sets it, and the endpoint is not one that it is for
	CredentialNotReadable                      // a policy sets it from a Secret that sidecars may not read for it
	CertificateMissing                         // a policy sets MUTUAL without a certificate
	ServiceExternal                            // no policy sets it, and the service is outside the mesh
	AutoMTLSOff                                // MeshConfig turns automatic mutual TLS off
	ClientsDisabled                            // a PeerAuthentication disables it in the service's namespace or the mesh
	SomeEndpointLacksTLS                       // the application chooses the endpoint, and not every one takes mutual TLS
	EndpointsMarked                            // a policy for other ports sets TLS of another kind, and endpoints are marked by it
	EndpointUnknown                            // the endpoint is not one of the service's
	EndpointDisabled                           // a PeerAuthentication disables it for the endpoint
	EndpointLacksTLS                           // the endpoint does not announce it
	Automatic                                  // nothing sets or prevents it, and the endpoint announces it
)

// An Encryption is what decided about TLS to an endpoint.
type Encryption struct {
	Reason TLSReason
	Mode   networking.ClientTLSSettings_TLSmode // that a policy sets
	At     config.Place                         // what decided; zero where no document did
}

// EncryptionTo returns what decides about TLS from a proxy to an endpoint of a service; the endpoint is nil where the service
// has none of the address that is dialled.
func EncryptionTo(view *mesh.View, s *mesh.Service, port *mesh.Port, subset string, to *mesh.Endpoint) Encryption {
	d := &destination{service: s, port: port, subset: subset, rule: view.DestinationRule(s)}
	policy := trafficpolicy.Default(view.Mesh.Settings.Config.GetDefaultTrafficPolicy(), meshField(view, "defaultTrafficPolicy"))
	d.policy = &policy
	d.policy.Apply(d.rule, port.Number, subset)
	if set := d.policy.TLS.Setting; set.IsSet() {
		return Encryption{setReason(view, d, set.Value, to), set.Value.GetMode(), set.At}
	}
	e := automaticTLS(view, d)
	if e.Reason != Automatic && (e.Reason != SomeEndpointLacksTLS || to == nil) {
		return e
	}
	at, disabled := serverDisables(view, to)
	if set := endpointTLS(view, d); set.IsSet() && set.Value.GetMode() != networking.ClientTLSSettings_ISTIO_MUTUAL {
		return Encryption{EndpointsMarked, set.Value.GetMode(), set.At}
	}
	switch {
	case to == nil:
		e.Reason = EndpointUnknown
	case to.TLSMode != mutualTLS:
		e.Reason = EndpointLacksTLS
	case disabled:
		e.Reason, e.At = EndpointDisabled, at
	}
	return e
}

// setReason is what comes of a policy that sets TLS.
func setReason(view *mesh.View, d *destination, tls *networking.ClientTLSSettings, to *mesh.Endpoint) TLSReason {
	switch {
	case withholdsCredential(view, d, tls):
		return CredentialNotReadable
	case lacksCertificate(tls):
		return CertificateMissing
	case to != nil && tls.GetMode() == networking.ClientTLSSettings_ISTIO_MUTUAL && !takesTLS(view, d, to):
		return TLSSetElsewhere
	}
	return TLSSet
}

// automaticTLS returns [Automatic] where endpoints of the destination may be sent mutual TLS that no rule asks for, or what
// prevents it. Where the application chooses the endpoint, all of them must take it.
func automaticTLS(view *mesh.View, d *destination) Encryption {
	if d.service.External {
		return Encryption{Reason: ServiceExternal}
	}
	if !view.Mesh.Settings.Config.GetEnableAutoMtls().GetValue() {
		return Encryption{Reason: AutoMTLSOff, At: view.Mesh.Settings.PlaceOf("enableAutoMtls")}
	}
	if mode, at := view.ClientMutualTLS(d.service); mode == security.PeerAuthentication_MutualTLS_DISABLE {
		return Encryption{Reason: ClientsDisabled, At: at}
	}
	own := d.rule.HostPolicy()
	if d.subset != "" {
		own = d.rule.SubsetPolicy(d.subset)
	}
	chosenByApplication := d.service.Resolution == mesh.OriginalDst || own != nil && dialsAsCalled(own.LoadBalancer.Value)
	if chosenByApplication && !allTakeTLS(view.Instances(d.service, d.port)) {
		return Encryption{Reason: SomeEndpointLacksTLS}
	}
	return Encryption{Reason: Automatic}
}

func allTakeTLS(endpoints []*mesh.Endpoint) bool {
	for _, e := range endpoints {
		if e.TLSMode == "disabled" {
			return false
		}
	}
	return len(endpoints) > 0
}

// endpointTLS is the policy by which endpoints are marked as taking mutual TLS or not.
func endpointTLS(view *mesh.View, d *destination) config.Setting[*networking.ClientTLSSettings] {
	return d.rule.EndpointTLS(d.port.Number, d.subset, view.Mesh.Settings.Release.Has(release.SubsetTLSModeFallback))
}

// serverDisables reports whether a PeerAuthentication disables mutual TLS for an endpoint, and where.
func serverDisables(view *mesh.View, e *mesh.Endpoint) (config.Place, bool) {
	if e == nil {
		return config.Place{}, false
	}
	mode, at := view.ServerMutualTLS(e)
	return at, mode == security.PeerAuthentication_MutualTLS_DISABLE
}

// withholdsCredential reports whether a sidecar goes without TLS because the rule names a Secret: sidecars may read those
// only for rules that select their workload.
func withholdsCredential(view *mesh.View, d *destination, tls *networking.ClientTLSSettings) bool {
	if tls.GetCredentialName() == "" || strings.HasPrefix(tls.GetCredentialName(), "configmap://") {
		return false
	}
	mode := tls.GetMode()
	return !view.IsGateway() && (d.rule == nil || d.rule.Selector == nil) &&
		(mode == networking.ClientTLSSettings_SIMPLE || mode == networking.ClientTLSSettings_MUTUAL)
}

// lacksCertificate reports whether settings ask for a certificate and name none, so istiod leaves the cluster without TLS.
func lacksCertificate(tls *networking.ClientTLSSettings) bool {
	return tls.GetMode() == networking.ClientTLSSettings_MUTUAL && tls.GetCredentialName() == "" &&
		(tls.GetClientCertificate() == "" || tls.GetPrivateKey() == "")
}
