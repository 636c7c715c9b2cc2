package validate

import (
	"slices"

	security "istio.io/api/security/v1beta1"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM308",
	Title:    "policy uses a provider that MeshConfig does not define",
	Severity: diag.Error,
	Stage:    diag.NoStage,
	Alone:    true,
	Why: `A policy with action CUSTOM asks an extension provider of MeshConfig. This one is not defined there: istiod denies all requests that the
rules of the policy match.`,
	Fix: `Correct the name, or define the provider in extensionProviders of MeshConfig.`,
	Wrong: `
apiVersion: v1
kind: ConfigMap
metadata: {name: istio, namespace: istio-system}
data:
  mesh: |
    extensionProviders:
    - name: oauth
      envoyExtAuthzHttp: {service: oauth.auth.svc.cluster.local, port: 80}
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: web, namespace: shop}
spec:
  action: CUSTOM
  provider: {name: oauth2}
  rules: [{to: [{operation: {paths: [/admin]}}]}]
`,
	Right: `
apiVersion: v1
kind: ConfigMap
metadata: {name: istio, namespace: istio-system}
data:
  mesh: |
    extensionProviders:
    - name: oauth
      envoyExtAuthzHttp: {service: oauth.auth.svc.cluster.local, port: 80}
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: web, namespace: shop}
spec:
  action: CUSTOM
  provider: {name: oauth}
  rules: [{to: [{operation: {paths: [/admin]}}]}]
`,
}, missingProvider)

func missingProvider(s *facts.Set, r *reporter) {
	if s.Mesh.Settings.Object == nil {
		return // nobody knows what it defines
	}
	names := s.ExtensionProviders()
	facts.Each(s.Documents, "AuthorizationPolicy", func(o *config.Object, spec *security.AuthorizationPolicy) {
		name := spec.GetProvider().GetName()
		if spec.GetAction() != security.AuthorizationPolicy_CUSTOM || name == "" || slices.Contains(names, name) {
			return
		}
		f := r.at(facts.At(o, "spec.provider.name"), "MeshConfig defines no extension provider %q: every request that the rules match is denied", name)
		if near := diag.Nearest(name, names); near != "" {
			f.help("did you mean %q?", near)
		}
		f.infoUnless(s.MeshConfigOf(o))
	})
}
