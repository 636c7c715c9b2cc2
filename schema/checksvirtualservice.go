package schema

import "sem.example/internal/diag"

// virtualServiceRules are the checks of VirtualServices.
var virtualServiceRules = []*diag.Check{{
	ID: "SEM070", Title: "delegate has fields other than http", Severity: diag.Error, Stage: diag.NoStage,
	Why: "A VirtualService without hosts is a delegate: a root VirtualService includes its http rules and sets their hosts and gateways. " +
		"A delegate cannot delegate again.",
	Fix: "Add hosts if this is not a delegate; otherwise keep only http rules with routes.",
	Wrong: `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  gateways: [edge]
  http: [{route: [{destination: {host: reviews}}]}]
`,
	Right: `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  http: [{route: [{destination: {host: reviews}}]}]
`,
}, {
	ID: "SEM071", Title: "host * on sidecars", Severity: diag.Error, Stage: diag.NoStage,
	Why: "On a gateway, host * matches everything that reaches the gateway. On sidecars it would match every request of every workload, so Istio rejects it.",
	Fix: "List the hosts, or bind the VirtualService to gateways only.",
	Wrong: `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  hosts: ["*"]
  http: [{route: [{destination: {host: reviews}}]}]
`,
	Right: `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  hosts: ["*"]
  gateways: [edge]
  http: [{route: [{destination: {host: reviews}}]}]
`,
}, {
	ID: "SEM072", Title: "actions of a rule are mutually exclusive", Severity: diag.Error, Stage: diag.NoStage,
	Why: "A rule has one action: route, redirect, directResponse or delegate. Rewrites and faults only apply to routes. " +
		"A redirect with prefixRewrite needs a prefix match.",
	Fix: "Write one rule for each action.",
	Wrong: `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews]
  http:
  - redirect: {uri: /new}
    route: [{destination: {host: reviews}}]
`,
	Right: `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews]
  http:
  - match: [{uri: {prefix: /old}}]
    redirect: {uri: /new}
  - route: [{destination: {host: reviews}}]
`,
}, {
	ID: "SEM074", Title: "retries are configured and turned off", Severity: diag.Error, Stage: diag.NoStage,
	Why: "attempts: 0, or retries without attempts, turns retries off; the other retry settings have no effect.",
	Fix: "Set attempts, or remove the other retry settings.",
	Wrong: `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews]
  http: [{retries: {perTryTimeout: 2s}, route: [{destination: {host: reviews}}]}]
`,
	Right: `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews]
  http: [{retries: {attempts: 3, perTryTimeout: 2s}, route: [{destination: {host: reviews}}]}]
`,
}, {
	ID: "SEM076", Title: "fault type is not supported", Severity: diag.Error, Stage: diag.NoStage,
	Why: "These fields are in the API, but Istio does not implement them.",
	Fix: "Use fixedDelay, httpStatus or grpcStatus.",
	Wrong: `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews]
  http: [{fault: {abort: {http2Error: REFUSED_STREAM, percentage: {value: 10}}}, route: [{destination: {host: reviews}}]}]
`,
	Right: `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews]
  http: [{fault: {abort: {httpStatus: 503, percentage: {value: 10}}}, route: [{destination: {host: reviews}}]}]
`,
}}
