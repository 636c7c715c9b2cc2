package schema

import "sem.example/internal/diag"

// destinationRuleRules are the checks of DestinationRules.
var destinationRuleRules = []*diag.Check{{
	ID: "SEM065", Title: "failoverPriority uses a locality label", Severity: diag.Error, Stage: diag.NoStage,
	Why: "zoneAwareLbSetting already prefers endpoints in the client's region, zone and subzone. Priorities by these labels would conflict with it.",
	Fix: "Remove the label, or use localityLbSetting in place of zoneAwareLbSetting.",
	Wrong: `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: reviews, namespace: shop}
spec:
  host: reviews
  trafficPolicy:
    loadBalancer: {zoneAwareLbSetting: {failoverPriority: [topology.kubernetes.io/zone]}}
    outlierDetection: {interval: 5s}
`,
	Right: `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: reviews, namespace: shop}
spec:
  host: reviews
  trafficPolicy:
    loadBalancer: {zoneAwareLbSetting: {failoverPriority: [version]}}
    outlierDetection: {interval: 5s}
`,
}, {
	ID: "SEM066", Title: "consecutiveLocalOriginFailures is set but not counted", Severity: diag.Error, Stage: diag.NoStage,
	Why: "consecutiveLocalOriginFailures counts failures before the server responds, such as connect timeouts. Envoy counts them separately only with splitExternalLocalOriginErrors: true.",
	Fix: "Set splitExternalLocalOriginErrors: true, or remove consecutiveLocalOriginFailures.",
	Wrong: `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: reviews, namespace: shop}
spec: {host: reviews, trafficPolicy: {outlierDetection: {consecutiveLocalOriginFailures: 3, splitExternalLocalOriginErrors: false}}}
`,
	Right: `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: reviews, namespace: shop}
spec: {host: reviews, trafficPolicy: {outlierDetection: {consecutiveLocalOriginFailures: 3, splitExternalLocalOriginErrors: true}}}
`,
}, {
	ID: "SEM067", Title: "client certificate is incomplete or set twice", Severity: diag.Error, Stage: diag.NoStage,
	Why: "With mode MUTUAL the proxy presents a client certificate. It comes from files (clientCertificate and privateKey) or from the Secret of credentialName, not from both.",
	Fix: "Set clientCertificate and privateKey, or credentialName alone.",
	Wrong: `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec: {host: api.example.com, trafficPolicy: {tls: {mode: MUTUAL, credentialName: api, clientCertificate: /etc/certs/tls.crt}}}
`,
	Right: `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec: {host: api.example.com, trafficPolicy: {tls: {mode: MUTUAL, clientCertificate: /etc/certs/tls.crt, privateKey: /etc/certs/tls.key}}}
`,
}, {
	ID: "SEM068", Title: "insecureSkipVerify conflicts with verification fields", Severity: diag.Error, Stage: diag.NoStage,
	Why: "insecureSkipVerify accepts any server certificate, so caCertificates and subjectAltNames have no effect.",
	Fix: "Remove insecureSkipVerify to verify the server certificate, or remove the verification fields.",
	Wrong: `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec: {host: api.example.com, trafficPolicy: {tls: {mode: SIMPLE, insecureSkipVerify: true, caCertificates: /etc/certs/ca.crt}}}
`,
	Right: `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec: {host: api.example.com, trafficPolicy: {tls: {mode: SIMPLE, caCertificates: /etc/certs/ca.crt}}}
`,
}}
