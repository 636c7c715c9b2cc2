package gateway

import (
	"slices"
	"strings"
)

// commonHosts returns the hosts of both lists that one of the other covers, each once, in the order of the first list.
func commonHosts(hosts, others []string) []string {
	var out []string
	for _, h := range hosts {
		for _, o := range others {
			common := h
			switch {
			case covers(o, h):
			case covers(h, o):
				common = o
			default:
				continue
			}
			if !slices.Contains(out, common) {
				out = append(out, common)
			}
		}
	}
	return out
}

// hostsFor returns the hosts of a server that VirtualServices of a namespace may have.
func hostsFor(s *gatewayServer, namespace string) []string {
	var out []string
	for _, h := range s.hosts {
		ns, host, ok := strings.Cut(h, "/")
		switch {
		case !ok:
			out = append(out, h)
		case ns == namespace:
			out = append(out, host)
		}
	}
	return out
}

// covers reports whether every name that a host stands for is one of another's. An asterisk may begin either.
func covers(host, other string) bool {
	suffix, wild := strings.CutPrefix(host, "*")
	rest, otherWild := strings.CutPrefix(other, "*")
	switch {
	case wild && otherWild:
		return len(other) >= len(host) && strings.HasSuffix(rest, suffix)
	case wild:
		return strings.HasSuffix(other, suffix)
	}
	return host == other
}
