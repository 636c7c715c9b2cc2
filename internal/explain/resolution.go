package explain

import (
	"net/netip"
	"slices"
	"strings"

	"sem.example/internal/config"
	"sem.example/internal/hostname"
	"sem.example/internal/mesh"
	"sem.example/simulate"
)

// addResolution puts a step before all others that says how the application comes to an address for the name that it calls.
// Only a host of a ServiceEntry has one: an entry adds no DNS record, unless the proxy answers DNS queries itself.
func addResolution(t *simulate.Trace, v *mesh.View) {
	name, h := hostname.OfURL(t.Call.URL), &t.Hops[0]
	if _, isAddress := netip.ParseAddr(name); isAddress == nil || h.Direction != "outbound" || len(h.Steps) == 0 {
		return
	}
	s := v.Service(v.ResolveName(name))
	if s == nil || s.Kubernetes() {
		return
	}
	step := resolve(name, t.Call.Address, s, v.Proxy().All())
	if step == nil {
		return
	}
	place := placeOf(config.Ignored{Object: s.Object, Field: s.Field})
	place.Role, place.Note = "defines", ""
	step.Origins = []simulate.Place{place}
	h.Steps = slices.Insert(h.Steps, 0, *step)
}

// resolve is how a proxy's application finds the address that it dials for the name of an entry's host. It is nil where nothing
// is to be said: where the call gives the address, or public DNS may know the name.
func resolve(name, address string, s *mesh.Service, p mesh.Proxy) *simulate.Step {
	step := &simulate.Step{Stage: "name", Chose: name}
	switch {
	case p.DNSCapture && address == "":
		step.Because = "the proxy answers the application's DNS query with the address that istiod allocates (status.addresses), which is not in the input"
	case p.DNSCapture && address == s.DialAddress(p):
		step.Chose += " → " + address
		step.Because = "the proxy answers the application's DNS query"
	case address == "" && private(name):
		step.Because = "the application must resolve the name itself: a ServiceEntry adds no DNS record unless the proxy captures DNS"
	default:
		return nil
	}
	return step
}

// privateDomains are the top-level names that public DNS does not serve.
var privateDomains = []string{"internal", "local", "lan", "corp", "home", "intranet", "private", "svc", "global", "mesh", "invalid", "localhost"}

// private reports whether public DNS knows no name of this kind.
func private(name string) bool {
	last := name[strings.LastIndexByte(name, '.')+1:]
	return last == name || slices.Contains(privateDomains, strings.ToLower(last))
}
