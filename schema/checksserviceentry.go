package schema

import "sem.example/internal/diag"

// sharedRules are the checks of what several kinds have in common.
var sharedRules = []*diag.Check{{
	ID: "SEM041", Title: "selector is malformed", Severity: diag.Error, Stage: diag.NoStage,
	Why: "A selector compares labels as they are. A wildcard or an empty key never equals a label, so the document would select nothing.",
	Fix: "List the labels in full. To select every workload of the namespace, leave the selector out.",
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
	ID: "SEM042", Title: "policy is attached to something that takes no policies", Severity: diag.Error, Stage: diag.NoStage,
	Why: "A policy can be attached to a Service, a ServiceEntry, a Gateway or a GatewayClass of its own namespace, named by group, kind and name.",
	Fix: "Name such a target, or select workloads by their labels with selector.",
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
	ID: "SEM045", Title: "endpoints are both listed and selected", Severity: diag.Error, Stage: diag.NoStage,
	Why: "endpoints and workloadSelector are two ways to say which workloads are behind the service; together they are rejected.",
	Fix: "Keep one of them. Listed workloads can become WorkloadEntries that the selector finds.",
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
	Why: "With resolution NONE, which is the default, the proxy connects to the address that the application dialled. Endpoints would never be used.",
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
	ID: "SEM047", Title: "range of addresses with DNS resolution", Severity: diag.Error, Stage: diag.NoStage,
	Why: "A range stands for many servers, of which only the address that the application dialled tells one. DNS resolution would connect to another.",
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
	ID: "SEM048", Title: "address of an endpoint does not fit the resolution", Severity: diag.Error, Stage: diag.NoStage,
	Why: "Resolution STATIC connects to IP addresses and Unix sockets and looks nothing up. DNS resolution takes names and IP addresses, but no sockets.",
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
	ID: "SEM049", Title: "host does not fit the resolution", Severity: diag.Error, Stage: diag.NoStage,
	Why: "Without endpoints, DNS resolution looks up the hosts themselves, and no DNS server knows *.example.com. DYNAMIC_DNS looks up the name that " +
		"each request asks for, and so is for wildcards only.",
	Fix: "List exact hosts, give endpoints, use resolution NONE to connect where the application dialled, or DYNAMIC_DNS for a wildcard.",
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
	ID: "SEM050", Title: "protocol cannot tell the hosts apart", Severity: diag.Error, Stage: diag.AtFilterChain,
	Why: "Requests of HTTP name their host, and so do TLS handshakes. Connections of other protocols do not, so that several hosts of one entry, or the names " +
		"below a wildcard, look the same to the proxy.",
	Fix: "Give each host a ServiceEntry of its own, with an address, or declare the port's protocol as HTTP or TLS if that is what it speaks.",
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
	Why: "A Unix socket is one end of a connection by itself and has no ports.",
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
