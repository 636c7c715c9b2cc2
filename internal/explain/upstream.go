package explain

import (
	"fmt"
	"strconv"
	"strings"

	"sem.example/simulate"
	"sem.example/simulate/decision"
)

// upstreamReason is why a cluster, its endpoints and the TLS towards them are as they are.
func upstreamReason(s *simulate.Step) (string, bool) {
	switch r := s.Reason.(type) {
	case decision.ClusterKind:
		return clusterText(r), true
	case decision.MissingCluster:
		return "it " + missingText(r), true
	case decision.UpstreamTLS:
		return tlsReason(r), true
	case *decision.EndpointChoice:
		return choiceText(r), true
	case decision.ConnectionLimits:
		return "per proxy and cluster", true
	case decision.OutlierLimits:
		return "endpoints that fail like this are ejected for a while", true
	case decision.IdleTimeout:
		text := "idle connections are closed after it"
		if r.Shared {
			text += "; the value of the first destination applies to all"
		}
		return text, true
	}
	return "", false
}

func clusterText(r decision.ClusterKind) string {
	text := "endpoints by " + r.Resolution
	if r.Resolution == "ORIGINAL_DST" {
		text = "the original destination"
	}
	if r.Subset != "" {
		text = "subset " + r.Subset + ", " + text
	}
	if r.External {
		text += ", outside the mesh"
	}
	return text
}

// missingText is why there is no cluster, in words that follow its name.
func missingText(r decision.MissingCluster) string {
	if r.Refused != "" {
		return "is rejected by Envoy: " + r.Refused
	}
	return "does not exist"
}

// tlsText names the encryption.
func tlsText(t *decision.TLS) string {
	switch t.OriginatedBy {
	case decision.ByProxy:
		return t.Mode
	case decision.ByApplication:
		return "the application's own"
	}
	return "plaintext"
}

func tlsReason(r decision.UpstreamTLS) string {
	switch {
	case r.TLS.OriginatedBy == decision.ByApplication:
		return "passed through unchanged"
	case r.TLS.OriginatedBy == decision.ByNobody:
		return "no TLS origination"
	case r.Match != "":
		return "originated by the proxy; the endpoint matches " + r.Match
	}
	return "originated by the proxy"
}

// wordInboundTLS words the step from an inbound proxy to its application, where TLS is not expected.
func wordInboundTLS(h *simulate.Hop) {
	for i := range h.Steps {
		r, ok := h.Steps[i].Reason.(decision.UpstreamTLS)
		if ok && h.Direction == "inbound" && r.TLS.OriginatedBy == decision.ByNobody {
			h.Steps[i].Because = "from the proxy to the application of the same workload"
		}
	}
}

// endpointsText names the endpoints of a cluster.
func endpointsText(all []string) string {
	switch len(all) {
	case 0:
		return "none"
	case 1:
		return all[0]
	}
	return all[0] + " and " + strconv.Itoa(len(all)-1) + " more"
}

// choiceText is how connections are spread over the endpoints.
func choiceText(r *decision.EndpointChoice) string {
	text := "spread by " + r.Balancer
	switch {
	case r.Resolution == "ORIGINAL_DST":
		return originalText(r)
	case r.Resolution == "DYNAMIC_DNS":
		return "the proxy resolves the requested host by DNS"
	case len(r.Endpoints) == 0:
		text = "the cluster has no usable endpoint"
	case len(r.Endpoints) == 1:
		text = onlyText(r.Standby)
	case r.HashKey != "":
		text += " over " + r.HashKey
	}
	return text + standbyText(r.Standby)
}

// originalText is what happens to a connection whose cluster has no address of its own.
func originalText(r *decision.EndpointChoice) string {
	text := "the original destination of the connection"
	if r.AnyHost {
		text += ", whatever the Host header"
	}
	if r.TLSOn80 {
		text += ": TLS on port 80, where servers expect plaintext"
	}
	return text
}

// onlyText describes an endpoint that gets every connection: the trace lists the others below it, if there are any.
func onlyText(s decision.Standby) string {
	if s.LowerPriority+s.Unhealthy > 0 {
		return "receives every connection"
	}
	return "the only endpoint of the cluster"
}

func standbyText(s decision.Standby) string {
	text := ""
	if n := s.LowerPriority; n > 0 {
		text += fmt.Sprintf("; %d of lower priority %s", n, plural(n, "is on standby", "are on standby"))
	}
	if n := s.Unhealthy; n > 0 {
		text += fmt.Sprintf("; %d more %s not healthy", n, plural(n, "is", "are"))
	}
	if n := s.Repeated; n > 0 {
		text += fmt.Sprintf("; %d more %s an address that is listed before, so Envoy leaves %s out", n, plural(n, "has", "have"), plural(n, "it", "them"))
	}
	return text
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// settingsText lists settings of a cluster.
func settingsText(settings [][2]string) string {
	texts := make([]string, len(settings))
	for i, s := range settings {
		texts[i] = s[0] + " " + s[1]
	}
	return strings.Join(texts, ", ")
}
