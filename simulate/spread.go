package simulate

import "fmt"

// spread says how connections are spread over the endpoints of a way.
func (r *run) spread(w *way) string {
	c := w.cluster
	switch {
	case c.destination.Resolution == byOriginal:
		return r.whereDialled(w)
	case c.destination.Resolution == byDynamicDNS:
		return "the proxy resolves the name that is asked for"
	case len(w.endpoints) == 0:
		return "the cluster has no endpoint that may be used" + c.standby.words()
	case len(w.endpoints) == 1:
		return "the only one in use" + c.standby.words()
	}
	says := "spread by " + c.balancer
	if p := r.hop.Policy; p != nil && p.HashKey != "" {
		says += " over " + p.HashKey
	}
	return says + c.standby.words()
}

// whereDialled is what becomes of a connection whose cluster has no address of its own.
func (r *run) whereDialled(w *way) string {
	says := "where the application dialled"
	if w.req != nil && !w.cluster.passes() && r.call.Direction == "outbound" {
		says += ", whatever the Host header asks for"
	}
	if e := likeliest(w.endpoints); e.Port == 80 && w.tls != nil && w.tls.OriginatedBy == byProxy {
		says += ": TLS on port 80, where servers expect plaintext"
	}
	return says
}

// A standby counts the endpoints of a cluster that receive nothing.
type standby struct {
	unhealthy int
	behind    int // healthy, but of a lower priority than those in use
}

// newStandby counts the endpoints that are not among those in use.
func newStandby(all, used []endpoint) standby {
	var s standby
	busy := map[string]bool{}
	for i := range used {
		busy[used[i].at] = true
	}
	for i := range all {
		switch e := &all[i]; {
		case busy[e.at]:
		case e.healthy():
			s.behind++
		default:
			s.unhealthy++
		}
	}
	return s
}

func (s standby) words() string {
	says := ""
	if s.behind > 0 {
		says += fmt.Sprintf("; %d of lower priority %s", s.behind, plural(s.behind, "stands by", "stand by"))
	}
	if s.unhealthy > 0 {
		says += fmt.Sprintf("; %d more %s not healthy", s.unhealthy, plural(s.unhealthy, "is", "are"))
	}
	return says
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}
