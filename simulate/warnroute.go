package simulate

import (
	"fmt"
	"net/netip"
	"strings"
)

// longerWord is a path that goes on where the prefix ends within a word.
func longerWord(r *run, _ *outcome) *trapped {
	if r.matched == nil || r.req == nil {
		return nil
	}
	prefix, path := r.matched.proto.GetMatch().GetPrefix(), r.sentPath
	if prefix == "" || len(path) <= len(prefix) || !wordByte(prefix[len(prefix)-1]) || !wordByte(path[len(prefix)]) {
		return nil
	}
	return &trapped{
		message: fmt.Sprintf("the prefix %q is text, not a path segment: it takes %s as well", prefix, cutQuery(path)),
		help:    fmt.Sprintf("match %s/ and exactly %s", prefix, prefix),
		at:      part(r.followed, "match"),
	}
}

func wordByte(b byte) bool {
	return b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
}

func slashTrouble(r *run, _ *outcome) *trapped {
	if r.hop.Rewrite == nil || r.hop.Rewrite.Path == nil {
		return nil
	}
	from, to := cutQuery(r.hop.Rewrite.Path.From), cutQuery(r.hop.Rewrite.Path.To)
	if !strings.Contains(to, "//") || strings.Contains(from, "//") {
		return nil
	}
	return &trapped{
		message: fmt.Sprintf("the rewrite turns %s into %s: it replaces the matched text, not a path segment", from, to),
		help:    "end both the matched prefix and its replacement with a slash, or neither",
		at:      part(r.followed, "rewrite"),
	}
}

// foreignAuthority is a request to a named server outside that is asked for under another name.
func foreignAuthority(r *run, _ *outcome) *trapped {
	if r.leaving == nil || r.via == nil || r.via.destination.Resolution != byDNS || r.via.destination.Port == 0 {
		return nil
	}
	host, _ := splitPort(r.leaving.authority)
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if known(r.via.destination.Host, host) {
		return nil
	}
	for i := range r.ends {
		if _, err := netip.ParseAddr(r.ends[i].Address); err == nil || r.ends[i].Address == host {
			return nil
		}
	}
	return &trapped{
		message: fmt.Sprintf("%s is asked for host %q, which it may not serve: external servers answer such requests with 404 or 421", r.via.destination.Host, r.leaving.authority),
		help:    fmt.Sprintf("rewrite the authority to %s in the VirtualService (rewrite.authority)", r.via.destination.Host),
		at:      at(r.followed),
	}
}

// known says whether a service, perhaps a wildcard, has a host.
func known(service, host string) bool {
	suffix, wild := strings.CutPrefix(service, "*")
	return service == host || wild && strings.HasSuffix(host, suffix)
}

func redirectToItself(r *run, o *outcome) *trapped {
	if o.verdict != Redirected || r.hop.Response.Location != r.req.scheme+"://"+r.req.authority+r.req.path {
		return nil
	}
	return &trapped{
		message: "the redirect leads back to the same URL: the client goes round in circles",
		help:    "redirect to another host, path or scheme",
		at:      part(r.followed, "redirect"),
	}
}

func idleFault(r *run, _ *outcome) *trapped {
	if !r.idleFault {
		return nil
	}
	return &trapped{
		message: "the fault never fires: it has no percentage, which counts as 0",
		help:    "write percentage: {value: 100}",
		at:      part(r.followed, "fault"),
	}
}

func noOriginalDestination(r *run, _ *outcome) *trapped {
	if r.call.Direction != "gateway" || r.via == nil || r.via.destination.Resolution != byOriginal {
		return nil
	}
	return &trapped{
		message: fmt.Sprintf("a gateway has no original destination: the cluster %s dials the gateway's own address", r.via.name),
		help:    "use resolution DNS or DYNAMIC_DNS for hosts that are reached through a gateway",
		at:      at(r.via.addr),
	}
}
