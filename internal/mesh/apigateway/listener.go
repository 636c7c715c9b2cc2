package apigateway

import (
	"slices"
	"strings"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/gatewayapi"
	"sem.example/internal/hostname"
	"sem.example/internal/mesh/routing"
	"sem.example/internal/release"
)

// controlled reports whether Istio serves the Gateways of a class as gateways.
func (t *translator) controlled(class string) bool {
	if o := t.object(gatewayapi.Group+"/GatewayClass", "", class); o != nil {
		return config.Spec[*gatewayapi.GatewayClass](o).Spec.ControllerName == gatewayapi.Controller
	}
	return class == gatewayapi.IstioClass
}

// listeners translates those of a Gateway and of the ListenerSets that add to it.
func (t *translator) listeners(o *config.Object) []*listener {
	spec := config.Spec[*gatewayapi.Gateway](o).Spec
	if !t.controlled(spec.GatewayClassName) {
		t.ignore(config.At(o, "spec.gatewayClassName"), "Istio's gateway controller does not serve the class "+spec.GatewayClassName)
		return nil
	}
	statusChecker{t}.checkInfrastructure(o, spec)
	services := ServicesOf(o, t.registry.Settings.Domain)
	if len(services) == 0 {
		statusChecker{t}.checkAddresses(o, spec)
		t.ignore(config.At(o, "spec.addresses"), "it has no address that is the name of a Service")
		return nil
	}
	statusChecker{t}.checkAddresses(o, spec)
	owners := append([]*config.Object{o}, t.listenerSets(o, spec.AllowedListeners)...)
	var out []*listener
	for _, owner := range owners {
		listeners := spec.Listeners
		if owner != o {
			listeners = config.Spec[*gatewayapi.ListenerSet](owner).Spec.Listeners
		}
		key := parentKey{owner.Kind, owner.Namespace, owner.Name}
		for i, l := range listeners {
			made := t.listener(owner, config.At(owner, "spec.listeners").Item(i), l, spec)
			if made == nil {
				continue
			}
			made.gateway.Services = &routing.Services{Hosts: services, Namespace: o.Namespace, Managed: spec.Managed()}
			if prior := conflict(out, made); prior != nil && t.has(release.ListenerConflicts) {
				made.conflicted = true
				made.server().Invalid = "listener " + prior.spec.Name + " of " + prior.gateway.Object.Name + " has the same port and hostname, or another protocol on the port"
				t.status.fail(Condition{Type: programmed, Reason: conflictReason(prior.spec, l), At: made.server().At, Other: prior.server().At, Message: made.server().Invalid})
			} else if owner == o || made.server().Invalid == "" {
				t.parents[key] = append(t.parents[key], made)
			}
			out = append(out, made)
		}
	}
	return out
}

// ServicesOf are the hosts of the Services whose proxies serve a Gateway: the one that istiod's controller makes, or those
// that the Gateway names as its addresses.
func ServicesOf(o *config.Object, domain string) []string {
	spec := config.Spec[*gatewayapi.Gateway](o).Spec
	if spec.Managed() {
		return []string{hostname.Kubernetes(spec.DeploymentName(o.Name, o.Annotations), o.Namespace, domain)}
	}
	out := spec.AddressNames()
	for i, name := range out {
		out[i] = fullHost(o, name, domain)
	}
	return out
}

// fullHost is the host of an address of a Gateway, which may be the short name of a Service of its namespace.
func fullHost(o *config.Object, address, domain string) string {
	if strings.Contains(address, ".") {
		return address
	}
	return hostname.Kubernetes(address, o.Namespace, domain)
}

// listenerSets are those that a Gateway lets add listeners to it, the oldest first.
func (t *translator) listenerSets(o *config.Object, allowed *gatewayapi.AllowedListeners) []*config.Object {
	var out []*config.Object
	if allowed == nil || allowed.Namespaces == nil || !t.has(release.ListenerSets) {
		return nil
	}
	for _, set := range Objects(t.registry, "ListenerSet") {
		ref := config.Spec[*gatewayapi.ListenerSet](set).Spec.ParentRef
		if normal(ref, gatewayapi.Group, "Gateway") == o.Kind && ref.Name == o.Name && value(ref.Namespace, set.Namespace) == o.Namespace &&
			allowed.Namespaces.Allows("None", o.Namespace, set.Namespace, namespaceLabels(t.registry, set.Namespace)) {
			out = append(out, set)
		}
	}
	slices.SortStableFunc(out, compareRoutes)
	return out
}

