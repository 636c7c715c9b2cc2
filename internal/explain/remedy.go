package explain

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"sem.example/simulate"
	"sem.example/simulate/call"
	"sem.example/simulate/decision"
)

// remedy is what would help where a call fails at a proxy. It names Istio's documents, which is where users can change
// things.
func remedy(h *simulate.Hop) string {
	switch h.Facts.Outcome.Verdict {
	case decision.NoCluster:
		return clusterRemedy(h)
	case decision.NoEndpoints:
		return "give " + document(h, "cluster", "the service") + " ready endpoints: Pods that its selector matches, or endpoints of the ServiceEntry; a subset needs endpoints with its labels"
	case decision.NoRoute:
		return routeRemedy(h)
	case decision.NoVirtualHost:
		return hostRemedy(h)
	case decision.NoListener:
		return listenerRemedy(h)
	case decision.NoFilterChain:
		return chainRemedy(h)
	case decision.Blackhole:
		return registerRemedy(h)
	case decision.Denied:
		return denialRemedy(h)
	case decision.TLSMismatch:
		return tlsRemedy(h)
	}
	return ""
}

// listenerRemedy helps where nothing listens on a port, or nothing that Envoy would run.
func listenerRemedy(h *simulate.Hop) string {
	r := refusedListener(h)
	switch {
	case r == nil:
		return "open the port in a Gateway that this proxy serves, with a route for it"
	case r.Origin == nil:
		return "correct what Envoy rejects; 'sem validate' shows the line"
	}
	return "correct what Envoy rejects in " + documentOf(r.Origin) + "; 'sem validate' shows the line"
}

// registerRemedy helps where unknown hosts are blocked.
func registerRemedy(h *simulate.Hop) string {
	host := call.HostOf(h.Authority)
	if _, err := netip.ParseAddr(host); err == nil && h.Facts.HTTP {
		return "request the service by its name: HTTP is routed by the Host header, and an IP address matches only as the service's own"
	}
	return fmt.Sprintf("register %s with a ServiceEntry, or allow unknown hosts with outboundTrafficPolicy ALLOW_ANY", cmp.Or(host, "the host"))
}

// document names the document behind the last decision of a stage.
func document(h *simulate.Hop, stage, otherwise string) string {
	for _, s := range slices.Backward(h.Steps) {
		if s.Stage == stage && len(s.Origins) > 0 && s.Origins[0].Name != "" && s.Origins[0].Role != overridden {
			return fmt.Sprintf("%s %s/%s", s.Origins[0].Kind, s.Origins[0].Namespace, s.Origins[0].Name)
		}
	}
	return otherwise
}

func routeRemedy(h *simulate.Hop) string {
	if connects(h.Facts.Outcome.Reason) {
		return tunnelRemedy(h)
	}
	if h.VirtualHost == "" || h.Direction == "gateway" && document(h, "virtualHost", "") == "" {
		return bindRemedy(h)
	}
	rules := rulesOf(h)
	text := "add a route without a match at the end of " + rules + ", or a match for this request"
	if kind, _, _ := strings.Cut(rules, " "); kind == "HTTPRoute" || kind == "GRPCRoute" {
		text = "add a rule without matches to " + rules + ", or a match for this request"
	}
	if none, ok := h.Facts.Outcome.Reason.(decision.NoRouteMatch); ok && none.Preflight {
		text = "let a route with a corsPolicy match the method OPTIONS in " + rules + ": browsers send it before the request"
	}
	return text
}

// bindRemedy gives a host of a gateway routes.
func bindRemedy(h *simulate.Hop) string {
	if ofGatewayAPI(h) {
		return attachRemedy(h, h.Authority)
	}
	return fmt.Sprintf("bind a VirtualService for the host %s to %s", h.Authority, document(h, "listener", "the Gateway"))
}

