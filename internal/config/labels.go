package config

// LabelTLSMode is the label by which a workload announces that a sidecar takes mutual TLS for it. Injection writes it.
const LabelTLSMode = "security.istio.io/tlsMode"
