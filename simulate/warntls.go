package simulate

import (
	"fmt"
	"strings"
)

// originates says whether the proxy encrypts towards a server that is not known to be in the mesh.
func (r *run) originates() bool {
	t := r.hop.TLS
	return t != nil && t.OriginatedBy == byProxy && t.Mode != modeIstioMutual
}

func doubleTLS(r *run, _ *outcome) *trapped {
	if !r.opaqueTLS() || !r.originates() {
		return nil
	}
	return &trapped{
		message: fmt.Sprintf("double TLS: the application's TLS (server name %q) travels inside TLS of the proxy (server name %q); a server that expects one takes the other for garbage", r.conn.sni, r.hop.TLS.SNI),
		help:    "let the application speak plaintext to a port of protocol HTTP, or take the tls settings for this port out of the DestinationRule",
		at:      part(r.via.addr, "tls"),
	}
}

// tlsPorts are ports on which servers expect TLS.
var tlsPorts = map[uint32]bool{443: true, 8443: true, 6443: true, 9443: true}

func plaintextToTLS(r *run, _ *outcome) *trapped {
	t := r.hop.TLS
	if r.leaving == nil || t == nil || t.OriginatedBy != byNobody || r.call.Direction == "inbound" || r.via.passes() {
		return nil
	}
	e := likeliest(r.ends)
	if !tlsPorts[e.Port] {
		return nil
	}
	return &trapped{
		message: fmt.Sprintf("plaintext HTTP goes to port %d of %s, where servers expect TLS", e.Port, e.Address),
		help:    fmt.Sprintf("originate TLS for port %d in a DestinationRule (tls.mode: SIMPLE)", r.via.destination.Port),
		at:      at(r.via.addr),
	}
}

func noServerName(r *run, _ *outcome) *trapped {
	if !r.originates() || r.hop.TLS.SNI != "" || r.leaving != nil {
		return nil
	}
	return &trapped{
		message: "the proxy originates TLS without a server name (SNI): for plain TCP it cannot take one from a Host header",
		help:    "set tls.sni in the DestinationRule",
		at:      part(r.via.addr, "tls"),
	}
}

func wildcardServerName(r *run, _ *outcome) *trapped {
	if !r.originates() || !strings.Contains(r.hop.TLS.SNI, "*") {
		return nil
	}
	return &trapped{
		message: fmt.Sprintf("the server name %q is a wildcard, which no server has", r.hop.TLS.SNI),
		help:    "set tls.sni in the DestinationRule to the name of the server",
		at:      part(r.via.addr, "tls"),
	}
}

func meshTLSOutside(r *run, _ *outcome) *trapped {
	t := r.hop.TLS
	if t == nil || t.Mode != modeIstioMutual || !r.via.external() {
		return nil
	}
	return &trapped{
		message: fmt.Sprintf("the proxy offers the mesh's mutual TLS to %s, which is outside of the mesh", r.via.destination.Host),
		help:    "use tls.mode SIMPLE or MUTUAL in the DestinationRule",
		at:      part(r.via.addr, "tls"),
	}
}

func unverified(r *run, _ *outcome) *trapped {
	if !r.originates() || r.hop.TLS.Verified {
		return nil
	}
	return &trapped{
		message: fmt.Sprintf("the proxy does not verify the certificate of %s: whoever answers at its address is believed", r.via.destination.Host),
		help:    "name the certificates to verify by (tls.caCertificates) and drop insecureSkipVerify",
		at:      part(r.via.addr, "tls"),
	}
}
