package simulate

import (
	"fmt"
	"net/netip"
	"strings"

	"sem.example/simulate/call"
	"sem.example/simulate/decision"
	"sem.example/simulate/internal/request"
	"sem.example/simulate/internal/upstream"
)

// longerWord is a path that goes on where the prefix ends within a word.
func longerWord(r *run, _ *decision.Outcome) *trapped {
	if r.http == nil || r.http.Route == nil {
		return nil
	}
	prefix, path := r.http.Route.Proto.GetMatch().GetPrefix(), r.http.Path
	if prefix == "" || len(path) <= len(prefix) || !request.WordByte(prefix[len(prefix)-1]) || !request.WordByte(path[len(prefix)]) {
		return nil
	}
	return &trapped{
		message: fmt.Sprintf("the prefix %q is text, not a path segment: it takes %s as well", prefix, request.CutQuery(path)),
		help:    fmt.Sprintf("match %s/ and exactly %s", prefix, prefix),
		at:      decision.Part(r.http.Route.Addr, "match"),
	}
}

func slashTrouble(r *run, _ *decision.Outcome) *trapped {
	if r.Hop.Rewrite == nil || r.Hop.Rewrite.Path == nil {
		return nil
	}
	from, to := request.CutQuery(r.Hop.Rewrite.Path.From), request.CutQuery(r.Hop.Rewrite.Path.To)
	if !strings.Contains(to, "//") || strings.Contains(from, "//") {
		return nil
	}
	return &trapped{
		message: fmt.Sprintf("the rewrite turns %s into %s: it replaces the matched text, not a path segment", from, to),
		help:    "end both the matched prefix and its replacement with a slash, or neither",
		at:      decision.Part(r.http.Route.Addr, "rewrite"),
	}
}

// foreignAuthority is a request to a named server outside that is asked for under another name.
func foreignAuthority(r *run, _ *decision.Outcome) *trapped {
	if r.up.Leaving == nil || r.up.Cluster == nil || r.up.Cluster.Destination.Resolution != upstream.ByDNS || r.up.Cluster.Destination.Port == 0 {
		return nil
	}
	host, _ := call.SplitPort(r.up.Leaving.Authority)
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if known(r.up.Cluster.Destination.Host, host) {
		return nil
	}
	for i := range r.up.Endpoints {
		if _, err := netip.ParseAddr(r.up.Endpoints[i].Address); err == nil || r.up.Endpoints[i].Address == host {
			return nil
		}
	}
	return &trapped{
		message: fmt.Sprintf("%s is asked for host %q, which it may not serve: external servers answer such requests with 404 or 421", r.up.Cluster.Destination.Host, r.up.Leaving.Authority),
		help:    fmt.Sprintf("rewrite the authority to %s in the VirtualService (rewrite.authority)", r.up.Cluster.Destination.Host),
		at:      decision.At(r.http.Route.Addr),
	}
}

// known says whether a service, perhaps a wildcard, has a host.
func known(service, host string) bool {
	suffix, wild := strings.CutPrefix(service, "*")
	return service == host || wild && strings.HasSuffix(host, suffix)
}

func redirectToItself(r *run, o *decision.Outcome) *trapped {
	if o.Verdict != decision.Redirected || r.Hop.Response.Location != r.up.Req.Scheme+"://"+r.up.Req.Authority+r.up.Req.Path {
		return nil
	}
	return &trapped{
		message: "the redirect leads back to the same URL: the client goes round in circles",
		help:    "redirect to another host, path or scheme",
		at:      decision.Part(r.http.Route.Addr, "redirect"),
	}
}

func idleFault(r *run, _ *decision.Outcome) *trapped {
	if r.http == nil || !r.http.NeverFires {
		return nil
	}
	return &trapped{
		message: "the fault never fires: it has no percentage, which counts as 0",
		help:    "write percentage: {value: 100}",
		at:      decision.Part(r.http.Route.Addr, "fault"),
	}
}

func noOriginalDestination(r *run, _ *decision.Outcome) *trapped {
	if r.call.Direction != "gateway" || r.up.Cluster == nil || r.up.Cluster.Destination.Resolution != upstream.ByOriginal {
		return nil
	}
	return &trapped{
		message: fmt.Sprintf("a gateway has no original destination: the cluster %s dials the gateway's own address", r.up.Cluster.Name),
		help:    "use resolution DNS or DYNAMIC_DNS for hosts that are reached through a gateway",
		at:      decision.At(r.up.Cluster.Addr),
	}
}
