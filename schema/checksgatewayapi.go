package schema

import "sem.example/internal/diag"

// gatewayAPIRules are the checks of the resources of the Gateway API.
var gatewayAPIRules = []*diag.Check{{
	ID: "SEM340", Title: "Gateway API field is not allowed with this type or protocol", Severity: diag.Error, Stage: diag.NoStage,
	Why: "In the Gateway API, the type of a filter or match and the protocol of a listener determine which other fields and values are allowed: a filter has only the settings of its type, a path of type PathPrefix begins with a slash, and only listeners of protocol HTTPS or TLS have tls. The API server rejects other combinations.",
	Fix: "Set a field or value that the type or protocol allows, or change the type or protocol.",
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
