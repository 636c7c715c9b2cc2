package schema

import "sem.example/internal/diag"

// destinationRuleRules are the checks of DestinationRules.
var destinationRuleRules = []*diag.Check{{
	ID: "SEM065", Title: "failover priority by a label that zones stand for already", Severity: diag.Error, Stage: diag.NoStage,
	Why: "Load balancing by zone keeps traffic in the client's region, zone and subzone by itself. Priorities by these labels would contradict it.",
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
	ID: "SEM066", Title: "failures to connect are limited but not counted", Severity: diag.Error, Stage: diag.NoStage,
	Why: "consecutiveLocalOriginFailures limits failures that happen before the server answers. They are counted apart only with splitExternalLocalOriginErrors.",
	Fix: "Set splitExternalLocalOriginErrors: true, or remove the limit.",
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
	ID: "SEM067", Title: "client certificate is incomplete or given twice", Severity: diag.Error, Stage: diag.NoStage,
	Why: "For MUTUAL the proxy shows a certificate. It comes from files, certificate and key together, or from the Secret of credentialName, but not from both.",
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
	ID: "SEM068", Title: "certificate is to be verified and not to be verified", Severity: diag.Error, Stage: diag.NoStage,
	Why: "insecureSkipVerify accepts any server certificate, so authorities and names to verify it with contradict it.",
	Fix: "Remove insecureSkipVerify, which gives up the point of TLS, or else the fields that verify.",
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
