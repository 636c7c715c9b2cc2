package simulate

import (
	"strings"

	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"

	"sem.example/internal/envoy"
)

// An inspector is a listener filter: it looks at the first bytes of a connection before a filter chain is chosen.
type inspector struct {
	kind     string // the last word of its type: TlsInspector, HttpInspector, OriginalDst, ProxyProtocol, …
	name     string
	disabled *listenerv3.ListenerFilterChainMatchPredicate
}

func newInspector(f *listenerv3.ListenerFilter) inspector {
	return inspector{kind: lastWord(envoy.TypeOf(f.GetTypedConfig())), name: f.GetName(), disabled: f.GetFilterDisabled()}
}

// lastWord returns what stands behind the last dot of a type URL.
func lastWord(kind string) string { return kind[strings.LastIndexByte(kind, '.')+1:] }

// A sight is what the listener filters saw of a connection: what filter chains are matched against.
type sight struct {
	transport string
	sni       string
	alpn      []string // offered in the handshake, or what plaintext was recognised as
}

// inspect runs the listener filters. Without one that recognises TLS, TLS is as opaque as anything else.
func (l *listener) inspect(c *connection) sight {
	s := sight{transport: rawBuffer}
	for _, f := range l.inspectors {
		if f.off(uint32(c.destination.Port())) {
			continue
		}
		switch f.kind {
		case "TlsInspector":
			if c.tls {
				s = sight{transport: tlsBytes, sni: strings.ToLower(c.sni), alpn: c.alpn}
			}
		case "HttpInspector":
			if !c.tls && s.transport == rawBuffer && c.inner != payload && !c.garbled {
				s.alpn = []string{c.inner}
			}
		}
	}
	return s
}

// off says whether the filter is disabled for a destination port.
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
		return anyOf(rule.OrMatch.GetRules(), func(p *predicate) bool { return holds(p, port) })
	case *listenerv3.ListenerFilterChainMatchPredicate_AndMatch:
		return allOf(rule.AndMatch.GetRules(), func(p *predicate) bool { return holds(p, port) })
	case *listenerv3.ListenerFilterChainMatchPredicate_DestinationPortRange:
		return int64(port) >= int64(rule.DestinationPortRange.GetStart()) && int64(port) < int64(rule.DestinationPortRange.GetEnd())
	}
	return false
}

func anyOf[T any](list []T, test func(T) bool) bool {
	for _, v := range list {
		if test(v) {
			return true
		}
	}
	return false
}

func allOf[T any](list []T, test func(T) bool) bool {
	return !anyOf(list, func(v T) bool { return !test(v) })
}
