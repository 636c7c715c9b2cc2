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

// acts reports whether an annotation of a workload's Pods may change what happens to a call in a way that its trace does not show: by the
// settings of the proxy, or by what is redirected to it. Ports and addresses are compared with those of the call. What the server's
// Pods exclude is part of a trace that goes on to the server.
func acts(name, value string, o *config.Object, t *simulate.Trace, follow bool) bool {
	switch name {
	case "proxy.istio.io/config":
		return mesh.ProxySettingsAct(value)
	case "istio.io/reroute-virtual-interfaces", "sidecar.istio.io/bootstrapOverride":
		return true
	}
	setting, ok := strings.CutPrefix(name, "traffic.sidecar.istio.io/")
	if !ok || len(t.Hops) == 0 {
		return ok
	}
	client := t.Hops[0].Direction == "outbound" && t.Hops[0].Proxy.Namespace == o.Namespace && strings.HasPrefix(t.Hops[0].Proxy.Name, o.Name)
	switch setting {
	case "excludeOutboundPorts":
		return client && t.Hops[0].Proxy.Type != "none" && lists(value, uint32(t.Call.Port))
	case "includeOutboundPorts":
		return false // by default all are included
	case "excludeOutboundIPRanges":
		return client && t.Hops[0].Proxy.Type != "none" && inRanges(value, t.Call.Address, true)
	case "includeOutboundIPRanges":
		return client && t.Hops[0].Proxy.Type != "none" && value != "*" && !inRanges(value, t.Call.Address, false)
	case "excludeInboundPorts":
		return !follow && reached(t, value)
	case "includeInboundPorts":
		return !follow && value != "*" && !reached(t, value)
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

// interception begins the names of the annotations that say which connections the sidecar takes.
const interception = "traffic.sidecar.istio.io/"

// excluded returns the annotation that keeps a connection of the workload away from its sidecar, or "". Whether a range has the address
// is only known where the call has one.
func excluded(annotations map[string]string, call simulate.Call) string {
	name := func(setting string) (string, string, bool) {
		value, ok := annotations[interception+setting]
		return interception + setting, value, ok
	}
	if annotation, ports, _ := name("excludeOutboundPorts"); lists(ports, uint32(call.Port)) {
		return annotation
	}
	if annotation, ranges, _ := name("excludeOutboundIPRanges"); inRanges(ranges, call.Address, false) {
		return annotation
	}
	_, included, _ := name("includeOutboundPorts")
	annotation, ranges, ok := name("includeOutboundIPRanges")
	if _, err := netip.ParseAddr(call.Address); err == nil && ok && ranges != "*" && !inRanges(ranges, call.Address, false) && !lists(included, uint32(call.Port)) {
		return annotation
	}
	return ""
}

// excludedInbound returns the annotation that keeps connections to a port of a Pod away from its sidecar, or "". A list of ports that are
// included leaves those that are excluded without effect.
func excludedInbound(annotations map[string]string, port uint32) string {
	if included, ok := annotations[interception+"includeInboundPorts"]; ok && included != "*" {
		if lists(included, port) {
			return ""
		}
		return interception + "includeInboundPorts"
	}
	if lists(annotations[interception+"excludeInboundPorts"], port) {
		return interception + "excludeInboundPorts"
	}
	if port != 0 && annotations[statusPort] == strconv.FormatUint(uint64(port), 10) {
		return statusPort
	}
	return ""
}

// statusPort is the annotation that moves the port at which the agent beside the proxy reports its health, which bypasses the proxy.
const statusPort = "status.sidecar.istio.io/port"

// excludes is why a connection goes past a sidecar.
func excludes(annotation string) string {
	return "the annotation " + annotation + " excludes the connection"
}

// annotationsOf are the annotations of a Pod, or of those that a workload makes.
func annotationsOf(o *config.Object) map[string]string {
	if o == nil {
		return nil
	}
	if w, ok := o.Spec.(*config.Workload); ok {
		return w.Spec.Template.Metadata.Annotations
	}
	return o.Annotations
}

func annotationsField(o *config.Object) string {
	if _, ok := o.Spec.(*config.Workload); ok {
		return "spec.template.metadata.annotations"
	}
	return "metadata.annotations"
}
