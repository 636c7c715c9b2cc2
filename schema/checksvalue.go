package schema

import "sem.example/internal/diag"

// valueChecks are the checks of single values.
var valueChecks = []*diag.Check{
	unlisted, outOfRange, badHost, badDuration, badAddress, badName, badRegex, exclusive, outOfSize, tooLong, badHeader, annotation, malformed,
}

var unlisted = &diag.Check{
	ID: "SEM023", Title: "value is none of those allowed", Severity: diag.Error, Stage: diag.NoStage,
	Why: "The field has a closed list of values, in which upper and lower case matter. The API server rejects any other.",
	Fix: "Use one of the values that the finding lists.",
	Wrong: `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 443, name: tls, protocol: TLS}]
  resolution: dns
`,
	Right: `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 443, name: tls, protocol: TLS}]
  resolution: DNS
`,
}

var outOfRange = &diag.Check{
	ID: "SEM024", Title: "number is out of range", Severity: diag.Error, Stage: diag.NoStage,
	Why: "The number means nothing to the proxy: ports go from 1 to 65535, percentages from 0 to 100, counts are not negative.",
	Fix: "Use a number within the limits that the finding names.",
	Wrong: `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  resolution: DNS
  ports: [{number: 70000, name: tls, protocol: TLS}]
`,
	Right: `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  resolution: DNS
  ports: [{number: 7000, name: tls, protocol: TLS}]
`,
}

var badHost = &diag.Check{
	ID: "SEM025", Title: "host name is malformed", Severity: diag.Error, Stage: diag.NoStage,
	Why: "A host is a DNS name: labels of letters, digits and inner dashes, separated by dots. Scheme, port and path are no part of it, " +
		"and a wildcard * stands for the beginning of its first label only. An IP address is a host only where the field says so.",
	Fix: "Write the bare name. Ports have fields of their own.",
	Wrong: `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: ["https://api.example.com"]
  ports: [{number: 443, name: tls, protocol: TLS}]
`,
	Right: `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 443, name: tls, protocol: TLS}]
`,
}

var badDuration = &diag.Check{
	ID: "SEM026", Title: "duration is malformed", Severity: diag.Error, Stage: diag.NoStage,
	Why: "Durations are a number and a unit (h, m, s, ms), or several of them in a row. The proxy counts whole milliseconds, and most fields need at " +
		"least one: to have no timeout, leave the field out.",
	Fix: "Write a duration such as 500ms, 1.5s or 1h30m.",
	Wrong: `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews]
  http:
  - timeout: 0s
    route: [{destination: {host: reviews}}]
`,
	Right: `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews]
  http:
  - timeout: 10s
    route: [{destination: {host: reviews}}]
`,
}

var badAddress = &diag.Check{
	ID: "SEM027", Title: "address is malformed", Severity: diag.Error, Stage: diag.NoStage,
	Why: "The proxy connects to, and listens on, IP addresses and Unix sockets; it looks nothing up here. A range is an address, a slash and the number of its fixed bits.",
	Fix: "Write an IP address, a range such as 10.1.0.0/16 where the field takes one, or unix:// and an absolute path.",
	Wrong: `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: db, namespace: shop}
spec:
  hosts: [db.example.com]
  addresses: [10.1.2.300]
  ports: [{number: 5432, name: tcp, protocol: TCP}]
`,
	Right: `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: db, namespace: shop}
spec:
  hosts: [db.example.com]
  addresses: [10.1.2.30]
  ports: [{number: 5432, name: tcp, protocol: TCP}]
`,
}

var badName = &diag.Check{
	ID: "SEM028", Title: "name or label is malformed", Severity: diag.Error, Stage: diag.NoStage,
	Why: "Names of ports, subsets, namespaces and the like become parts of DNS names and of names in the proxy, so they follow the rules of DNS labels; " +
		"labels follow those of Kubernetes.",
	Fix: "Use letters, digits and inner dashes, at most 63 characters.",
	Wrong: `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: reviews, namespace: shop}
spec:
  host: reviews
  subsets: [{name: v1_canary, labels: {version: v1}}]
`,
	Right: `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: reviews, namespace: shop}
spec:
  host: reviews
  subsets: [{name: v1-canary, labels: {version: v1}}]
`,
}

