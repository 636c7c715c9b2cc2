package simulate

import (
	"net/netip"
	"strings"

	"sem.example/simulate/call"
	"sem.example/simulate/decision"
	"sem.example/simulate/internal/request"
	"sem.example/simulate/internal/upstream"
)

// A trapTest finds a trap that a call falls into: the trap, nil where it does not, and the resource that it is about.
type trapTest struct {
	stage string // that the warning belongs to
	find  func(*hopTrace, *decision.Outcome) (decision.Trap, decision.Ref)
}

// trapTests are those of all traps that are visible from the proxy's resources, in the order of their warnings.
var trapTests = []trapTest{
	{"listener", serverFirst},
	{"cluster", noOriginalDestination},
	{"tls", tlsInTLS},
	{"tls", plaintextToTLS},
	{"tls", noServerName},
	{"tls", wildcardServerName},
	{"tls", meshTLSOutside},
	{"tls", unverified},
	{"route", prefixWithinWord},
	{"rewrite", doubleSlash},
	{"cluster", authorityMismatch},
	{"route", faultWithoutPercentage},
	{"redirect", redirectToSelf},
}

// warn reports the traps that the call falls into.
func (h *hopTrace) warn(o *decision.Outcome) {
	for _, t := range trapTests {
		if trap, at := t.find(h, o); trap != nil {
			h.out.Warnings = append(h.out.Warnings, decision.Warning{Trap: trap, Step: t.stage, Origin: h.Places.OriginOf(at)})
		}
	}
}

var none decision.Ref

// serverFirstPorts are those of well-known protocols in which the server speaks first.
var serverFirstPorts = map[uint16]string{21: "FTP", 25: "SMTP", 110: "POP3", 143: "IMAP", 587: "SMTP", 3306: "MySQL"}

func serverFirst(h *hopTrace, _ *decision.Outcome) (decision.Trap, decision.Ref) {
	port := h.conn.Destination.Port()
	protocol := serverFirstPorts[port]
	if protocol == "" || h.conn.TLS || h.conn.Inner != call.Payload || h.listener == nil || !h.listener.Inspects(uint32(port)) {
		return nil, none
	}
	return decision.ServerFirst{Protocol: protocol, Port: port, Patience: h.listener.Patience()}, decision.At(h.listener.Addr)
}

func noOriginalDestination(h *hopTrace, _ *decision.Outcome) (decision.Trap, decision.Ref) {
	c := h.up.Cluster
	if h.call.Direction != "gateway" || c == nil || c.Destination.Resolution != upstream.ByOriginal {
		return nil, none
	}
	return decision.NoOriginalDestination{Cluster: c.Name}, decision.At(c.Addr)
}

// originatesTLS reports whether the proxy encrypts towards a server that is not known to be in the mesh.
func (h *hopTrace) originatesTLS() bool {
	t := h.Hop.TLS
	return t != nil && t.OriginatedBy == decision.ByProxy && t.Mode != decision.ModeIstioMutual
}

func tlsInTLS(h *hopTrace, _ *decision.Outcome) (decision.Trap, decision.Ref) {
	if !h.conn.Opaque() || !h.originatesTLS() {
		return nil, none
	}
	return decision.TLSInTLS{SNI: h.conn.SNI, UpstreamSNI: h.Hop.TLS.SNI}, decision.Part(h.up.Cluster.Addr, "tls")
}

// tlsPorts are ports on which servers expect TLS.
var tlsPorts = map[uint32]bool{443: true, 8443: true, 6443: true, 9443: true}

func plaintextToTLS(h *hopTrace, _ *decision.Outcome) (decision.Trap, decision.Ref) {
	t := h.Hop.TLS
	if h.up.Leaving == nil || t == nil || t.OriginatedBy != decision.ByNobody || h.call.Direction == "inbound" || h.up.Cluster.Passes() {
		return nil, none
	}
	e := upstream.Likeliest(h.up.Endpoints)
	if !tlsPorts[e.Port] {
		return nil, none
	}
	return decision.PlaintextToTLS{Port: e.Port, Address: e.Address, Host: h.up.Cluster.Destination.Host, ServicePort: h.up.Cluster.Destination.Port}, decision.At(h.up.Cluster.Addr)
}

func noServerName(h *hopTrace, _ *decision.Outcome) (decision.Trap, decision.Ref) {
	if !h.originatesTLS() || h.Hop.TLS.SNI != "" || h.up.Leaving != nil {
		return nil, none
	}
	return decision.NoServerName{}, decision.Part(h.up.Cluster.Addr, "tls")
}

