package schema

import "sem.example/internal/diag"

// gatewayAPIRules are the checks of the resources of the Gateway API.
var gatewayAPIRules = []*diag.Check{{
	ID: "SEM340", Title: "field of the Gateway API does not fit its type or protocol", Severity: diag.Error, Stage: diag.NoStage,
	Why: "Many structures of the Gateway API have a type, which says what the other fields have to hold: the settings of a filter are in the field of its type, the path " +
		"of a prefix begins with a slash, and only listeners of protocol HTTPS and TLS have tls. The API server rejects the others.",
	Fix: "Remove the field, or change the type.",
	Wrong: `apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: cart, namespace: shop}
spec:
  parentRefs: [{name: edge}]
  rules:
  - matches: [{path: {value: cart}}]
    backendRefs: [{name: cart, port: 80}]
`,
	Right: `apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: cart, namespace: shop}
spec:
  parentRefs: [{name: edge}]
  rules:
  - matches: [{path: {value: /cart}}]
    backendRefs: [{name: cart, port: 80}]
`,
}}
