package simulate

import (
	"fmt"
	"strings"

	"sem.example/simulate/decision"
	"sem.example/simulate/internal/upstream"
)

// originates says whether the proxy encrypts towards a server that is not known to be in the mesh.
func (r *run) originates() bool {
	t := r.Hop.TLS
	return t != nil && t.OriginatedBy == decision.ByProxy && t.Mode != decision.ModeIstioMutual
}

func doubleTLS(r *run, _ *decision.Outcome) *trapped {
	if !r.conn.Opaque() || !r.originates() {
		return nil
	}
	return &trapped{
		message: fmt.Sprintf("double TLS: the application's TLS (server name %q) travels inside TLS of the proxy (server name %q); a server that expects one takes the other for garbage", r.conn.SNI, r.Hop.TLS.SNI),
		help:    "let the application speak plaintext to a port of protocol HTTP, or take the tls settings for this port out of the DestinationRule",
		at:      decision.Part(r.up.Cluster.Addr, "tls"),
	}
}

// tlsPorts are ports on which servers expect TLS.
var tlsPorts = map[uint32]bool{443: true, 8443: true, 6443: true, 9443: true}

func plaintextToTLS(r *run, _ *decision.Outcome) *trapped {
	t := r.Hop.TLS
	if r.up.Leaving == nil || t == nil || t.OriginatedBy != decision.ByNobody || r.call.Direction == "inbound" || r.up.Cluster.Passes() {
		return nil
	}
	e := upstream.Likeliest(r.up.Endpoints)
	if !tlsPorts[e.Port] {
		return nil
	}
	return &trapped{
		message: fmt.Sprintf("plaintext HTTP goes to port %d of %s, where servers expect TLS", e.Port, e.Address),
		help:    fmt.Sprintf("originate TLS for port %d in a DestinationRule (tls.mode: SIMPLE)", r.up.Cluster.Destination.Port),
		at:      decision.At(r.up.Cluster.Addr),
	}
}

func noServerName(r *run, _ *decision.Outcome) *trapped {
	if !r.originates() || r.Hop.TLS.SNI != "" || r.up.Leaving != nil {
		return nil
	}
	return &trapped{
		message: "the proxy originates TLS without a server name (SNI): for plain TCP it cannot take one from a Host header",
		help:    "set tls.sni in the DestinationRule",
		at:      decision.Part(r.up.Cluster.Addr, "tls"),
	}
}

func wildcardServerName(r *run, _ *decision.Outcome) *trapped {
	if !r.originates() || !strings.Contains(r.Hop.TLS.SNI, "*") {
		return nil
	}
	return &trapped{
		message: fmt.Sprintf("the server name %q is a wildcard, which no server has", r.Hop.TLS.SNI),
		help:    "set tls.sni in the DestinationRule to the name of the server",
		at:      decision.Part(r.up.Cluster.Addr, "tls"),
	}
}

func meshTLSOutside(r *run, _ *decision.Outcome) *trapped {
	t := r.Hop.TLS
	if t == nil || t.Mode != decision.ModeIstioMutual || !r.up.Cluster.External() {
		return nil
	}
	return &trapped{
		message: fmt.Sprintf("the proxy offers the mesh's mutual TLS to %s, which is outside of the mesh", r.up.Cluster.Destination.Host),
		help:    "use tls.mode SIMPLE or MUTUAL in the DestinationRule",
		at:      decision.Part(r.up.Cluster.Addr, "tls"),
	}
}

func unverified(r *run, _ *decision.Outcome) *trapped {
	if !r.originates() || r.Hop.TLS.Verified {
		return nil
	}
	return &trapped{
		message: fmt.Sprintf("the proxy does not verify the certificate of %s: whoever answers at its address is believed", r.up.Cluster.Destination.Host),
		help:    "name the certificates to verify by (tls.caCertificates) and drop insecureSkipVerify",
		at:      decision.Part(r.up.Cluster.Addr, "tls"),
	}
}
