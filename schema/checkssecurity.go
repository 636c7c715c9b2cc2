package schema

import "sem.example/internal/diag"

// securityRules are the checks of PeerAuthentications, AuthorizationPolicies and RequestAuthentications.
var securityRules = []*diag.Check{{
	ID: "SEM090", Title: "ports without selected workloads", Severity: diag.Error, Stage: diag.NoStage,
	Why: "portLevelMtls names ports of workloads, and so is for policies that select workloads; one for a namespace or the mesh has no ports.",
	Fix: "Add a selector with labels, or remove portLevelMtls.",
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
	ID: "SEM093", Title: "provider and action do not go together", Severity: diag.Error, Stage: diag.NoStage,
	Why: "Action CUSTOM asks an extension provider of the mesh configuration, by name. The other actions ask nobody.",
	Fix: "Set action: CUSTOM and provider.name together, or neither.",
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
	ID: "SEM094", Title: "condition that rules of action CUSTOM do not know", Severity: diag.Error, Stage: diag.NoStage,
	Why: "The proxy asks the provider before it authenticates the request, so identities of clients and tokens are not known yet.",
	Fix: "Choose the requests by address, host, port, method, path or header, and let the provider decide on identities.",
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
