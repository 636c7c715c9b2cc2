package pipeline

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"sem.example/internal/config"
	"sem.example/internal/mesh"
	"sem.example/simulate"
)

// acts reports whether an annotation of a workload's Pods may change what happens to a call: by the settings of the proxy, or by what is
// redirected to it. Ports and addresses are compared with those of the call.
func acts(name, value string, o *config.Object, t *simulate.Trace) bool {
	if name == "proxy.istio.io/config" {
		return mesh.ProxySettingsAct(value)
	}
	setting, ok := strings.CutPrefix(name, "traffic.sidecar.istio.io/")
	if !ok || len(t.Hops) == 0 {
		return ok
	}
	client := t.Hops[0].Direction == "outbound" && t.Hops[0].Proxy.Namespace == o.Namespace && strings.HasPrefix(t.Hops[0].Proxy.Name, o.Name)
	switch setting {
	case "excludeOutboundPorts":
		return client && lists(value, uint32(t.Call.Port))
	case "includeOutboundPorts":
		return false // by default all are included
	case "excludeOutboundIPRanges":
		return client && inRanges(value, t.Call.Address, true)
	case "includeOutboundIPRanges":
		return client && value != "*" && !inRanges(value, t.Call.Address, false)
	case "excludeInboundPorts":
		return reached(t, value)
	case "includeInboundPorts":
		return value != "*" && !reached(t, value)
	}
	return true
}

// lists reports whether a list of ports has one.
func lists(ports string, port uint32) bool {
	return slices.ContainsFunc(strings.Split(ports, ","), func(text string) bool {
		return strings.TrimSpace(text) == "*" || strings.TrimSpace(text) == strconv.FormatUint(uint64(port), 10)
	})
}

// reached reports whether a list has a port that the call reaches on a workload.
func reached(t *simulate.Trace, ports string) bool {
	return slices.ContainsFunc(t.Hops, func(h simulate.Hop) bool {
		return slices.ContainsFunc(h.Endpoints, func(e simulate.Endpoint) bool { return lists(ports, e.Port) })
	})
}

// inRanges reports whether ranges have an address, and unknown where the call does not say which it is.
func inRanges(ranges, address string, unknown bool) bool {
	a, err := netip.ParseAddr(address)
	switch {
	case err != nil:
		return unknown
	case strings.TrimSpace(ranges) == "":
		return false
	}
	return slices.ContainsFunc(strings.Split(ranges, ","), func(text string) bool {
		p, err := netip.ParsePrefix(strings.TrimSpace(text))
		return err != nil || p.Contains(a.Unmap())
	})
}
