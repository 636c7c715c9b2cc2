package schema

import "sem.example/internal/diag"

// virtualServiceRules are the checks of VirtualServices.
var virtualServiceRules = []*diag.Check{{
	ID: "SEM070", Title: "delegate has more than HTTP rules", Severity: diag.Error, Stage: diag.NoStage,
	Why: "A VirtualService without hosts is a delegate: another one includes its HTTP rules and says for which hosts and gateways they hold. " +
		"A delegate cannot delegate again.",
	Fix: "Add hosts if this is no delegate; otherwise leave only http rules that route.",
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
	ID: "SEM071", Title: "host * on the sidecars of the mesh", Severity: diag.Error, Stage: diag.NoStage,
	Why: "On a gateway the host * is everything that reaches the gateway. On sidecars it would be everything that any workload calls, so Istio rejects it.",
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
	ID: "SEM072", Title: "actions of a rule exclude each other", Severity: diag.Error, Stage: diag.NoStage,
	Why: "A rule does one thing with a request: it routes it, redirects, answers by itself, or leaves that to a delegate. Rewrites and faults belong to routing. " +
		"A redirect that replaces a prefix needs to know which prefix matched.",
	Fix: "Split the rule, one for each action.",
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
	Why: "attempts: 0, or a retries block without attempts, means that nothing is retried; the other settings would have no effect.",
	Fix: "Set attempts, or leave the other settings out.",
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
	ID: "SEM076", Title: "fault is of a kind that is not supported", Severity: diag.Error, Stage: diag.NoStage,
	Why: "The API names these fields, but Istio never implemented them.",
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
