package explain

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"sem.example/simulate"
	"sem.example/simulate/call"
	"sem.example/simulate/decision"
)

// connectionReason is why a listener, a filter chain or a handshake came out as it did.
func connectionReason(s *simulate.Step) (string, bool) {
	switch r := s.Reason.(type) {
	case decision.DialledSocket:
		return "the application connected to this socket", true
	case decision.RedirectedInbound:
		return "inbound traffic is redirected to it", true
	case decision.BoundAddress:
		return "the application connected to " + r.Address, true
	case decision.AnyAddress:
		return fmt.Sprintf("any address, port %d", r.Port), true
	case decision.VirtualListener:
		return "no listener for " + dialledText(r.Dialled) + refusedText(r.Refused), true
	case decision.ServicePort:
		p := s.Origins[0]
		return fmt.Sprintf("port %d of %s %s/%s", r.Port, p.Kind, p.Namespace, p.Name), true
	case decision.NothingListens:
		return nothingListens(r), true
	case *decision.ChainMatch:
		return chainText(r), true
	case decision.DefaultChain:
		if r.OwnTLS {
			return "no other filter chain matches: the client sends TLS, which this listener does not detect", true
		}
		return "no other filter chain matches " + detectedText(&r.Detected) + similarChainText(r.Similar), true
	case decision.NoChain:
		return "no filter chain matches " + detectedText(&r.Detected) + similarChainText(r.Similar), true
	case decision.HandshakeRefused:
		return handshakeText(r), true
	case decision.Decrypted:
		if r.Peer != "" {
			return "by the proxy; the client is " + r.Peer, true
		}
		return "by the proxy; the client is not authenticated", true
	}
	return "", false
}

// dialledText is what the application dialled, in a sentence.
func dialledText(d decision.Dialled) string {
	return cmp.Or(d.Address, fmt.Sprintf("port %d", d.Port))
}

func nothingListens(r decision.NothingListens) string {
	text := "nothing listens on " + dialledText(r.Dialled)
	return text + refusedText(r.Refused)
}

// refusedText is which listener Envoy does not run, why, and what brought it; "" for none.
func refusedText(r *decision.RefusedListener) string {
	if r == nil {
		return ""
	}
	text := ": Envoy rejects the listener " + r.Name + ": " + r.Why
	if r.Origin != nil {
		text += ", of " + documentOf(r.Origin)
	}
	return text
}

// refusedListener is the listener that would have taken the connection of a hop if Envoy ran it, or nil.
func refusedListener(h *simulate.Hop) *decision.RefusedListener {
	for i := range h.Steps {
		switch r := h.Steps[i].Reason.(type) {
		case decision.VirtualListener:
			return r.Refused
		case decision.NothingListens:
			return r.Refused
		}
	}
	return nil
}

// detectedText describes what the listener filters detected.
func detectedText(d *decision.Detected) string {
	if d.Transport != call.TLSBytes {
		return strings.TrimSuffix("plaintext "+strings.Join(d.ALPN, ", "), " ")
	}
	text := "TLS without a server name"
	if d.SNI != "" {
		text = "TLS for " + d.SNI
	}
	if len(d.ALPN) > 0 {
		text += " with ALPN " + strings.Join(d.ALPN, ", ")
	}
	return text
}

func similarChainText(s *decision.SimilarChain) string {
	if s == nil {
		return ""
	}
	return "; " + s.Label + " has this server name too; it " + chainText(s.Match)
}

// chainText is what a filter chain demands.
func chainText(m *decision.ChainMatch) string {
	var parts []string
	if m.Port != 0 {
		parts = append(parts, fmt.Sprintf("destination port %d", m.Port))
	}
	for _, p := range m.Destinations {
		parts = append(parts, "destination "+p.String())
	}
	if len(m.ServerNames) > 0 {
		parts = append(parts, "server name "+some(m.ServerNames, 3))
	}
	if kind := bytesText(m); kind != "" {
		parts = append(parts, kind)
	}
	if len(parts) == 0 {
		return "matches every connection"
	}
	return "matches " + strings.Join(parts, ", ")
}

// bytesText is what bytes a chain demands: "TLS that offers istio, h2", "plaintext HTTP".
func bytesText(m *decision.ChainMatch) string {
	plain := m.Transport == call.RawBuffer
	switch {
	case plain && len(m.Protocols) == 0:
		return "plaintext"
	case plain && slices.Contains(m.Protocols, call.HTTP11):
		return "plaintext HTTP"
	case plain:
		return "plaintext of " + some(m.Protocols, 5)
	case m.Transport == "" && len(m.Protocols) == 0:
		return ""
	}
	kind := cmp.Or(strings.ToUpper(m.Transport), "TLS")
	if len(m.Protocols) > 0 {
		kind += " with ALPN " + some(m.Protocols, 2)
	}
	return kind
}

func handshakeText(r decision.HandshakeRefused) string {
	switch r.Failure {
	case decision.PlaintextClient:
		return "the proxy expects TLS here, but the client speaks plaintext"
	case decision.NoTLSVersion:
		return "the minimum TLS version of the proxy is above its maximum"
	case decision.NoClientCertificate:
		return "the proxy requires a client certificate, and the client presents none"
	}
	return "the proxy does not accept the client's identity " + r.Principal
}

// some lists the first of many words.
func some(words []string, n int) string {
	if len(words) <= n {
		return strings.Join(words, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(words[:n], ", "), len(words)-n)
}
