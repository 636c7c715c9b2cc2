package apigateway

import (
	"slices"
	"strconv"
	"strings"

	"google.golang.org/protobuf/types/known/wrapperspb"
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/gatewayapi"
	"sem.example/internal/release"
)

// Options of a listener's TLS that Istio reads.
const (
	terminateMode = "gateway.istio.io/tls-terminate-mode"
	cipherSuites  = "gateway.istio.io/tls-cipher-suites"
)

// frontend is how a Gateway validates the clients of a port; nil where it does not.
func frontend(tls *gatewayapi.GatewayTLS, port uint32) *gatewayapi.FrontendValidation {
	if tls == nil || tls.Frontend == nil {
		return nil
	}
	for _, p := range tls.Frontend.PerPort {
		if p.Port == port {
			return p.TLS.Validation
		}
	}
	return tls.Frontend.Default.Validation
}

// serverTLS translates the TLS settings of a listener. The fault is why the listener cannot serve.
func (t *translator) serverTLS(owner *config.Object, l gatewayapi.Listener, clients *gatewayapi.FrontendValidation) (out *networking.ServerTLSSettings, fault string) {
	out = &networking.ServerTLSSettings{}
	if l.TLS.Mode == "Passthrough" {
		out.Mode = networking.ServerTLSSettings_PASSTHROUGH
		if autoPassthrough(owner, l) {
			out.Mode = networking.ServerTLSSettings_AUTO_PASSTHROUGH
		}
	} else {
		var whole bool
		if whole, fault = t.terminate(out, owner, l.TLS); whole || fault != "" {
			return out, fault
		}
		if fault = t.validateClients(out, owner, l.TLS, clients); fault != "" {
			return out, fault
		}
	}
	if !t.has(release.CipherSuiteOption) {
		return out, ""
	}
	for _, suite := range strings.Split(l.TLS.Options[cipherSuites], ",") {
		if suite = strings.TrimSpace(suite); suite != "" {
			out.CipherSuites = append(out.CipherSuites, suite)
		}
	}
	return out, ""
}

// terminate makes a server end TLS. It reports whether the settings need no certificates beside the proxy's own.
func (t *translator) terminate(out *networking.ServerTLSSettings, owner *config.Object, tls *gatewayapi.ListenerTLS) (whole bool, fault string) {
	out.Mode = networking.ServerTLSSettings_SIMPLE
	switch tls.Options[terminateMode] {
	case "MUTUAL":
		out.Mode = networking.ServerTLSSettings_MUTUAL
	case "OPTIONAL_MUTUAL":
		out.Mode = networking.ServerTLSSettings_OPTIONAL_MUTUAL
	case "ISTIO_SIMPLE":
		out.CredentialName = "builtin://"
		return true, ""
	case "ISTIO_MUTUAL":
		out.Mode = networking.ServerTLSSettings_ISTIO_MUTUAL
		return true, ""
	}
	if len(tls.CertificateRefs) > 2 {
		return false, "a listener has at most two certificates"
	}
	names := make([]string, len(tls.CertificateRefs))
	valid := 0
	for i, ref := range tls.CertificateRefs {
		why := t.certificate(owner, ref)
		if why != "" {
			fault = why
			continue
		}
		names[i] = "kubernetes-gateway://" + value(ref.Namespace, owner.Namespace) + "/" + ref.Name
		valid++
	}
	switch valid {
	case 0:
		return false, fault
	case 1:
		out.CredentialName = names[0]
	default:
		out.CredentialNames = names
	}
	return false, ""
}

// notGranted begins the reason why a reference to another namespace cannot be used.
const notGranted = "no ReferenceGrant"

// certificate returns why a reference to a certificate cannot be used; "" where it can.
func (t *translator) certificate(owner *config.Object, ref gatewayapi.ObjectReference) string {
	namespace := value(ref.Namespace, owner.Namespace)
	name := namespace + "/" + ref.Name
	if normal(ref, "", "Secret") != "Secret" {
		return "a certificate is a Secret"
	}
	if !t.allowed(owner, "Secret", namespace, ref.Name) {
		return notGranted + " lets it use the Secret " + name
	}
	o := t.object("Secret", namespace, ref.Name)
	if o == nil {
		return "the Secret " + name + " is not in the input"
	}
	has := func(keys ...string) bool {
		return !slices.ContainsFunc(keys, func(k string) bool { return !slices.Contains(config.Spec[*config.Secret](o).Keys, k) })
	}
	if !has("tls.crt", "tls.key") && !has("cert", "key") {
		return "the Secret " + name + " holds no certificate with its key"
	}
	return ""
}