// rulesOf names what gives a virtual host its routes. The first place of one at a gateway is the Gateway that has the host.
func rulesOf(h *simulate.Hop) string {
	for _, s := range slices.Backward(h.Steps) {
		for _, p := range s.Origins {
			if rules := s.Stage == "virtualHost" || s.Stage == "route"; rules && p.Kind != "Gateway" && p.Name != "" && p.Role != overridden {
				return fmt.Sprintf("%s %s/%s", p.Kind, p.Namespace, p.Name)
			}
		}
	}
	return "the VirtualService"
}

// tunnelRemedy lets a CONNECT request pass: a port of TCP is carried unread. The port is that of the listener, which a Service or a
// ServiceEntry opens for sidecars, and a Gateway at gateways.
func tunnelRemedy(h *simulate.Hop) string {
	field, owner := "protocol: TCP", document(h, "listener", "")
	switch kind, _, _ := strings.Cut(owner, " "); kind {
	case "ServiceEntry":
	case "Service":
		field = "appProtocol: tcp"
	default:
		return "send CONNECT requests to a port of protocol TCP: on a port of HTTP the proxy does not open tunnels"
	}
	return fmt.Sprintf("set %s for %s of %s, so the proxy forwards the bytes of CONNECT unchanged", field, servicePort(h), owner)
}

// servicePort names the port of the service whose listener took the connection.
func servicePort(h *simulate.Hop) string {
	for i := range h.Steps {
		if r, ok := h.Steps[i].Reason.(decision.ServicePort); ok {
			return fmt.Sprintf("port %d", r.Port)
		}
	}
	return "this port"
}

func hostRemedy(h *simulate.Hop) string {
	host, client := call.HostOf(h.Authority), h.Facts.Client
	if client.Decrypted && client.SNI != "" && !strings.EqualFold(client.SNI, host) {
		return fmt.Sprintf("the connection is for %s: put %s into the same server of a Gateway, or use separate certificates so clients do not reuse the connection", client.SNI, host)
	}
	if ofGatewayAPI(h) {
		return attachRemedy(h, host)
	}
	if h.Direction == "gateway" {
		return fmt.Sprintf("name %s in the hosts of %s and of a VirtualService that is bound to it", host, document(h, "listener", "the Gateway"))
	}
	return "register the host with a Service or ServiceEntry that this proxy sees, on this port"
}

func clusterRemedy(h *simulate.Hop) string {
	missing, ok := h.Facts.Outcome.Reason.(decision.MissingCluster)
	if !ok {
		return ""
	}
	d := missing.Destination
	if d.Subset != "" {
		return fmt.Sprintf("define subset %s in a DestinationRule for %s that this proxy sees", d.Subset, d.Host)
	}
	if d.Port != 0 {
		return fmt.Sprintf("register %s with port %d in a Service or ServiceEntry that this proxy sees", d.Host, d.Port)
	}
	return backendRemedy(missing)
}

func chainRemedy(h *simulate.Hop) string {
	switch client := h.Facts.Client; {
	case client.TLS && client.SNI == "":
		return "have the client send a server name (SNI): the proxy selects the filter chain by it"
	case client.TLS:
		return fmt.Sprintf("serve the name %s on this port, or have the client speak plaintext where that is expected", client.SNI)
	}
	if h.Direction == "gateway" {
		return "have the client speak TLS: every server of " + document(h, "listener", "the Gateway") + " on this port expects it"
	}
	return "have the client speak TLS, or allow plaintext here (PeerAuthentication PERMISSIVE)"
}

func tlsRemedy(h *simulate.Hop) string {
	if r, ok := h.Facts.Outcome.Reason.(decision.HandshakeRefused); ok && r.Failure == decision.NoTLSVersion {
		return "set minProtocolVersion no higher than maxProtocolVersion in " + document(h, "filterChain", "the Gateway")
	}
	switch h.Facts.Outcome.Err {
	case decision.ErrTLS:
		return "have the client speak TLS; a DestinationRule can make its proxy originate it"
	case decision.ErrMutual:
		return "give the client a certificate that the proxy accepts"
	case decision.ErrDouble:
		return "let the application speak plaintext to a port of protocol HTTP, or remove the tls settings for this port from the DestinationRule"
	}
	return "let the application speak plaintext, or declare the port as TLS"
}
