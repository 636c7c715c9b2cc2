package listener

import (
	"slices"
	"strings"

	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"

	"sem.example/internal/envoy"
	"sem.example/simulate/call"
	"sem.example/simulate/decision"
	"sem.example/simulate/internal/match"
)

// An inspector is a listener filter: it looks at the first bytes of a connection before a filter chain is chosen.
type inspector struct {
	kind     string // the last word of its type: TlsInspector, HttpInspector, OriginalDst, ProxyProtocol, …
	name     string
	disabled *listenerv3.ListenerFilterChainMatchPredicate
}

func newInspector(f *listenerv3.ListenerFilter) inspector {
	return inspector{kind: envoy.ShortType(envoy.TypeOf(f.GetTypedConfig())), name: f.GetName(), disabled: f.GetFilterDisabled()}
}

// inspect runs the listener filters. Without one that recognises TLS, TLS is as opaque as anything else.
func inspect(filters []inspector, c *call.Connection) decision.Detected {
	s := decision.Detected{Transport: call.RawBuffer}
	for _, f := range filters {
		if f.off(uint32(c.Destination.Port())) {
			continue
		}
		switch f.kind {
		case "TlsInspector":
			if c.TLS {
				s = decision.Detected{Transport: call.TLSBytes, SNI: strings.ToLower(c.SNI), ALPN: c.ALPN}
			}
		case "HttpInspector":
			if !c.TLS && s.Transport == call.RawBuffer && c.Inner != call.Payload && !c.Garbled {
				s.ALPN = []string{c.Inner}
			}
		}
	}
	return s
}

// off reports whether the filter is disabled for a destination port.
func (f inspector) off(port uint32) bool { return f.disabled != nil && holds(f.disabled, port) }

// holds evaluates a predicate over a connection's destination port.
func holds(p *listenerv3.ListenerFilterChainMatchPredicate, port uint32) bool {
	type predicate = listenerv3.ListenerFilterChainMatchPredicate
	switch rule := p.GetRule().(type) {
	case *listenerv3.ListenerFilterChainMatchPredicate_AnyMatch:
		return true
	case *listenerv3.ListenerFilterChainMatchPredicate_NotMatch:
		return !holds(rule.NotMatch, port)
	case *listenerv3.ListenerFilterChainMatchPredicate_OrMatch:
		return slices.ContainsFunc(rule.OrMatch.GetRules(), func(p *predicate) bool { return holds(p, port) })
	case *listenerv3.ListenerFilterChainMatchPredicate_AndMatch:
		return match.AllOf(rule.AndMatch.GetRules(), func(p *predicate) bool { return holds(p, port) })
	case *listenerv3.ListenerFilterChainMatchPredicate_DestinationPortRange:
		return int64(port) >= int64(rule.DestinationPortRange.GetStart()) && int64(port) < int64(rule.DestinationPortRange.GetEnd())
	}
	return false
}
