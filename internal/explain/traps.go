package explain

import (
	"fmt"

	"sem.example/simulate"
	"sem.example/simulate/decision"
)

// wordTrap words a warning about a trap. The ID is that of the check that finds the same in the documents.
func wordTrap(w *simulate.Warning) {
	if w.Trap == nil {
		return
	}
	words := connectionTrap
	switch w.Trap.(type) {
	case decision.PrefixWithinWord, decision.DoubleSlash, decision.AuthorityMismatch, decision.FaultWithoutPercentage, decision.RedirectToSelf:
		words = routeTrap
	}
	w.ID, w.Message, w.Help = words(w.Trap)
}

func connectionTrap(trap decision.Trap) (id, message, help string) {
	switch t := trap.(type) {
	case decision.ServerFirst:
		patience := "indefinitely"
		if t.Patience != "" {
			patience = "for " + t.Patience
		}
		return "SEM124",
			fmt.Sprintf("the proxy waits %s for the client's first bytes to detect the protocol; in %s (port %d) the server sends first", patience, t.Protocol, t.Port),
			"declare the protocol of the port (name or appProtocol tcp, mysql, …) to turn detection off"
	case decision.NoOriginalDestination:
		return "SEM139",
			fmt.Sprintf("a gateway has no original destination: the cluster %s dials the gateway's own address", t.Cluster),
			"use resolution DNS or DYNAMIC_DNS for hosts that are reached through a gateway"
	case decision.TLSInTLS:
		return "SEM140",
			fmt.Sprintf("double TLS: the application's TLS (server name %q) travels inside TLS of the proxy (server name %q); the server decrypts one layer and finds TLS where it expects a request", t.SNI, t.UpstreamSNI),
			"let the application speak plaintext to a port of protocol HTTP, or remove the tls settings for this port from the DestinationRule"
	case decision.PlaintextToTLS:
		return "SEM142",
			fmt.Sprintf("plaintext HTTP goes to port %d of %s, where servers expect TLS", t.Port, t.Address),
			fmt.Sprintf("originate TLS for port %d of %s in a DestinationRule (tls.mode: SIMPLE)", t.ServicePort, t.Host)
	case decision.NoServerName:
		return "SEM145",
			"the proxy originates TLS without a server name (SNI): for plain TCP it cannot take one from a Host header",
			"set tls.sni in the DestinationRule"
	case decision.WildcardServerName:
		return "SEM146",
			fmt.Sprintf("the server name %q is a wildcard, which no server has", t.SNI),
			"set tls.sni in the DestinationRule to the name of the server"
	case decision.MeshTLSOutside:
		return "SEM150",
			fmt.Sprintf("the proxy offers the mesh's mutual TLS to %s, which is outside the mesh", t.Host),
			"use tls.mode SIMPLE or MUTUAL in the DestinationRule"
	case decision.Unverified:
		return "SEM153",
			fmt.Sprintf("the proxy does not verify the certificate of %s: any server at that address is trusted", t.Host),
			"set tls.caCertificates and remove insecureSkipVerify"
	}
	panic(fmt.Sprintf("no words for the trap %T", trap))
}

func routeTrap(trap decision.Trap) (id, message, help string) {
	switch t := trap.(type) {
	case decision.PrefixWithinWord:
		return "SEM224",
			fmt.Sprintf("the prefix %q is text, not a path segment: it also matches %s", t.Prefix, t.Path),
			fmt.Sprintf("match %s/ and exactly %s", t.Prefix, t.Prefix)
	case decision.DoubleSlash:
		return "SEM226",
			fmt.Sprintf("the rewrite turns %s into %s: it replaces the matched text, not a path segment", t.From, t.To),
			"end both the matched prefix and its replacement with a slash, or neither"
	case decision.AuthorityMismatch:
		return "SEM227",
			fmt.Sprintf("the Host header is not rewritten: %s receives Host: %s, and external servers respond to a host that they do not serve with 404 or 421", t.Host, t.Authority),
			fmt.Sprintf("rewrite the authority to %s in the VirtualService (rewrite.authority)", t.Host)
	case decision.FaultWithoutPercentage:
		return "SEM233", "the fault never fires: percentage defaults to 0", "write percentage: {value: 100}"
	case decision.RedirectToSelf:
		return "SEM236", "redirect loop: the redirect leads back to the same URL", "redirect to another host, path or scheme"
	}
	panic(fmt.Sprintf("no words for the trap %T", trap))
}
