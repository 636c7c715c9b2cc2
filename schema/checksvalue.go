package schema

import "sem.example/internal/diag"

// valueChecks are the checks of single values.
var valueChecks = []*diag.Check{
	unlisted, outOfRange, badHost, badDuration, badAddress, badName, badRegex, exclusive, outOfSize, tooLong, badHeader, annotation, malformed,
}

var unlisted = &diag.Check{
	ID: "SEM023", Title: "value is not allowed", Severity: diag.Error, Stage: diag.NoStage, Fixable: true,
	Why: "The field only accepts the listed values, and they are case-sensitive. The API server rejects any other value.",
	Fix: "Use one of the listed values.",
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
	Why: "Ports are 1 to 65535, percentages 0 to 100, and counts are not negative. The API server or Istio rejects any other number.",
	Fix: "Use a number within the range.",
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
	Why: "A host is a DNS name: labels of letters, digits and inner dashes, separated by dots. It has no scheme, port or path, " +
		"and the wildcard * is only allowed at the start of its first label. IP addresses are only accepted where the finding says so.",
	Fix: "Write only the host name: letters, digits and inner dashes, separated by dots.",
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
	Why: "A duration is a number and a unit (h, m, s, ms), or several of them in a row. Envoy uses whole milliseconds, and most fields need at " +
		"least 1ms. To set no timeout, remove the field.",
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
	Why: "The proxy connects to, and listens on, IP addresses and Unix sockets; it does not resolve names here. A CIDR range is an address, a slash and a prefix length.",
	Fix: "Write an IP address, a CIDR range such as 10.1.0.0/16 where the field accepts one, or unix:// and an absolute path.",
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
	ID: "SEM028", Title: "name or label is malformed", Severity: diag.Error, Stage: diag.NoStage, Fixable: true,
	Why: "Names of ports, subsets and namespaces become parts of DNS names and of Envoy names, so they must be DNS labels; " +
		"label keys and values follow the Kubernetes rules.",
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
	Why: "Envoy uses RE2, which does not support lookaround or backreferences, and the expression must match the whole value. Istio accepts expressions of up to 1024 bytes.",
	Fix: "Write the expression in RE2 syntax; replace a negative lookahead by withoutHeaders or by an earlier rule.",
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
	Aliases: []string{"IST0122"},
}

var exclusive = &diag.Check{
	ID: "SEM030", Title: "fields are mutually exclusive", Severity: diag.Error, Stage: diag.NoStage,
	Why: "The fields are alternatives, so only one of them can be set.",
	Fix: "Keep one of the fields and remove the others.",
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
	Why: "The API server limits the size of lists and maps; some must not be empty, because the resource would have no effect.",
	Fix: "Add or remove items, or split a long list over several resources.",
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
	ID: "SEM032", Title: "string is too short or too long", Severity: diag.Error, Stage: diag.NoStage,
	Why: "The API server limits the length of strings, and rejects an empty string where a value is required.",
	Fix: "Shorten the string, or set a value, or remove the field.",
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
	Why: "Envoy rejects header names that HTTP does not allow, and pseudo-headers cannot be changed, except the :authority of a request. " +
		"In values, % starts a variable such as %REQ(x-id)%.",
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
	Why: "Istio reserves some annotations, and istio.io/dry-run is only supported on AuthorizationPolicies with action ALLOW or DENY.",
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
	Why: "The value does not have the format that the field requires, so Istio cannot use it.",
	Fix: "Write the value in the required format.",
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
