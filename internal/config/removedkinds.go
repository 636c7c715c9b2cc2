package config

import "strings"

// removedKinds names what Istio has in the place of kinds that it had before 1.8. A kind without an entry has the advice of its group,
// which stands under the empty name.
var removedKinds = map[string]map[string]string{
	"authentication.istio.io": {"": "Istio no longer has this kind: use PeerAuthentication for mutual TLS, and RequestAuthentication for tokens"},
	"rbac.istio.io":           {"": "Istio no longer has this kind: use AuthorizationPolicy"},
	"config.istio.io": {
		"RouteRule":         "Istio no longer has this kind: use VirtualService",
		"EgressRule":        "Istio no longer has this kind: use ServiceEntry",
		"DestinationPolicy": "Istio no longer has this kind: use DestinationRule",
		"": "the kind belongs to Mixer, which Istio no longer has: delete the resource, and use AuthorizationPolicy to deny requests, " +
			"Telemetry for metrics and logs, and Envoy's rate limits",
	},
}

// replacement says what to use instead of a kind that Istio no longer has; "" if it never had the group.
func replacement(apiVersion, kind string) string {
	group, _, _ := strings.Cut(apiVersion, "/")
	advice := removedKinds[group]
	if named, ok := advice[kind]; ok {
		return named
	}
	return advice[""]
}
