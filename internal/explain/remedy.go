package explain

import (
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
		return "open the port in a Gateway that this proxy serves, with a route for it"
	case decision.NoFilterChain:
		return chainRemedy(h)
	case decision.Blackhole:
		if _, err := netip.ParseAddr(call.HostOf(h.Authority)); err == nil && h.Facts.HTTP {
			return "request the service by its name: HTTP is routed by the Host header, and an IP address matches only as the service's own"
		}
		return "register the host with a ServiceEntry, or allow unknown hosts with outboundTrafficPolicy ALLOW_ANY"
	case decision.Denied:
		return denialRemedy(h)
	case decision.TLSMismatch:
		return tlsRemedy(h)
	}
	return ""
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

func denialRemedy(h *simulate.Hop) string {
	o := &h.Facts.Outcome
	if _, malformed := o.Reason.(decision.InvalidRequest); malformed {
		return "correct the request: the proxy refuses it before any route or policy applies"
	}
	if o.Flags == "DPE" && o.Status == 503 {
		return "correct the name of the header in " + document(h, "route", "the VirtualService") + " (headers.request)"
	}
	if o.Err == decision.ErrToken {
		return tokenRemedy(o)
	}
	text := "allow the request in an AuthorizationPolicy, or exclude it from the one that denies it"
	if policy := document(h, "authorization", ""); policy != "" {
		return text + ", " + policy
	}
	if rule := missingTokenRule(h); rule != nil {
		return fmt.Sprintf("send a token that meets rule %d of %s %s/%s, or add a rule that allows requests without a token", rule.Rule, rule.Kind, rule.Namespace, rule.Name)
	}
	if names := allowing(h.Policies); len(names) > 0 {
		return "allow the request in " + some(names, 3) + ", or in an ALLOW policy of the same workload"
	}
	return text
}

// allowing names the ALLOW policies that were asked.
func allowing(rules []simulate.PolicyRule) []string {
	var out []string
	for _, r := range rules {
		if name := r.Kind + " " + r.Namespace + "/" + r.Name; r.Action == "ALLOW" && r.Kind != "" && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// tokenRemedy is what helps against a token that is missing or refused.
func tokenRemedy(o *decision.Outcome) string {
	switch refused, _ := o.Reason.(decision.TokenRefused); refused.Fault {
	case "Jwt is missing":
		return "send a token where the proxy looks for it: by default, in the header Authorization with the prefix Bearer"
	case "Jwt issuer is not configured":
		return "send a token whose iss is the issuer of a RequestAuthentication for this workload, or add a rule for that issuer"
	case "Audiences in Jwt are not allowed":
		return "send a token whose aud is one of the audiences in the RequestAuthentication, or add the audience there"
	}
	return "send a well-formed token of an issuer that a RequestAuthentication for this workload accepts"
}

// missingTokenRule is the first ALLOW rule where all of them fail for want of a token's claim, else nil.
func missingTokenRule(h *simulate.Hop) *simulate.PolicyRule {
	var first *simulate.PolicyRule
	for i := range h.Policies {
		r := &h.Policies[i]
		switch {
		case r.Action != "ALLOW":
		case r.Failed == nil || r.Failed.Got != "" || !strings.HasPrefix(r.Failed.Attribute, tokenPayload):
			return nil
		case first == nil:
			first = r
		}
	}
	return first
}

func routeRemedy(h *simulate.Hop) string {
	if connects(h.Facts.Outcome.Reason) {
		return "name the protocol of this port TCP in " + document(h, "virtualHost", "the ServiceEntry") + ", so the proxy forwards the bytes of CONNECT unchanged"
	}
	if h.VirtualHost == "" || h.Direction == "gateway" && document(h, "virtualHost", "") == "" {
		return fmt.Sprintf("bind a VirtualService for the host %s to %s", h.Authority, document(h, "listener", "the Gateway"))
	}
	rules := document(h, "virtualHost", "the VirtualService")
	if strings.HasPrefix(rules, "Gateway ") {
		rules = "the VirtualService"
	}
	text := "add a route without a match at the end of " + rules + ", or a match for this request"
	if none, ok := h.Facts.Outcome.Reason.(decision.NoRouteMatch); ok && none.Preflight {
		text = "let a route with a corsPolicy match the method OPTIONS in " + rules + ": browsers send it before the request"
	}
	return text
}

func hostRemedy(h *simulate.Hop) string {
	host, client := call.HostOf(h.Authority), h.Facts.Client
	if client.Decrypted && client.SNI != "" && !strings.EqualFold(client.SNI, host) {
		return fmt.Sprintf("the connection is for %s: put %s into the same server of a Gateway, or use separate certificates so clients do not reuse the connection", client.SNI, host)
	}
	return "register the host with a Service or ServiceEntry that this proxy sees, on this port, or name it in the hosts of " + document(h, "listener", "the Gateway") + " and of a VirtualService"
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
		return fmt.Sprintf("make sure that %s is a Service or ServiceEntry that this proxy sees, and that it has port %d", d.Host, d.Port)
	}
	return ""
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
