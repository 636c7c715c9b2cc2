package upstream

import (
	"net/netip"
	"strconv"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"

	"sem.example/simulate/decision"
)

// An Endpoint is one that may be dialled, with the TLS that is spoken to it.
type Endpoint struct {
	decision.Endpoint
	At       string // address and port as one
	Hostname string
	health   corev3.HealthStatus
	place    localityKey
	Socket   *transportSocket
}

// dialTo is the address and port behind a message; a Unix socket is an address without a port.
func dialTo(a *corev3.Address) (string, uint32) {
	if path := a.GetPipe().GetPath(); path != "" {
		return "unix://" + path, 0
	}
	if internal := a.GetEnvoyInternalAddress(); internal != nil {
		return "internal://" + internal.GetServerListenerName(), 0
	}
	return a.GetSocketAddress().GetAddress(), a.GetSocketAddress().GetPortValue()
}

// HostPort is an address with its port, where it has one.
func HostPort(address string, port uint32) string {
	if a, err := netip.ParseAddr(address); err == nil {
		return netip.AddrPortFrom(a, uint16(port)).String()
	}
	if port == 0 {
		return address
	}
	return address + ":" + strconv.FormatUint(uint64(port), 10)
}

// Likeliest is the endpoint with the largest share; all must not be empty.
func Likeliest(all []Endpoint) *Endpoint {
	best := &all[0]
	for i := range all {
		if all[i].Share > best.Share {
			best = &all[i]
		}
	}
	return best
}

// healthy reports whether the control plane thinks the endpoint well; Envoy's own checks are not foretold.
func (h *Endpoint) healthy() bool {
	return h.health == corev3.HealthStatus_UNKNOWN || h.health == corev3.HealthStatus_HEALTHY
}

func (h *Endpoint) degraded() bool { return h.health == corev3.HealthStatus_DEGRADED }
