package explain

import (
	"fmt"
	"net/http"
	"net/netip"

	"sem.example/internal/config"
	"sem.example/internal/hostname"
	"sem.example/internal/mesh"
	"sem.example/simulate"
)

// nobodyThere has a call fail that a proxy passes on to an address which istiod allocated to a host. Such an address exists in
// the answers of the proxies' DNS alone: where no listener takes the connection, no server does.
func nobodyThere(t *simulate.Trace, v *mesh.View) {
	h := &t.Hops[0]
	if t.Verdict != simulate.Passthrough || len(t.Hops) > 1 || h.Direction != "outbound" || len(h.Endpoints) == 0 {
		return
	}
	address := h.Endpoints[0].Address
	s := v.Service(v.ResolveName(hostname.OfURL(t.Call.URL)))
	if s == nil || !allocated(s, address) {
		return
	}
	place := placeOf(config.Ignored{Object: s.Object, Field: s.Field})
	t.Verdict, t.ResponseFlags, t.AccessLog = simulate.NoEndpoints, "UF", ""
	t.Summary = fmt.Sprintf("The proxy forwards the connection to %s, but no server has that address: istiod allocated it for the proxies' DNS, and %s has no port %d.", endpointsText(h.Facts.Endpoints), documentOf(&place), t.Call.Port)
	t.Sees = "a closed connection"
	if h.Facts.HTTP {
		t.Status, t.Sees = http.StatusServiceUnavailable, "503 Service Unavailable: \"upstream connect error or disconnect/reset before headers\""
	}
	t.Fix = fmt.Sprintf("add port %d to %s", t.Call.Port, documentOf(&place))
	if other := v.Mesh.ServicesOf(s.Host); len(other) > 1 {
		t.Fix = fmt.Sprintf("put all ports of %s into one ServiceEntry: DNS answers with the address of %s only", s.Host, documentOf(&place))
	}
}

// allocated reports whether istiod allocated an address to a service.
func allocated(s *mesh.Service, address string) bool {
	at, err := netip.ParseAddr(address)
	for _, a := range s.AutoAddresses {
		if own, e := netip.ParseAddr(a); err == nil && e == nil && own == at {
			return true
		}
	}
	return false
}
