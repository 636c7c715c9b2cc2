package mesh

import "testing"

// Settings of the process of a proxy do not act; those of its headers and of its node's metadata do, and what cannot be read might.
func TestProxySettingsAct(t *testing.T) {
	for text, want := range map[string]bool{
		"holdApplicationUntilProxyStarts: true\nconcurrency: 2":      false,
		"{tracing: {sampling: 10}, proxyMetadata: {SECRET_TTL: 1h}}": false,
		"proxyMetadata: {ISTIO_META_DNS_CAPTURE: \"true\"}":          true,
		"proxyHeaders: {server: {disabled: true}}":                   true,
		"gatewayTopology: {numTrustedProxies: 1}":                    true,
		"{": true,
		"":  false,
	} {
		if got := ProxySettingsAct(text); got != want {
			t.Errorf("%q acts: %v", text, got)
		}
	}
}
