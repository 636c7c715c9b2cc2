package patch

import (
	"slices"
	"strings"

	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	networking "istio.io/api/networking/v1alpha3"
)

// virtual reports whether a listener takes the connections that were redirected to the proxy. Within it a patch's
// portNumber is the destination port of a filter chain.
func virtual(l *listenerv3.Listener) bool {
	return l.GetName() == "virtualInbound" || l.GetName() == "virtualOutbound"
}

// listener reports whether the patch is about a listener.
func (p *Patch) listener(l *listenerv3.Listener) bool {
	match := p.match.GetListener()
	if match.GetName() != "" && match.GetName() != l.GetName() {
		return false
	}
	if match.GetPortNumber() == 0 || p.ApplyTo != networking.EnvoyFilter_LISTENER && virtual(l) {
		return true
	}
	return l.GetAddress().GetSocketAddress().GetPortValue() == match.GetPortNumber()
}

// chain reports whether the patch is about a filter chain of a listener that it is about.
func (p *Patch) chain(l *listenerv3.Listener, c *listenerv3.FilterChain) bool {
	match, has := p.match.GetListener(), c.GetFilterChainMatch()
	if port := match.GetPortNumber(); port != 0 && virtual(l) && has.GetDestinationPort().GetValue() != port {
		return false
	}
	want := match.GetFilterChain()
	switch {
	case want.GetName() != "" && want.GetName() != c.GetName(),
		want.GetSni() != "" && !slices.Contains(has.GetServerNames(), want.GetSni()),
		want.GetTransportProtocol() != "" && want.GetTransportProtocol() != has.GetTransportProtocol(),
		want.GetDestinationPort() != 0 && want.GetDestinationPort() != has.GetDestinationPort().GetValue():
		return false
	}
	return containsAll(has.GetApplicationProtocols(), want.GetApplicationProtocols())
}

// containsAll reports whether a list has each of the members that a text names, separated by commas.
func containsAll(list []string, names string) bool {
	if names == "" {
		return true
	}
	return !slices.ContainsFunc(strings.Split(names, ","), func(name string) bool { return !slices.Contains(list, name) })
}

// networkFilter returns the name of the network filter that the patch is about, and whether it names one.
func (p *Patch) networkFilter() (name string, anchored bool) {
	filter := p.match.GetListener().GetFilterChain().GetFilter()
	return filter.GetName(), filter != nil
}

// httpFilter returns the name of the HTTP filter that the patch is about, and whether it names one.
func (p *Patch) httpFilter() (name string, anchored bool) {
	filter := p.match.GetListener().GetFilterChain().GetFilter().GetSubFilter()
	return filter.GetName(), filter != nil
}

// listenerFilter returns the name of the listener filter that the patch is about, and whether it names one.
func (p *Patch) listenerFilter() (name string, anchored bool) {
	name = p.match.GetListener().GetListenerFilter()
	return name, name != ""
}

// named reports whether a member has the name that a patch asks for; a patch without an anchor takes every member.
func named[M interface{ GetName() string }](name string, anchored bool) func(M) bool {
	return func(m M) bool { return !anchored || m.GetName() == name }
}
