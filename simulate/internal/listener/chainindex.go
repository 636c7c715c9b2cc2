package listener

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"sem.example/simulate/call"
	"sem.example/simulate/decision"
)

// A chainIndex holds the chains by what the first tests ask for, so that a listener with a thousand server names is as
// fast as one with ten.
type chainIndex struct {
	ports   map[uint32][]netip.Prefix // the destination prefixes of a port, longest first; the zero prefix is any
	buckets map[chainKey][]*Chain
	names   map[string][]*Chain // by server name, whatever else they ask for
}

// A chainKey is one combination of the indexed properties. The name is "" for any and ".a.b" for "*.a.b".
type chainKey struct {
	port   uint32
	prefix netip.Prefix
	name   string
}

func newChainIndex(chains []*Chain) *chainIndex {
	x := &chainIndex{ports: map[uint32][]netip.Prefix{}, buckets: map[chainKey][]*Chain{}, names: map[string][]*Chain{}}
	for _, c := range chains {
		x.add(c)
	}
	for _, list := range x.ports {
		slices.SortStableFunc(list, func(a, b netip.Prefix) int { return cmp.Compare(b.Bits(), a.Bits()) })
	}
	return x
}

func (x *chainIndex) add(c *Chain) {
	to, names := c.to, c.match.GetServerNames()
	if len(to) == 0 {
		to = []netip.Prefix{{}}
	}
	if len(names) == 0 {
		names = []string{""}
	}
	for _, name := range c.match.GetServerNames() {
		x.names[strings.ToLower(name)] = append(x.names[strings.ToLower(name)], c)
	}
	port := c.match.GetDestinationPort().GetValue()
	for _, p := range to {
		if !slices.Contains(x.ports[port], p) {
			x.ports[port] = append(x.ports[port], p)
		}
		for _, name := range names {
			key := chainKey{port, p, strings.ToLower(strings.TrimPrefix(name, "*"))}
			x.buckets[key] = append(x.buckets[key], c)
		}
	}
}

// bucket returns the chains that stay after the indexed tests.
func (x *chainIndex) bucket(c *call.Connection, s *decision.Detected) []*Chain {
	port := uint32(c.Destination.Port())
	list, ok := x.ports[port]
	if !ok {
		port, list = 0, x.ports[0]
	}
	i := slices.IndexFunc(list, func(p netip.Prefix) bool { return !p.IsValid() || p.Contains(c.Destination.Addr()) })
	if i < 0 {
		return nil
	}
	return x.named(chainKey{port: port, prefix: list[i], name: s.SNI})
}

// named looks for the server name, then for its wildcards, the longest first, then for any name.
func (x *chainIndex) named(key chainKey) []*Chain {
	for name := key.name; name != ""; {
		key.name = name
		if found := x.buckets[key]; len(found) > 0 {
			return found
		}
		dot := strings.IndexByte(name[1:], '.')
		if dot < 0 {
			break
		}
		name = name[1+dot:]
	}
	key.name = ""
	return x.buckets[key]
}
