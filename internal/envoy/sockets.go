package envoy

import (
	"fmt"
	"net"
	"strconv"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
)

// Sockets are the addresses that the listeners of a proxy have, each with the name of its listener. Envoy gives an address
// to the listener that asks for it first; istiod sends listeners in no order.
type Sockets map[string]string

// Add gives a listener its addresses. Where one is taken, it gives none and returns why Envoy would not run the listener.
func (s Sockets) Add(l *listenerv3.Listener) (refusal string) {
	own := sockets(l)
	for _, at := range own {
		if other, ok := s[at]; ok && other != l.GetName() {
			return fmt.Sprintf("it shares the address %s with the listener %s, which Envoy added before", at, other)
		}
	}
	for _, at := range own {
		s[at] = l.GetName()
	}
	return ""
}

func sockets(l *listenerv3.Listener) []string {
	var out []string
	for _, a := range Addresses(l) {
		if s := a.GetSocketAddress(); s != nil {
			at := net.JoinHostPort(s.GetAddress(), strconv.Itoa(int(s.GetPortValue())))
			if s.GetProtocol() == corev3.SocketAddress_UDP {
				at += " for UDP"
			}
			out = append(out, at)
		}
	}
	return out
}
