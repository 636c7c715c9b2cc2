package pipeline

import (
	"net/netip"
	"slices"
	"strings"

	"sem.example/internal/mesh"
	"sem.example/simulate"
)

// named puts before all other steps how the application comes to an address for the name that it asks for, where that is
// no matter of course: a ServiceEntry adds no DNS record, unless the proxy answers DNS queries itself.
func (w *World) named(t *simulate.Trace) {
	name, h := hostOf(t.Call.URL), &t.Hops[0]
	v, err := w.View(h.Proxy)
	if _, isAddress := netip.ParseAddr(name); err != nil || isAddress == nil || h.Direction != "outbound" || len(h.Steps) == 0 {
		return
	}
	s := v.Service(fullHost(v, name))
	if s == nil || s.Kubernetes() {
		return
	}
	step := simulate.Step{Stage: "name", Chose: name}
	switch {
	case v.Proxy.DNSCapture && t.Call.Address == "":
		step.Because = "the proxy itself answers the application's DNS query, with the address that istiod allocates (status.addresses), which the input does not hold"
	case v.Proxy.DNSCapture && t.Call.Address != "" && t.Call.Address == firstAddress(s, v.Proxy):
		step.Chose += " → " + t.Call.Address
		step.Because = "the proxy itself answers the application's DNS query"
	case t.Call.Address == "" && private(name):
		step.Because = "the application has to find an address by itself: a ServiceEntry adds no DNS record, unless the proxy captures DNS"
	default:
		return
	}
	place := placeOf(mesh.Loser{Object: s.Object, Field: s.Field})
	place.Role, place.Note = "defines", ""
	step.Origins = []simulate.Place{place}
	h.Steps = slices.Insert(h.Steps, 0, step)
}

// privateDomains are the top-level names that public DNS does not serve.
var privateDomains = []string{"internal", "local", "lan", "corp", "home", "intranet", "private", "svc", "global", "mesh", "invalid", "localhost"}

// private says whether public DNS knows no name of this kind.
func private(name string) bool {
	last := name[strings.LastIndexByte(name, '.')+1:]
	return last == name || slices.Contains(privateDomains, strings.ToLower(last))
}
