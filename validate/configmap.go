package validate

import (
	"strings"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM069",
	Title:    "credential is a ConfigMap in another namespace",
	Severity: diag.Error,
	Rejects:  true,
	Stage:    diag.NoStage,
	Why: `configmap://namespace/name refers to a ConfigMap with the CA certificates that verify the server. A DestinationRule may read only
ConfigMaps in its own namespace.`,
	Fix: `Move the ConfigMap to the namespace of the DestinationRule, and write configmap://namespace/name.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec: {host: api.example.com, trafficPolicy: {tls: {mode: SIMPLE, credentialName: "configmap://certs/ca"}}}
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec: {host: api.example.com, trafficPolicy: {tls: {mode: SIMPLE, credentialName: "configmap://shop/ca"}}}
`,
}, configMap)

func configMap(s *facts.Set, r *reporter) {
	facts.Each(s.Documents, "DestinationRule", func(o *config.Object, spec *networking.DestinationRule) {
		for _, p := range facts.Policies(o, spec) {
			at, ok := strings.CutPrefix(p.TLS.GetCredentialName(), "configmap://")
			if !ok {
				continue
			}
			parts := strings.Split(at, "/")
			switch {
			case len(parts) < 2 || parts[0] == "" || parts[1] == "":
				r.at(p.Sub("tls.credentialName"), "credentialName must be configmap://NAMESPACE/NAME, with namespace %s", o.Namespace).
					help("write configmap://%s/NAME", o.Namespace).rejected()
			case parts[0] != o.Namespace:
				r.at(p.Sub("tls.credentialName"), "a DestinationRule in namespace %q cannot read a ConfigMap in namespace %q", o.Namespace, parts[0]).
					help("move the ConfigMap to namespace %[1]s, and write configmap://%[1]s/%[2]s", o.Namespace, parts[1]).rejected()
			}
		}
	})
}