var badRegex = &diag.Check{
	ID: "SEM029", Title: "regular expression does not compile", Severity: diag.Error, Stage: diag.NoStage,
	Why: "Envoy uses RE2, which has neither look-around nor back-references, and which has to match the whole text. Istio takes expressions of up to 1024 bytes.",
	Fix: "Write the expression in RE2 syntax. Look-around can often be said by withoutHeaders or by an earlier rule.",
	Wrong: `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews]
  http:
  - match: [{uri: {regex: "/api/(?!internal).*"}}]
    route: [{destination: {host: reviews}}]
`,
	Right: `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews]
  http:
  - match: [{uri: {regex: "/api/v[0-9]+/.*"}}]
    route: [{destination: {host: reviews}}]
`,
}

var exclusive = &diag.Check{
	ID: "SEM030", Title: "fields exclude each other", Severity: diag.Error, Stage: diag.NoStage,
	Why: "Each of the fields answers the same question, so at most one of them can be set.",
	Fix: "Keep the field that says what you mean, and remove the other.",
	Wrong: `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews]
  http:
  - match: [{uri: {exact: /api, prefix: /api/}}]
    route: [{destination: {host: reviews}}]
`,
	Right: `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews]
  http:
  - match: [{uri: {exact: /api}}, {uri: {prefix: /api/}}]
    route: [{destination: {host: reviews}}]
`,
}

var outOfSize = &diag.Check{
	ID: "SEM031", Title: "list or map has too few or too many entries", Severity: diag.Error, Stage: diag.NoStage,
	Why: "The API server limits the size of lists and maps; some must not be empty because the document would say nothing.",
	Fix: "Add or remove entries. Long lists can be split over several documents.",
	Wrong: `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: []
  ports: [{number: 443, name: tls, protocol: TLS}]
`,
	Right: `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 443, name: tls, protocol: TLS}]
`,
}

var tooLong = &diag.Check{
	ID: "SEM032", Title: "text is too short or too long", Severity: diag.Error, Stage: diag.NoStage,
	Why: "The API server limits the length of texts, and refuses an empty one where it would mean nothing.",
	Fix: "Give the text a length within the limits, or leave the field out.",
	Wrong: `apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: {name: jwt, namespace: shop}
spec:
  jwtRules: [{issuer: ""}]
`,
	Right: `apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: {name: jwt, namespace: shop}
spec:
  jwtRules: [{issuer: "https://issuer.example.com"}]
`,
}

var badHeader = &diag.Check{
	ID: "SEM033", Title: "header name or value is malformed", Severity: diag.Error, Stage: diag.NoStage,
	Why: "Envoy refuses headers that HTTP does not know, and does not let pseudo-headers be changed, apart from the authority of a request. " +
		"In values, % begins a variable such as %REQ(x-id)%.",
	Fix: "Correct the name; write %% for a percent sign; use rewrite to change path and authority.",
	Wrong: `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews]
  http:
  - headers: {request: {set: {x-share: "50%"}}}
    route: [{destination: {host: reviews}}]
`,
	Right: `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews]
  http:
  - headers: {request: {set: {x-share: "50%%"}}}
    route: [{destination: {host: reviews}}]
`,
}

var annotation = &diag.Check{
	ID: "SEM036", Title: "annotation is not allowed here", Severity: diag.Error, Stage: diag.NoStage,
	Why: "Istio keeps some annotations to itself, and dry run is a mode of AuthorizationPolicies of action ALLOW and DENY only.",
	Fix: "Remove the annotation.",
	Wrong: `apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: default, namespace: shop, annotations: {istio.io/dry-run: "true"}}
spec: {mtls: {mode: STRICT}}
`,
	Right: `apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: default, namespace: shop}
spec: {mtls: {mode: STRICT}}
`,
}

var malformed = &diag.Check{
	ID: "SEM037", Title: "value is malformed", Severity: diag.Error, Stage: diag.NoStage,
	Why: "The value does not have the form that the field asks for, so that Istio could not use it.",
	Fix: "Write the value in the form that the finding names.",
	Wrong: `apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: {name: jwt, namespace: shop}
spec:
  jwtRules: [{issuer: a, jwksUri: issuer.example.com/keys}]
`,
	Right: `apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: {name: jwt, namespace: shop}
spec:
  jwtRules: [{issuer: a, jwksUri: "https://issuer.example.com/keys"}]
`,
}
