package schema

import "sem.example/internal/diag"

// sharedRules are the checks of what several kinds have in common.
var sharedRules = []*diag.Check{{
	ID: "SEM041", Title: "selector is malformed", Severity: diag.Error, Stage: diag.NoStage,
	Why: "A selector compares labels exactly. A wildcard or an empty key never matches a label, so the resource would select nothing.",
	Fix: "Write the labels in full, or remove the selector to select every workload in the namespace.",
	Wrong: `apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: web, namespace: shop}
spec: {selector: {matchLabels: {app: "web-*"}}}
`,
	Right: `apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: web, namespace: shop}
spec: {selector: {matchLabels: {app: web}}}
`,
}, {
	ID: "SEM042", Title: "targetRef kind is not supported", Severity: diag.Error, Stage: diag.NoStage,
	Why: "targetRefs can point to a Service, ServiceEntry, Gateway or GatewayClass in the same namespace, by group, kind and name.",
	Fix: "Point targetRefs to one of these kinds, or select workloads by their labels with selector.",
	Wrong: `apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: web, namespace: shop}
spec: {targetRefs: [{kind: Deployment, group: apps, name: web}]}
`,
	Right: `apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: web, namespace: shop}
spec: {targetRefs: [{kind: Service, name: web}]}
`,
}}

// serviceEntryRules are the checks of ServiceEntries, WorkloadEntries and WorkloadGroups.
var serviceEntryRules = []*diag.Check{{
	ID: "SEM045", Title: "endpoints and workloadSelector are both set", Severity: diag.Error, Stage: diag.NoStage,
	Why: "endpoints and workloadSelector both define the endpoints of the ServiceEntry; Istio rejects the two together.",
	Fix: "Keep one of them; to use both, turn the listed endpoints into WorkloadEntries that the selector matches.",
	Wrong: `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: db, namespace: shop}
spec:
  hosts: [db.shop.internal]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  endpoints: [{address: 10.0.0.1}]
  workloadSelector: {labels: {app: db}}
`,
	Right: `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: db, namespace: shop}
spec:
  hosts: [db.shop.internal]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  workloadSelector: {labels: {app: db}}
`,
}, {
	ID: "SEM046", Title: "resolution NONE has endpoints", Severity: diag.Error, Stage: diag.NoStage,
	Why: "With resolution NONE, the default, the proxy connects to the original destination. The endpoints would never be used.",
	Fix: "Use resolution STATIC for endpoints with IP addresses and DNS for those with names, or remove the endpoints.",
	Wrong: `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  endpoints: [{address: 10.0.0.1}]
`,
	Right: `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  endpoints: [{address: 10.0.0.1}]
`,
}, {
	ID: "SEM047", Title: "CIDR range with DNS resolution", Severity: diag.Error, Stage: diag.NoStage,
	Why: "A CIDR range covers many servers. Only resolution NONE connects to the address that the application used; DNS resolution would connect to a different one.",
	Fix: "Use resolution NONE, or list a single address.",
	Wrong: `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: db, namespace: shop}
spec:
  hosts: [db.example.com]
  addresses: [10.1.0.0/16]
  ports: [{number: 5432, name: tcp, protocol: TCP}]
  resolution: DNS
`,
	Right: `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: db, namespace: shop}
spec:
  hosts: [db.example.com]
  addresses: [10.1.0.0/16]
  ports: [{number: 5432, name: tcp, protocol: TCP}]
  resolution: NONE
`,
}, {
	ID: "SEM048", Title: "endpoint address does not match the resolution", Severity: diag.Error, Stage: diag.NoStage,
	Why: "Resolution STATIC connects to IP addresses and Unix sockets and does not resolve names. Resolution DNS accepts names and IP addresses, but not Unix sockets.",
	Fix: "Use resolution DNS for endpoints with names, or write their IP addresses.",
	Wrong: `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  endpoints: [{address: eu.api.example.com}]
`,
	Right: `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: DNS
  endpoints: [{address: eu.api.example.com}]
`,
}, {
	ID: "SEM049", Title: "host does not match the resolution", Severity: diag.Error, Stage: diag.NoStage,
	Why: "Without endpoints, resolution DNS resolves the hosts themselves, and DNS cannot resolve *.example.com. DYNAMIC_DNS resolves the name that " +
		"each request asks for, so it is only supported for wildcard hosts.",
	Fix: "List full host names, set endpoints, use resolution NONE to connect to the original destination, or use DYNAMIC_DNS for a wildcard.",
	Wrong: `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: wiki, namespace: shop}
spec:
  hosts: ["*.wikipedia.org"]
  ports: [{number: 443, name: tls, protocol: TLS}]
  resolution: DNS
`,
	Right: `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: wiki, namespace: shop}
spec:
  hosts: ["*.wikipedia.org"]
  ports: [{number: 443, name: tls, protocol: TLS}]
  resolution: NONE
`,
}, {
	ID: "SEM050", Title: "protocol cannot distinguish the hosts", Severity: diag.Error, Stage: diag.AtFilterChain,
	Why: "HTTP requests carry a Host header, and TLS handshakes carry an SNI. Other protocols carry no name, so several hosts of one ServiceEntry, or the names " +
		"below a wildcard, look the same to the proxy.",
	Fix: "Use a separate ServiceEntry with an address for each host, or set the port's protocol to HTTP or TLS if the server speaks it.",
	Wrong: `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: db, namespace: shop}
spec:
  hosts: [db1.example.com, db2.example.com]
  ports: [{number: 5432, name: tcp, protocol: TCP}]
  resolution: DNS
`,
	Right: `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: db, namespace: shop}
spec:
  hosts: [db1.example.com]
  ports: [{number: 5432, name: tcp, protocol: TCP}]
  resolution: DNS
`,
}, {
	ID: "SEM055", Title: "Unix socket with ports", Severity: diag.Error, Stage: diag.NoStage,
	Why: "A Unix socket has no ports.",
	Fix: "Remove ports from the endpoint.",
	Wrong: `apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: local, namespace: shop}
spec: {address: "unix:///var/run/app.sock", ports: {http: 80}}
`,
	Right: `apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: local, namespace: shop}
spec: {address: "unix:///var/run/app.sock"}
`,
}}
