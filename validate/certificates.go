package validate

import (
	"strings"
	"time"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM316",
	Title:    "certificate of a gateway cannot be used",
	Severity: diag.Error,
	Stage:    diag.NoStage,
	Alone:    true,
	Why: `The Secret of credentialName holds a certificate that cannot be parsed, a key that does not belong to it, or a certificate that has
expired. istiod sends no certificate that cannot be parsed, and connections are reset; clients refuse one that has expired.`,
	Fix: `Renew the certificate, and store the chain as tls.crt and its key as tls.key, both as PEM.`,
	Wrong: `
apiVersion: apps/v1
kind: Deployment
metadata: {name: ingress, namespace: istio-system}
spec:
  template:
    metadata: {labels: {istio: ingressgateway}}
    spec: {}
---
apiVersion: v1
kind: Secret
metadata: {name: web-tls, namespace: istio-system}
type: kubernetes.io/tls
stringData: {tls.crt: "the certificate", tls.key: "the key"}
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: shop}
spec:
  selector: {istio: ingressgateway}
  servers:
  - port: {number: 443, name: https, protocol: HTTPS}
    hosts: [shop.example.com]
    tls: {mode: SIMPLE, credentialName: web-tls}
`,
	Right: `
apiVersion: apps/v1
kind: Deployment
metadata: {name: ingress, namespace: istio-system}
spec:
  template:
    metadata: {labels: {istio: ingressgateway}}
    spec: {}
---
apiVersion: v1
kind: Secret
metadata: {name: web-tls, namespace: istio-system}
type: kubernetes.io/tls
stringData: {tls.crt: "", tls.key: ""}
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: shop}
spec:
  selector: {istio: ingressgateway}
  servers:
  - port: {number: 443, name: https, protocol: HTTPS}
    hosts: [shop.example.com]
    tls: {mode: SIMPLE, credentialName: web-tls}
`,
	Aliases: []string{"IST0161"},
}, badCertificate)

func badCertificate(s *facts.Set, r *reporter) {
	now := time.Now()
	for _, o := range s.WantedObjects("Gateway") {
		spec, ok := o.Spec.(*networking.Gateway)
		if !ok {
			continue
		}
		for i, server := range spec.GetServers() {
			credential := server.GetTls().GetCredentialName()
			if credential == "" || strings.Contains(credential, "://") {
				continue
			}
			at := facts.At(o, "spec.servers").Item(i).Sub("tls.credentialName")
			for namespace := range s.Workloads.GatewayNamespaces(o, spec) {
				if secret := s.Mesh.Object("Secret", namespace, credential); secret != nil {
					certificate(r, at, secret, now)
				}
			}
		}
	}
}

// certificate reports what is wrong with the certificate of a Secret.
func certificate(r *reporter, at facts.Place, o *config.Object, now time.Time) {
	spec, ok := o.Spec.(*config.Secret)
	if !ok {
		return
	}
	switch c := spec.Certificate; {
	case c.Fault != "":
		r.at(at, "the certificate of Secret %s/%s cannot be used: %s", o.Namespace, o.Name, c.Fault).
			help("store the certificate chain as tls.crt and its key as tls.key, both as PEM").related(facts.At(o, c.Field), "the value")
	case !c.NotAfter.IsZero() && c.NotAfter.Before(now):
		r.at(at, "the certificate of Secret %s/%s expired on %s", o.Namespace, o.Name, c.NotAfter.UTC().Format(time.DateOnly)).
			help("renew the certificate").related(facts.At(o, c.Field), "the certificate")
	}
}
