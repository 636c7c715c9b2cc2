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
	Title:    "ConfigMap of another namespace as credential",
	Severity: diag.Error,
	Stage:    diag.NoStage,
	Why:      `configmap://namespace/name names a ConfigMap with the authorities that the server is verified with. A rule may read those of its own namespace only.`,
	Fix:      `Put the ConfigMap into the namespace of the rule, and name both: configmap://namespace/name.`,
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
				r.at(p.Sub("tls.credentialName"), "credentialName must be configmap://%s/name", o.Namespace).rejected()
			case parts[0] != o.Namespace:
				r.at(p.Sub("tls.credentialName"), "the ConfigMap is in namespace %q, and the rule in %q", parts[0], o.Namespace).rejected()
			}
		}
	})
}
