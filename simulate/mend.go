package simulate

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"sem.example/internal/envoy"
	"sem.example/simulate/call"
	"sem.example/simulate/decision"
	"sem.example/simulate/internal/upstream"
)

// mend says what would help where a call fails. It speaks of Istio's documents, which is where users can change things.
func (r *run) mend(o *decision.Outcome) string {
	switch o.Verdict {
	case decision.NoCluster:
		return r.mendCluster()
	case decision.NoEndpoints:
		return "give " + r.document("cluster", "the service") + " endpoints that are ready: Pods that its selector finds, or endpoints of the ServiceEntry; a subset needs endpoints with its labels"
	case decision.NoRoute:
		return r.mendRoute()
	case decision.NoVirtualHost:
		return r.mendHost()
	case decision.NoListener:
		return "open the port in a Gateway that this proxy serves, with a route for it"
	case decision.NoFilterChain:
		return r.mendChain()
	case decision.Blackhole:
		if _, err := netip.ParseAddr(call.HostOf(r.Hop.Authority)); err == nil && r.up.Req != nil {
			return "ask for the service by its name: HTTP is routed by the Host header, and an address is only a host where it is the service's own"
		}
		return "register the host with a ServiceEntry, or allow unknown hosts with outboundTrafficPolicy ALLOW_ANY"
	case decision.Denied:
		if o.Flags == "DPE" && o.Status == 503 {
			return "correct the name of the header in " + r.document("route", "the VirtualService") + " (headers.request)"
		}
		if o.Err == decision.ErrToken {
			return "send a token of an issuer, and for an audience, that a RequestAuthentication here accepts"
		}
		return "allow the request in an AuthorizationPolicy, or take it out of the one that denies it" + r.denier()
	case decision.TLSMismatch:
		return r.mendTLS(o)
	}
	return ""
}

// document names the document behind the last decision of a stage.
func (r *run) document(stage, otherwise string) string {
	for _, s := range slices.Backward(r.Hop.Steps) {
		if s.Stage == stage && len(s.Origins) > 0 && s.Origins[0].Name != "" && s.Origins[0].Role != string(envoy.Overridden) {
			return fmt.Sprintf("%s %s/%s", s.Origins[0].Kind, s.Origins[0].Namespace, s.Origins[0].Name)
		}
	}
	return otherwise
}

// denier names the policy whose rule decided.
func (r *run) denier() string {
	if policy := r.document("authorization", ""); policy != "" {
		return ", " + policy
	}
	return ""
}

func (r *run) mendRoute() string {
	if r.Hop.VirtualHost == "" || r.call.Direction == "gateway" && r.document("virtualHost", "") == "" {
		return fmt.Sprintf("bind a VirtualService for the host %s to %s", r.Hop.Authority, r.document("listener", "the Gateway"))
	}
	return "add a route without a match at the end of " + r.document("virtualHost", "the VirtualService") + ", or a match for this request"
}

func (r *run) mendHost() string {
	if r.conn.Decrypted && r.conn.SNI != "" && !strings.EqualFold(r.conn.SNI, call.HostOf(r.Hop.Authority)) {
		return fmt.Sprintf("the connection is one for %s: let %s stand in the same server of a Gateway, or give each a certificate of its own so that clients do not share connections", r.conn.SNI, call.HostOf(r.Hop.Authority))
	}
	return "register the host with a Service or ServiceEntry that this proxy sees, on this port, or name it in the hosts of " + r.document("listener", "the Gateway") + " and of a VirtualService"
}

func (r *run) mendCluster() string {
	d := upstream.DestinationOf(r.Hop.Cluster)
	if d.Subset != "" {
		return fmt.Sprintf("define subset %s in a DestinationRule for %s that this proxy sees", d.Subset, d.Host)
	}
	if d.Port != 0 {
		return fmt.Sprintf("make sure that %s is a Service or ServiceEntry that this proxy sees, and that it has port %d", d.Host, d.Port)
	}
	return ""
}

func (r *run) mendChain() string {
	switch {
	case r.conn.TLS && r.conn.SNI == "":
		return "have the client send a server name (SNI), which is what the proxy chooses by"
	case r.conn.TLS:
		return fmt.Sprintf("serve the name %s on this port, or have the client speak plaintext where that is expected", r.conn.SNI)
	}
	return "have the client speak TLS, or allow plaintext here (PeerAuthentication PERMISSIVE)"
}

func (r *run) mendTLS(o *decision.Outcome) string {
	switch {
	case o.Err == decision.ErrTLS:
		return "have the client speak TLS, which a DestinationRule can make its proxy do"
	case o.Err == decision.ErrMutual:
		return "give the client a certificate that the proxy accepts"
	case o.Err == decision.ErrDouble:
		return "let the application speak plaintext to a port of protocol HTTP, or take the tls settings for this port out of the DestinationRule"
	}
	return "let the application speak plaintext, or declare the port as TLS"
}
