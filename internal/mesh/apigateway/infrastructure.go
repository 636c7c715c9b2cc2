package apigateway

import (
	"strings"

	"sem.example/internal/config"
	"sem.example/internal/gatewayapi"
)

// checkInfrastructure records why istiod does not deploy a Gateway as it asks, and what is wrong with the certificate that it has for
// backends.
func (t statusChecker) checkInfrastructure(o *config.Object, spec gatewayapi.GatewaySpec) {
	if spec.Managed() {
		t.checkParameters(o, spec)
	}
	if spec.TLS != nil && spec.TLS.Backend != nil && spec.TLS.Backend.ClientCertificateRef != nil {
		t.checkClientCertificate(o, *spec.TLS.Backend.ClientCertificateRef)
	}
}

// checkParameters records the parameters of a deployment that istiod's controller cannot use: with them, it deploys nothing.
func (t statusChecker) checkParameters(o *config.Object, spec gatewayapi.GatewaySpec) {
	const nothing = ": istiod deploys nothing for the Gateway"
	c := Condition{Type: programmed, Reason: "AddressNotUsable", At: config.At(o, "spec.gatewayClassName")}
	for _, m := range t.registry.Objects("ConfigMap") {
		if m.Namespace == t.registry.Settings.Config.GetRootNamespace() && m.Labels[gatewayapi.ClassDefaults] == spec.GatewayClassName {
			t.checkKeys(c, m)
		}
	}
	c.At = config.At(o, "spec.infrastructure.parametersRef")
	name, fault := spec.Parameters()
	switch m := t.object("ConfigMap", o.Namespace, name); {
	case fault != "":
		c.Message = fault + nothing
		t.status.fail(c)
	case name != "" && m == nil:
		c.Missing = Missing{"ConfigMap", o.Namespace, name}
		c.Message = "ConfigMap " + o.Namespace + "/" + name + " does not exist" + nothing
		t.status.fail(c)
	case name != "":
		t.checkKeys(c, m)
	}
}

// checkKeys records a key of parameters that istiod's controller cannot use.
func (t statusChecker) checkKeys(c Condition, m *config.Object) {
	if key, why := config.UnusableParameter(m); key != "" {
		c.Other = config.At(m, "data").Key(key)
		c.Message = why + " of " + named(m) + ", and deploys nothing for the Gateway"
		t.status.fail(c)
	}
}

// checkClientCertificate records what is wrong with the certificate for backends, or else that Istio has no use for it.
func (t statusChecker) checkClientCertificate(o *config.Object, ref gatewayapi.ObjectReference) {
	at := config.At(o, "spec.tls.backend.clientCertificateRef")
	c := Condition{Type: resolvedRefs, Reason: "InvalidClientCertificateRef", At: at, Message: t.certificate(o, ref)}
	switch namespace := value(ref.Namespace, o.Namespace); {
	case strings.HasPrefix(c.Message, notGranted):
		c.Reason = "RefNotPermitted"
	case normal(ref, "", "Secret") == "Secret" && t.object("Secret", namespace, ref.Name) == nil:
		c.Missing = Missing{"Secret", namespace, ref.Name}
	}
	if c.Message != "" {
		t.status.fail(c)
	}
	if c.Message == "" || c.Missing != (Missing{}) {
		t.status.fail(Condition{Type: ignoredField, At: at, Message: "Istio does not present this certificate to any backend"})
	}
}
