package schema

import "sem.example/internal/diag"

// securityRules are the checks of PeerAuthentications, AuthorizationPolicies and RequestAuthentications.
var securityRules = []*diag.Check{{
	ID: "SEM090", Title: "portLevelMtls without a workload selector", Severity: diag.Error, Stage: diag.NoStage,
	Why: "portLevelMtls only applies to policies that select workloads; a policy for a namespace or the mesh cannot set it.",
	Fix: "Add a selector with matchLabels, or remove portLevelMtls.",
	Wrong: `apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: default, namespace: shop}
spec: {portLevelMtls: {"8080": {mode: DISABLE}}}
`,
	Right: `apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: web, namespace: shop}
spec: {selector: {matchLabels: {app: web}}, portLevelMtls: {"8080": {mode: DISABLE}}}
`,
}, {
	ID: "SEM093", Title: "provider and action do not match", Severity: diag.Error, Stage: diag.NoStage,
	Why: "Action CUSTOM delegates the decision to an extension provider of MeshConfig. The other actions do not use a provider.",
	Fix: "Set both action: CUSTOM and provider.name, or neither.",
	Wrong: `apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: web, namespace: shop}
spec: {action: DENY, provider: {name: opa}, rules: [{}]}
`,
	Right: `apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: web, namespace: shop}
spec: {action: CUSTOM, provider: {name: opa}, rules: [{}]}
`,
}, {
	ID: "SEM094", Title: "condition is not supported with action CUSTOM", Severity: diag.Error, Stage: diag.NoStage,
	Why: "Istio does not support source identities (principals, namespaces) and JWT claims in rules with action CUSTOM, because the provider is called before the request is authenticated.",
	Fix: "Match by IP address, host, port, method, path or header, and let the provider check identities.",
	Wrong: `apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: web, namespace: shop}
spec: {action: CUSTOM, provider: {name: opa}, rules: [{from: [{source: {namespaces: [web]}}]}]}
`,
	Right: `apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: web, namespace: shop}
spec: {action: CUSTOM, provider: {name: opa}, rules: [{to: [{operation: {paths: [/admin]}}]}]}
`,
}}