// missingCertificate is the first object with certificates that a listener names and that the input does not have: a Secret, or the
// authorities of clients.
func (t *translator) missingCertificate(owner *config.Object, tls *gatewayapi.ListenerTLS, clients *gatewayapi.FrontendValidation) Missing {
	absent := func(ref gatewayapi.ObjectReference, kind string) bool {
		namespace := value(ref.Namespace, owner.Namespace)
		return t.object(kind, namespace, ref.Name) == nil && t.allowed(owner, kind, namespace, ref.Name)
	}
	for _, ref := range tls.CertificateRefs {
		if kind := normal(ref, "", "Secret"); kind == "Secret" && absent(ref, kind) {
			return Missing{kind, value(ref.Namespace, owner.Namespace), ref.Name}
		}
	}
	if clients != nil && len(clients.CACertificateRefs) == 1 {
		ref := clients.CACertificateRefs[0]
		if kind := normal(ref, "", ""); (kind == "ConfigMap" || kind == "Secret") && absent(ref, kind) {
			return Missing{kind, value(ref.Namespace, owner.Namespace), ref.Name}
		}
	}
	return Missing{}
}

// validateClients makes a server ask for the certificates of clients, as the Gateway asks for all its listeners.
func (t *translator) validateClients(out *networking.ServerTLSSettings, owner *config.Object, tls *gatewayapi.ListenerTLS, v *gatewayapi.FrontendValidation) string {
	if v == nil || len(v.CACertificateRefs) == 0 {
		return ""
	}
	if len(v.CACertificateRefs) > 1 {
		return "only one caCertificateRef is supported"
	}
	ref := v.CACertificateRefs[0]
	namespace, kind := value(ref.Namespace, owner.Namespace), normal(ref, "", "")
	name := namespace + "/" + ref.Name
	if !t.allowed(owner, kind, namespace, ref.Name) {
		return notGranted + " lets it use the " + kind + " " + name
	}
	if kind != "ConfigMap" && kind != "Secret" {
		return "authorities are in a ConfigMap or a Secret"
	}
	switch o := t.object(kind, namespace, ref.Name); {
	case o == nil:
		return "the " + kind + " " + name + " is not in the input"
	case kind == "ConfigMap" && !holdsAuthorities(config.Spec[*config.ConfigMap](o)),
		kind == "Secret" && !slices.ContainsFunc(config.Spec[*config.Secret](o).Keys, func(key string) bool { return key == "ca.crt" || key == "cacert" }):
		return "the " + kind + " " + name + " has no certificate authorities under ca.crt"
	}
	scheme := map[string]string{"ConfigMap": "configmap", "Secret": "kubernetes-gateway"}[kind]
	out.CaCertCredentialName = scheme + "://" + name + "-cacert"
	out.Mode, out.InsecureSkipVerify = networking.ServerTLSSettings_MUTUAL, wrapperspb.Bool(false)
	if v.Mode == "AllowInsecureFallback" && t.has(release.InsecureFallback) {
		out.Mode, out.InsecureSkipVerify = networking.ServerTLSSettings_OPTIONAL_MUTUAL, wrapperspb.Bool(true)
	}
	mode := tls.Options[terminateMode]
	if !t.has(release.TerminateModeOfClients) {
		mode = ""
	}
	switch mode {
	case "MUTUAL":
		out.Mode, out.InsecureSkipVerify = networking.ServerTLSSettings_MUTUAL, wrapperspb.Bool(false)
	case "OPTIONAL_MUTUAL":
		out.Mode, out.InsecureSkipVerify = networking.ServerTLSSettings_OPTIONAL_MUTUAL, wrapperspb.Bool(false)
	}
	return ""
}

// autoPassthrough reports whether a listener passes on what clients of other networks send: it says so, or it has the port of
// a gateway between networks.
func autoPassthrough(owner *config.Object, l gatewayapi.Listener) bool {
	if l.TLS.Options["gateway.istio.io/listener-protocol"] == "auto-passthrough" {
		return true
	}
	if _, network := owner.Labels["topology.istio.io/network"]; !network {
		return false
	}
	port := "15443"
	if own := owner.Labels["networking.istio.io/gatewayPort"]; own != "" {
		port = own
	}
	return strconv.Itoa(int(l.Port)) == port
}
