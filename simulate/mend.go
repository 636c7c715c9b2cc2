package simulate

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"sem.example/internal/envoy"
)

// mend says what would help where a call fails. It speaks of Istio's documents, which is where users can change things.
func (r *run) mend(o *outcome) string {
	switch o.verdict {
	case NoCluster:
		return r.mendCluster()
	case NoEndpoints:
		return "give " + r.document("cluster", "the service") + " endpoints that are ready: Pods that its selector finds, or endpoints of the ServiceEntry; a subset needs endpoints with its labels"
	case NoRoute:
		return r.mendRoute()
	case NoVirtualHost:
		return r.mendHost()
	case NoListener:
		return "open the port in a Gateway that this proxy serves, with a route for it"
	case NoFilterChain:
		return r.mendChain()
	case Blackhole:
		if _, err := netip.ParseAddr(hostOf(r.hop.Authority)); err == nil && r.req != nil {
			return "ask for the service by its name: HTTP is routed by the Host header, and an address is only a host where it is the service's own"
		}
		return "register the host with a ServiceEntry, or allow unknown hosts with outboundTrafficPolicy ALLOW_ANY"
	case Denied:
		if o.flags == "DPE" && o.status == 503 {
			return "correct the name of the header in " + r.document("route", "the VirtualService") + " (headers.request)"
		}
		if o.err == errToken {
			return "send a token of an issuer, and for an audience, that a RequestAuthentication here accepts"
		}
		return "allow the request in an AuthorizationPolicy, or take it out of the one that denies it" + r.denier()
	case TLSMismatch:
		return r.mendTLS(o)
	}
	return ""
}

// document names the document behind the last decision of a stage.
func (r *run) document(stage, otherwise string) string {
	for _, s := range slices.Backward(r.hop.Steps) {
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
	if r.hop.VirtualHost == "" || r.call.Direction == "gateway" && r.document("virtualHost", "") == "" {
		return fmt.Sprintf("bind a VirtualService for the host %s to %s", r.hop.Authority, r.document("listener", "the Gateway"))
	}
	return "add a route without a match at the end of " + r.document("virtualHost", "the VirtualService") + ", or a match for this request"
}

func (r *run) mendHost() string {
	if r.decrypted && r.conn.sni != "" && !strings.EqualFold(r.conn.sni, hostOf(r.hop.Authority)) {
		return fmt.Sprintf("the connection is one for %s: let %s stand in the same server of a Gateway, or give each a certificate of its own so that clients do not share connections", r.conn.sni, hostOf(r.hop.Authority))
	}
	return "register the host with a Service or ServiceEntry that this proxy sees, on this port, or name it in the hosts of " + r.document("listener", "the Gateway") + " and of a VirtualService"
}

// hostOf is an authority without its port.
func hostOf(authority string) string {
	host, _ := splitPort(authority)
	return host
}

func (r *run) mendCluster() string {
	d := destinationOf(r.hop.Cluster)
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
	case r.conn.tls && r.conn.sni == "":
		return "have the client send a server name (SNI), which is what the proxy chooses by"
	case r.conn.tls:
		return fmt.Sprintf("serve the name %s on this port, or have the client speak plaintext where that is expected", r.conn.sni)
	}
	return "have the client speak TLS, or allow plaintext here (PeerAuthentication PERMISSIVE)"
}

func (r *run) mendTLS(o *outcome) string {
	switch {
	case o.err == errTLS:
		return "have the client speak TLS, which a DestinationRule can make its proxy do"
	case o.err == errMutual:
		return "give the client a certificate that the proxy accepts"
	case o.err == errDouble:
		return "let the application speak plaintext to a port of protocol HTTP, or take the tls settings for this port out of the DestinationRule"
	}
	return "let the application speak plaintext, or declare the port as TLS"
}