// listener translates a listener; nil where it serves nothing.
func (t *translator) listener(owner *config.Object, at config.Place, l gatewayapi.Listener, gateway gatewayapi.GatewaySpec) *listener {
	if l.TLS == nil && (l.Protocol == "HTTPS" || l.Protocol == "TLS") {
		why := "a listener of protocol " + l.Protocol + " needs tls"
		t.ignore(at, why)
		t.status.fail(Condition{Type: programmed, At: at, Message: why + ": no proxy opens it"})
		return nil
	}
	l.Port = l.Number()
	statusChecker{t}.checkKinds(l, at)
	host := value(l.Hostname, "*")
	server := routing.Server{
		Server: &networking.Server{Port: &networking.Port{Name: "default", Number: l.Port, Protocol: l.Protocol}},
		At:     at, PortAt: at.Sub("port"), BindAt: at, TLSAt: at.Sub("tls"), HostsAt: at.Sub("hostname"), OneHost: true,
	}
	for _, ns := range t.routeNamespaces(owner.Namespace, l.AllowedRoutes) {
		server.Hosts = append(server.Hosts, ns+"/"+host)
	}
	if len(server.Hosts) == 0 {
		server.Hosts = []string{"~/" + host}
	}
	if server.Invalid = t.unsupported(l.Protocol); server.Invalid != "" {
		t.status.fail(Condition{Type: programmed, Reason: "UnsupportedProtocol", At: at.Sub("protocol"), Message: server.Invalid})
	}
	if l.TLS != nil {
		clients := frontend(gateway.TLS, l.Port)
		set, fault := t.serverTLS(owner, l, clients)
		server.Tls = set
		if fault != "" {
			server.Invalid = fault
			reason := "InvalidCertificateRef"
			if strings.HasPrefix(fault, notGranted) {
				reason = "RefNotPermitted"
			}
			t.status.fail(Condition{Type: programmed, Reason: reason, At: at.Sub("tls"), Message: fault, Missing: t.missingCertificate(owner, l.TLS, clients)})
		}
	}
	return &listener{spec: l, kinds: t.kindsOf(l), gateway: &routing.Gateway{
		Object: owner, Namespace: owner.Namespace, Name: owner.Name + "~" + gatewayapi.Generated + "~" + l.Name, Servers: []routing.Server{server},
	}}
}

// unsupported says why listeners of a protocol do not serve; "" where they do.
func (t *translator) unsupported(protocol string) string {
	stable := map[string]bool{"HTTP": true, "HTTPS": true, "TLS": t.has(release.TLSListeners), "TCP": t.has(release.TCPListeners)}
	switch on, known := stable[protocol]; {
	case !known:
		return "protocol " + protocol + " is not supported"
	case !on && !t.alpha():
		return "Istio " + t.registry.Settings.Release.String() + " supports protocol " + protocol + " only with PILOT_ENABLE_ALPHA_GATEWAY_API=true"
	}
	return ""
}

// conflict returns the earlier listener that a listener cannot be beside, or nil.
func conflict(earlier []*listener, l *listener) *listener {
	i := slices.IndexFunc(earlier, func(e *listener) bool { return !e.conflicted && collides(e.spec, l.spec) })
	if i < 0 {
		return nil
	}
	return earlier[i]
}

func collides(a, b gatewayapi.Listener) bool {
	streams := func(l gatewayapi.Listener) bool { return l.Protocol == "TCP" || l.Protocol == "UDP" }
	named := func(l gatewayapi.Listener) bool { return slices.Contains([]string{"HTTP", "HTTPS", "TLS"}, l.Protocol) }
	switch {
	case a.Port != b.Port:
		return false
	case streams(a) && (streams(b) || named(b)), named(a) && streams(b):
		return true
	case named(a) && named(b):
		return hostOf(a) == hostOf(b)
	}
	return a.Protocol == b.Protocol
}

// conflictReason is why two listeners cannot be beside each other.
func conflictReason(a, b gatewayapi.Listener) string {
	if a.Protocol == b.Protocol {
		return "HostnameConflict"
	}
	return "ProtocolConflict"
}

func hostOf(l gatewayapi.Listener) string {
	if h := value(l.Hostname, ""); h != "" {
		return h
	}
	return "*"
}

// kindsOf are the kinds of routes that may attach to a listener in the release: older ones have TLSRoutes pass TLS on only.
func (t *translator) kindsOf(l gatewayapi.Listener) []string {
	return slices.DeleteFunc(routeKinds(l), func(kind string) bool {
		return kind == "TLSRoute" && terminates(l) && !t.has(release.TLSListeners)
	})
}

func terminates(l gatewayapi.Listener) bool { return l.TLS != nil && l.TLS.Mode != "Passthrough" }

// routeKinds are the kinds of routes that may attach to a listener.
func routeKinds(l gatewayapi.Listener) []string {
	var out []string
	switch l.Protocol {
	case "HTTP", "HTTPS":
		out = []string{"HTTPRoute", "GRPCRoute"}
	case "TCP":
		out = []string{"TCPRoute"}
	case "TLS":
		out = []string{"TLSRoute"}
		if terminates(l) {
			out = append(out, "TCPRoute")
		}
	}
	if l.AllowedRoutes == nil || len(l.AllowedRoutes.Kinds) == 0 {
		return out
	}
	return slices.DeleteFunc(out, func(kind string) bool {
		return !slices.ContainsFunc(l.AllowedRoutes.Kinds, func(k gatewayapi.RouteKind) bool {
			return k.Kind == kind && value(k.Group, gatewayapi.Group) == gatewayapi.Group
		})
	})
}
