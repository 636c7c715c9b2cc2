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
	find  func(*run, *decision.Outcome) (decision.Trap, decision.Ref)
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
	{"cluster", foreignAuthority},
	{"route", faultWithoutPercentage},
	{"redirect", redirectToSelf},
}

// warn reports the traps that the call falls into.
func (r *run) warn(o *decision.Outcome) {
	for _, t := range trapTests {
		if trap, at := t.find(r, o); trap != nil {
			r.out.Warnings = append(r.out.Warnings, decision.Warning{Trap: trap, Step: t.stage, Origin: r.Places.OriginOf(at)})
		}
	}
}

var none decision.Ref

// serverFirstPorts are those of well-known protocols in which the server speaks first.
var serverFirstPorts = map[uint16]string{21: "FTP", 25: "SMTP", 110: "POP3", 143: "IMAP", 587: "SMTP", 3306: "MySQL"}

func serverFirst(r *run, _ *decision.Outcome) (decision.Trap, decision.Ref) {
	port := r.conn.Destination.Port()
	protocol := serverFirstPorts[port]
	if protocol == "" || r.conn.TLS || r.conn.Inner != call.Payload || r.listener == nil || !r.listener.Inspects(uint32(port)) {
		return nil, none
	}
	return decision.ServerFirst{Protocol: protocol, Port: port, Patience: r.listener.Patience()}, decision.At(r.listener.Addr)
}

func noOriginalDestination(r *run, _ *decision.Outcome) (decision.Trap, decision.Ref) {
	c := r.up.Cluster
	if r.call.Direction != "gateway" || c == nil || c.Destination.Resolution != upstream.ByOriginal {
		return nil, none
	}
	return decision.NoOriginalDestination{Cluster: c.Name}, decision.At(c.Addr)
}

// originatesTLS reports whether the proxy encrypts towards a server that is not known to be in the mesh.
func (r *run) originatesTLS() bool {
	t := r.Hop.TLS
	return t != nil && t.OriginatedBy == decision.ByProxy && t.Mode != decision.ModeIstioMutual
}

func tlsInTLS(r *run, _ *decision.Outcome) (decision.Trap, decision.Ref) {
	if !r.conn.Opaque() || !r.originatesTLS() {
		return nil, none
	}
	return decision.TLSInTLS{SNI: r.conn.SNI, UpstreamSNI: r.Hop.TLS.SNI}, decision.Part(r.up.Cluster.Addr, "tls")
}

// tlsPorts are ports on which servers expect TLS.
var tlsPorts = map[uint32]bool{443: true, 8443: true, 6443: true, 9443: true}

func plaintextToTLS(r *run, _ *decision.Outcome) (decision.Trap, decision.Ref) {
	t := r.Hop.TLS
	if r.up.Leaving == nil || t == nil || t.OriginatedBy != decision.ByNobody || r.call.Direction == "inbound" || r.up.Cluster.Passes() {
		return nil, none
	}
	e := upstream.Likeliest(r.up.Endpoints)
	if !tlsPorts[e.Port] {
		return nil, none
	}
	return decision.PlaintextToTLS{Port: e.Port, Address: e.Address, ServicePort: r.up.Cluster.Destination.Port}, decision.At(r.up.Cluster.Addr)
}

func noServerName(r *run, _ *decision.Outcome) (decision.Trap, decision.Ref) {
	if !r.originatesTLS() || r.Hop.TLS.SNI != "" || r.up.Leaving != nil {
		return nil, none
	}
	return decision.NoServerName{}, decision.Part(r.up.Cluster.Addr, "tls")
}

func wildcardServerName(r *run, _ *decision.Outcome) (decision.Trap, decision.Ref) {
	if !r.originatesTLS() || !strings.Contains(r.Hop.TLS.SNI, "*") {
		return nil, none
	}
	return decision.WildcardServerName{SNI: r.Hop.TLS.SNI}, decision.Part(r.up.Cluster.Addr, "tls")
}

func meshTLSOutside(r *run, _ *decision.Outcome) (decision.Trap, decision.Ref) {
	t := r.Hop.TLS
	if t == nil || t.Mode != decision.ModeIstioMutual || !r.up.Cluster.External() {
		return nil, none
	}
	return decision.MeshTLSOutside{Host: r.up.Cluster.Destination.Host}, decision.Part(r.up.Cluster.Addr, "tls")
}

func unverified(r *run, _ *decision.Outcome) (decision.Trap, decision.Ref) {
	if !r.originatesTLS() || r.Hop.TLS.Verified {
		return nil, none
	}
	return decision.Unverified{Host: r.up.Cluster.Destination.Host}, decision.Part(r.up.Cluster.Addr, "tls")
}

func prefixWithinWord(r *run, _ *decision.Outcome) (decision.Trap, decision.Ref) {
	if r.http == nil || r.http.Route == nil {
		return nil, none
	}
	prefix, path := r.http.Route.Proto.GetMatch().GetPrefix(), r.http.Path
	if prefix == "" || len(path) <= len(prefix) || !request.WordByte(prefix[len(prefix)-1]) || !request.WordByte(path[len(prefix)]) {
		return nil, none
	}
	return decision.PrefixWithinWord{Prefix: prefix, Path: request.CutQuery(path)}, decision.Part(r.http.Route.Addr, "match")
}

func doubleSlash(r *run, _ *decision.Outcome) (decision.Trap, decision.Ref) {
	if r.Hop.Rewrite == nil || r.Hop.Rewrite.Path == nil || r.http.Route == nil {
		return nil, none
	}
	from, to := request.CutQuery(r.Hop.Rewrite.Path.From), request.CutQuery(r.Hop.Rewrite.Path.To)
	if !strings.Contains(to, "//") || strings.Contains(from, "//") {
		return nil, none
	}
	return decision.DoubleSlash{From: from, To: to}, decision.Part(r.http.Route.Addr, "rewrite")
}

func foreignAuthority(r *run, _ *decision.Outcome) (decision.Trap, decision.Ref) {
	c := r.up.Cluster
	if r.up.Leaving == nil || c == nil || c.Destination.Resolution != upstream.ByDNS || c.Destination.Port == 0 {
		return nil, none
	}
	host := strings.ToLower(strings.TrimSuffix(call.HostOf(r.up.Leaving.Authority), "."))
	if serves(c.Destination.Host, host) {
		return nil, none
	}
	for i := range r.up.Endpoints {
		address := r.up.Endpoints[i].Address
		if _, err := netip.ParseAddr(address); err == nil || address == host {
			return nil, none
		}
	}
	return decision.ForeignAuthority{Host: c.Destination.Host, Authority: r.up.Leaving.Authority}, decision.At(r.http.Route.Addr)
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

func faultWithoutPercentage(r *run, _ *decision.Outcome) (decision.Trap, decision.Ref) {
	if r.http == nil || !r.http.NeverFires {
		return nil, none
	}
	return decision.FaultWithoutPercentage{}, decision.Part(r.http.Route.Addr, "fault")
}

func redirectToSelf(r *run, o *decision.Outcome) (decision.Trap, decision.Ref) {
	if o.Verdict != decision.Redirected || r.Hop.Response.Location != r.http.Req.Scheme+"://"+r.http.Req.Authority+r.http.Req.Path {
		return nil, none
	}
	if r.http.Route == nil {
		return decision.RedirectToSelf{}, none
	}
	return decision.RedirectToSelf{}, decision.Part(r.http.Route.Addr, "redirect")
}
