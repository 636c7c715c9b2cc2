package world

import (
	"sem.example/internal/config"
	"sem.example/internal/gatewayapi"
)

// certificates adds the Secrets that the listeners of Gateways name and the input does not have: they are rarely kept with the
// rest of the configuration, and istiod has a listener serve only if it can read its certificate.
func (c *completer) certificates() {
	for _, o := range c.inputs.gateways {
		if spec := config.Spec[*gatewayapi.Gateway](o).Spec; !o.Live && c.istioServes(spec.GatewayClassName) {
			c.certificatesOf(o, spec.Listeners)
		}
	}
	for _, o := range c.inputs.listenerSets {
		if !o.Live {
			c.certificatesOf(o, config.Spec[*gatewayapi.ListenerSet](o).Spec.Listeners)
		}
	}
}

// certificatesOf adds the Secrets that listeners name, unless the input has others in the namespace.
func (c *completer) certificatesOf(o *config.Object, listeners []gatewayapi.Listener) {
	for _, l := range listeners {
		if l.TLS == nil || l.TLS.Mode == "Passthrough" {
			continue
		}
		for _, ref := range l.TLS.CertificateRefs {
			if !isSecret(ref) {
				continue
			}
			at := key{"Secret", o.Namespace, ref.Name}
			if ref.Namespace != nil {
				at.namespace = *ref.Namespace
			}
			if c.inputs.secrets[at.namespace] || c.inputs.named[at] != nil {
				continue
			}
			c.add(o, at.kind, config.Meta{Namespace: at.namespace, Name: at.name}, &config.Secret{Type: "kubernetes.io/tls", Keys: []string{"tls.crt", "tls.key"}})
			c.inputs.named[at] = o
			c.assume(Assumption{
				What: Secret, Object: o, Field: "spec.listeners",
				Message: "Secret " + at.namespace + "/" + at.name + " has a certificate",
				Because: "listener " + l.Name + " of " + nameOf(o) + " uses it, and the input has no Secrets of the namespace",
			})
		}
	}
}

func isSecret(ref gatewayapi.ObjectReference) bool {
	return (ref.Group == nil || *ref.Group == "") && (ref.Kind == nil || *ref.Kind == "Secret")
}
