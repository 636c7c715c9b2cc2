package route

import (
	"strings"

	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"

	"sem.example/internal/envoy"
	"sem.example/simulate/decision"
)

// A VirtualHost is the routes of some domains.
type VirtualHost struct {
	Proto       *routev3.VirtualHost
	Name        string
	Addr        envoy.Addr
	Routes      []*Route
	Unsupported []string
}

func newVirtualHost(c *routev3.RouteConfiguration, v *routev3.VirtualHost) *VirtualHost {
	host := &VirtualHost{Proto: v, Name: v.GetName(), Addr: envoy.VirtualHost(c.GetName(), v.GetName()), Unsupported: decision.UnsupportedFields(v, "virtual host "+v.GetName())}
	for i := range v.GetRoutes() {
		host.Routes = append(host.Routes, newRoute(c, v, i))
	}
	return host
}

// domain returns the longest wildcard domain of the virtual host for a host.
func (v *VirtualHost) domain(host string) string {
	best := ""
	for _, d := range v.Proto.GetDomains() {
		lower := strings.ToLower(d)
		suffix, isSuffix := strings.CutPrefix(lower, "*")
		prefix, isPrefix := strings.CutSuffix(lower, "*")
		if (isSuffix && strings.HasSuffix(host, suffix) || isPrefix && strings.HasPrefix(host, prefix)) && len(d) > len(best) {
			best = d
		}
	}
	return best
}

// Rejected names the virtual hosts that were not chosen.
func (t *Table) Rejected(chosen *VirtualHost, places *decision.Origins) []decision.Candidate {
	var out []decision.Candidate
	for _, v := range t.hosts {
		if v != chosen {
			out = append(out, decision.Candidate{
				Candidate: v.Name,
				Reason:    decision.OtherDomains{Domains: v.Proto.GetDomains()},
				Origin:    places.OriginOf(decision.At(v.Addr)),
			})
		}
	}
	return out
}