func wildcardServerName(h *hopTrace, _ *decision.Outcome) (decision.Trap, decision.Ref) {
	if !h.originatesTLS() || !strings.Contains(h.Hop.TLS.SNI, "*") {
		return nil, none
	}
	return decision.WildcardServerName{SNI: h.Hop.TLS.SNI}, decision.Part(h.up.Cluster.Addr, "tls")
}

func meshTLSOutside(h *hopTrace, _ *decision.Outcome) (decision.Trap, decision.Ref) {
	t := h.Hop.TLS
	if t == nil || t.Mode != decision.ModeIstioMutual || !h.up.Cluster.External() {
		return nil, none
	}
	return decision.MeshTLSOutside{Host: h.up.Cluster.Destination.Host}, decision.Part(h.up.Cluster.Addr, "tls")
}

func unverified(h *hopTrace, _ *decision.Outcome) (decision.Trap, decision.Ref) {
	if !h.originatesTLS() || h.Hop.TLS.Verified {
		return nil, none
	}
	return decision.Unverified{Host: h.up.Cluster.Destination.Host}, decision.Part(h.up.Cluster.Addr, "tls")
}

func prefixWithinWord(h *hopTrace, _ *decision.Outcome) (decision.Trap, decision.Ref) {
	if h.http == nil || h.http.Route == nil {
		return nil, none
	}
	prefix, path := h.http.Route.Proto.GetMatch().GetPrefix(), h.http.Path
	if prefix == "" || len(path) <= len(prefix) || !request.WordByte(prefix[len(prefix)-1]) || !request.WordByte(path[len(prefix)]) {
		return nil, none
	}
	return decision.PrefixWithinWord{Prefix: prefix, Path: request.CutQuery(path)}, decision.Part(h.http.Route.Addr, "match")
}

func doubleSlash(h *hopTrace, _ *decision.Outcome) (decision.Trap, decision.Ref) {
	if h.Hop.Rewrite == nil || h.Hop.Rewrite.Path == nil || h.http.Route == nil {
		return nil, none
	}
	from, to := request.CutQuery(h.Hop.Rewrite.Path.From), request.CutQuery(h.Hop.Rewrite.Path.To)
	if !strings.Contains(to, "//") || strings.Contains(from, "//") {
		return nil, none
	}
	return decision.DoubleSlash{From: from, To: to}, decision.Part(h.http.Route.Addr, "rewrite")
}

func authorityMismatch(h *hopTrace, _ *decision.Outcome) (decision.Trap, decision.Ref) {
	c := h.up.Cluster
	if h.up.Leaving == nil || c == nil || c.Destination.Resolution != upstream.ByDNS || c.Destination.Port == 0 {
		return nil, none
	}
	host := strings.ToLower(strings.TrimSuffix(call.HostOf(h.up.Leaving.Authority), "."))
	if serves(c.Destination.Host, host) {
		return nil, none
	}
	for i := range h.up.Endpoints {
		address := h.up.Endpoints[i].Address
		if _, err := netip.ParseAddr(address); err == nil || address == host {
			return nil, none
		}
	}
	return decision.AuthorityMismatch{Host: c.Destination.Host, Authority: h.up.Leaving.Authority}, decision.At(h.http.Route.Addr)
}

// serves reports whether a service, perhaps a wildcard, has a host.
func serves(service, host string) bool {
	suffix, wild := strings.CutPrefix(service, "*")
	return service == host || wild && strings.HasSuffix(host, suffix) || shortens(host, service)
}

// shortens reports whether a host is a Service's name without the end of its domain, as the virtual host of a Service has it too.
func shortens(host, service string) bool {
	rest, ok := strings.CutPrefix(service, host+".")
	return ok && (strings.Contains("."+rest, ".svc.") || strings.HasSuffix(host, ".svc"))
}

func faultWithoutPercentage(h *hopTrace, _ *decision.Outcome) (decision.Trap, decision.Ref) {
	if h.http == nil || !h.http.NeverFires {
		return nil, none
	}
	if h.http.Route == nil {
		return decision.FaultWithoutPercentage{}, none // the fault is the filter's own
	}
	return decision.FaultWithoutPercentage{}, decision.Part(h.http.Route.Addr, "fault")
}

func redirectToSelf(h *hopTrace, o *decision.Outcome) (decision.Trap, decision.Ref) {
	if o.Verdict != decision.Redirected || h.Hop.Response.Location != h.http.Req.Scheme+"://"+h.http.Req.Authority+h.http.Req.Path {
		return nil, none
	}
	if h.http.Route == nil {
		return decision.RedirectToSelf{}, none
	}
	return decision.RedirectToSelf{}, decision.Part(h.http.Route.Addr, "redirect")
}
