package simulate

import (
	"fmt"
	"strings"

	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"

	"sem.example/internal/envoy"
)

// A virtualHost is the routes of some domains.
type virtualHost struct {
	proto  *routev3.VirtualHost
	name   string
	addr   envoy.Addr
	routes []*route
	unread []string
}

func newVirtualHost(c *routev3.RouteConfiguration, v *routev3.VirtualHost) *virtualHost {
	host := &virtualHost{proto: v, name: v.GetName(), addr: envoy.VirtualHost(c.GetName(), v.GetName()), unread: unread(v, "virtual host "+v.GetName())}
	for i := range v.GetRoutes() {
		host.routes = append(host.routes, newRoute(c, v, i))
	}
	return host
}

// domain returns the longest wildcard domain of the virtual host for a host.
func (v *virtualHost) domain(host string) string {
	best := ""
	for _, d := range v.proto.GetDomains() {
		lower := strings.ToLower(d)
		suffix, isSuffix := strings.CutPrefix(lower, "*")
		prefix, isPrefix := strings.CutSuffix(lower, "*")
		if (isSuffix && strings.HasSuffix(host, suffix) || isPrefix && strings.HasPrefix(host, prefix)) && len(d) > len(best) {
			best = d
		}
	}
	return best
}

// rejectedHosts names the virtual hosts that were not chosen.
func (r *run) rejectedHosts(t *table, chosen *virtualHost) []Candidate {
	var out []Candidate
	for _, v := range t.hosts {
		if v != chosen {
			out = append(out, Candidate{
				Candidate: v.name,
				Because:   fmt.Sprintf("its domains are %s", some(v.proto.GetDomains(), 4)),
				Origin:    r.engine.originOf(at(v.addr)),
			})
		}
	}
	return out
}

// some lists the first of many words.
func some(words []string, n int) string {
	if len(words) <= n {
		return strings.Join(words, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(words[:n], ", "), len(words)-n)
}
