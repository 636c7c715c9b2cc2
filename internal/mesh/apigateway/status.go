package apigateway

import (
	"slices"
	"strconv"
	"strings"

	"sem.example/internal/config"
	"sem.example/internal/gatewayapi"
	"sem.example/internal/mesh/registry"
	"sem.example/internal/release"
)

// A statusChecker records the conditions of Gateways and ListenerSets that decide nothing else.
type statusChecker struct{ *translator }

// checkAddresses records the addresses of a Gateway that no Service of its namespace has, and the listeners whose port such a Service lacks.
// What istiod deploys itself has the ports of all listeners.
func (t statusChecker) checkAddresses(o *config.Object, spec gatewayapi.GatewaySpec) {
	if spec.Managed() {
		return
	}
	for i, a := range spec.Addresses {
		at := config.At(o, "spec.addresses").Item(i)
		if a.Type != nil && *a.Type != "Hostname" {
			t.status.fail(Condition{Type: accepted, Reason: "UnsupportedAddress", At: at,
				Message: "Istio ignores " + a.Value + ": of several addresses, it uses those of type Hostname"})
			continue
		}
		if s := t.servingAddress(o, a.Value, at); s != nil {
			t.checkPorts(o, spec.Listeners, s)
		}
	}
}

// servingAddress is the Service of an address; nil, with a condition, where the namespace of the Gateway has none.
func (t statusChecker) servingAddress(o *config.Object, address string, at config.Place) *registry.Service {
	host := fullHost(o, address, t.registry.Settings.Domain)
	name, _, _ := strings.Cut(address, ".")
	c := Condition{
		Type: programmed, Reason: "AddressNotUsable", At: at, Missing: Missing{"Service", o.Namespace, name},
		Message: "no Service of namespace " + o.Namespace + " has the host " + host,
	}
	for _, s := range t.registry.ServicesOf(host) {
		if s.Namespace == o.Namespace {
			return s
		}
		c.Missing, c.Other = Missing{}, config.At(s.Object, "metadata.namespace")
		c.Message += ": " + named(s.Object) + " is of another namespace than the Gateway"
	}
	t.status.fail(c)
	return nil
}

// checkPorts records the listeners whose port a Service does not have.
func (t statusChecker) checkPorts(o *config.Object, listeners []gatewayapi.Listener, s *registry.Service) {
	for i, l := range listeners {
		if slices.ContainsFunc(s.Ports, func(p *registry.Port) bool { return p.Number == l.Port }) {
			continue
		}
		c := Condition{
			Type: programmed, Reason: "AddressNotUsable", At: config.At(o, "spec.listeners").Item(i).Sub("port"), Other: config.At(s.Object, "spec.ports"),
			Message: named(s.Object) + " has no port " + strconv.Itoa(int(l.Port)),
		}
		for _, p := range s.Ports {
			if p.TargetPort == l.Port {
				c.Message += "; a listener has the port of the Service (" + strconv.Itoa(int(p.Number)) + "), not its targetPort"
			}
		}
		t.status.fail(c)
	}
}

// checkKinds records the kinds of routes that a listener allows and its protocol does not.
func (t statusChecker) checkKinds(l gatewayapi.Listener, at config.Place) {
	if l.AllowedRoutes == nil {
		return
	}
	known := routeKinds(gatewayapi.Listener{Protocol: l.Protocol, TLS: l.TLS})
	for i, k := range l.AllowedRoutes.Kinds {
		if len(known) > 0 && (value(k.Group, gatewayapi.Group) != gatewayapi.Group || !slices.Contains(known, k.Kind)) {
			t.status.fail(Condition{Type: resolvedRefs, Reason: "InvalidRouteKinds", At: at.Sub("allowedRoutes.kinds").Item(i),
				Message: "a listener of protocol " + l.Protocol + " has no " + k.Kind + "s, only " + strings.Join(known, "s and ") + "s"})
		}
	}
}

// checkListenerSets records the ListenerSets that add nothing to a Gateway.
func (t statusChecker) checkListenerSets() {
	if !t.has(release.ListenerSets) {
		return
	}
	for _, set := range Objects(t.registry, "ListenerSet") {
		ref := config.Spec[*gatewayapi.ListenerSet](set).Spec.ParentRef
		if normal(ref, gatewayapi.Group, "Gateway") != gatewayapi.Group+"/Gateway" {
			continue
		}
		at, namespace := config.At(set, "spec.parentRef"), value(ref.Namespace, set.Namespace)
		o := t.object(gatewayapi.Group+"/Gateway", namespace, ref.Name)
		if o == nil {
			t.status.fail(Condition{Type: accepted, At: at, Missing: Missing{gatewayapi.Group + "/Gateway", namespace, ref.Name},
				Message: "Gateway " + namespace + "/" + ref.Name + " does not exist"})
			continue
		}
		spec := config.Spec[*gatewayapi.Gateway](o).Spec
		if !t.controlled(spec.GatewayClassName) || slices.Contains(t.listenerSets(o, spec.AllowedListeners), set) {
			continue
		}
		c := Condition{Type: accepted, Reason: "NotAllowed", At: at, Other: config.At(o, "spec"),
			Message: named(o) + " allows no ListenerSets: it has no allowedListeners"}
		if spec.AllowedListeners != nil {
			c.Other = config.At(o, "spec.allowedListeners")
			c.Message = "allowedListeners of " + named(o) + " do not allow ListenerSets of namespace " + set.Namespace
		}
		t.status.fail(c)
	}
}
