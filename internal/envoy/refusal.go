package envoy

import (
	"fmt"
	"net/netip"
	"strings"

	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
)

// Refusal says why Envoy would not run a listener at all, and "" where it would. A control plane may send such a one:
// it is refused by itself, and the proxy goes on without it.
func Refusal(l *listenerv3.Listener) string {
	for _, a := range Addresses(l) {
		s := a.GetSocketAddress()
		if s == nil {
			continue
		}
		if _, err := netip.ParseAddr(s.GetAddress()); err != nil {
			return "its address is none"
		}
	}
	for _, c := range l.GetFilterChains() {
		for _, name := range c.GetFilterChainMatch().GetServerNames() {
			if rest := strings.TrimPrefix(name, "*."); strings.Contains(rest, "*") {
				return fmt.Sprintf("the server name %q has a wildcard that is not its first label", name)
			}
		}
	}
	return ""
}
