package diff

import (
	"net/netip"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"

	"sem.example/internal/envoy"
	"sem.example/simulate"
)

// A listener for one address that only one side has takes connections from another one of the other side, which is often for
// every address of the port. What the two do is compared, for connections to the address.

// counterparts are the listeners that take the connections to an address, where only one side has a listener for it; otherwise the
// address is "".
func (c *comparison) counterparts(old, new *listenerv3.Listener) (before, after *listenerv3.Listener, address string) {
	switch {
	case old == nil && new != nil:
		before, address = c.old.taking(c.proxy, new)
		return before, new, address
	case new == nil && old != nil:
		after, address = c.new.taking(c.proxy, old)
		return old, after, address
	}
	return nil, nil, ""
}

// taking is the listener of a side that takes the connections to the address of another side's listener; the address is "" where none does,
// or one that takes all connections.
func (p *part) taking(proxy simulate.Proxy, l *listenerv3.Listener) (*listenerv3.Listener, string) {
	at := l.GetAddress().GetSocketAddress()
	address, err := netip.ParseAddr(at.GetAddress())
	if err != nil || address.IsUnspecified() || envoy.Virtual(l) || len(l.GetAdditionalAddresses()) > 0 || l.GetTrafficDirection() == corev3.TrafficDirection_INBOUND {
		return nil, ""
	}
	t := p.Ask(simulate.Call{Proxy: proxy, Address: at.GetAddress(), Port: at.GetPortValue(), Protocol: "tcp"})
	if t == nil || len(t.Hops) == 0 {
		return nil, ""
	}
	other := p.listeners[t.Hops[0].Listener]
	if other == nil || envoy.Virtual(other) {
		return nil, ""
	}
	return other, at.GetAddress()
}

// counterpart compares what two listeners of different names do with connections to an address.
func (c *comparison) counterpart(name string, old, new *listenerv3.Listener, address string, tables map[string]entry) {
	a, b := unaddressed(old), unaddressed(new)
	if c.old.listener(a) == c.new.listener(b) {
		return
	}
	framed := c.old.frame(a) == c.new.frame(b)
	shown := !framed && c.probe(name, c.old.listeners[name], c.new.listeners[name])
	own := map[string]entry{}
	c.entries(entries(old), entries(new), framed, shown, own)
	for key, e := range own {
		e.call.Address = address
		tables[key+"\x00"+address] = e
	}
}

// unaddressed is a listener without what says which connections come to it.
func unaddressed(l *listenerv3.Listener) *listenerv3.Listener {
	return without(l, "name", "address", "additional_addresses")
}
