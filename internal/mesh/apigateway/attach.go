package apigateway

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/gatewayapi"
	"sem.example/internal/hostname"
	"sem.example/internal/mesh/routing"
)

// An attachment is a parent that takes a route: a listener, or the services of the mesh.
type attachment struct {
	at       config.Place // the parentRef
	listener *listener    // nil for the mesh
	rivals   []string     // hostnames of the listeners of the parent on the port
	port     uint32       // of a service that the route is for; 0 for every one
	hosts    []routing.Host
}

// gateway is what the route is bound to.
func (a attachment) gateway() string {
	if a.listener == nil {
		return routing.MeshGateway
	}
	return a.listener.gateway.FullName()
}

// attachments are the parents that take a route, and whether it names any gateway or service at all.
func (t *translator) attachments(o *config.Object, route gatewayapi.CommonRoute) []attachment {
	var out []attachment
	seen := map[reference]bool{}
	for i, ref := range route.ParentRefs {
		at := config.At(o, "spec.parentRefs").Item(i)
		namespace := value(ref.Namespace, o.Namespace)
		kind := normal(ref.ObjectReference, gatewayapi.Group, "Gateway")
		to := reference{parentKey{kind, namespace, ref.Name}, value(ref.SectionName, ""), value(ref.Port, 0)}
		if seen[to] {
			continue // the references of a route have to differ
		}
		seen[to] = true
		switch kind {
		case "Service", "networking.istio.io/ServiceEntry":
			kind = strings.TrimPrefix(kind, "networking.istio.io/")
			if hosts := t.serviceHosts(kind, namespace, ref.Name); len(hosts) > 0 {
				out = append(out, attachment{at: at, port: value(ref.Port, 0), hosts: hosts})
			} else {
				t.unattached(o, nil, ref, at, parentKey{kind, namespace, ref.Name})
			}
		case gatewayapi.Group + "/Gateway", gatewayapi.Group + "/ListenerSet":
			found := t.listenersFor(o, route.Hostnames, ref, at, t.parents[to.parentKey])
			if len(found) == 0 {
				t.unattached(o, route.Hostnames, ref, at, to.parentKey)
			}
			out = append(out, found...)
		}
	}
	if len(out) == 0 {
		t.ignore(config.At(o, "spec.parentRefs"), "there is no listener or service that takes it: name, section, port, namespace, kind and hostname have to fit")
	}
	slices.SortStableFunc(out, func(a, b attachment) int { return cmp.Compare(a.gateway(), b.gateway()) })
	return out
}

// orphaned reports whether a route names a parent that the input does not have, and that may be Istio's.
func orphaned(t *translator, o *config.Object, route gatewayapi.CommonRoute) bool {
	return slices.ContainsFunc(route.ParentRefs, func(ref gatewayapi.ParentReference) bool {
		kind := normal(ref.ObjectReference, gatewayapi.Group, "Gateway")
		return kind == gatewayapi.Group+"/Gateway" && t.object(kind, value(ref.Namespace, o.Namespace), ref.Name) == nil
	})
}

// A reference is what a parentRef names.
type reference struct {
	parentKey
	section string
	port    uint32
}

// listenersFor are those listeners of a parent that take a route.
func (t *translator) listenersFor(o *config.Object, hostnames []string, ref gatewayapi.ParentReference, at config.Place, all []*listener) []attachment {
	rivals := map[socket][]string{}
	for _, l := range all {
		rivals[l.socket()] = append(rivals[l.socket()], value(l.spec.Hostname, ""))
	}
	var out []attachment
	for _, l := range all {
		if l.takes(o, hostnames, ref) {
			out = append(out, attachment{at: at, listener: l, rivals: rivals[l.socket()]})
		}
	}
	return out
}

// A socket is what listeners share that differ by their hostnames.
type socket struct {
	port     uint32
	protocol string
}

func (l *listener) socket() socket { return socket{l.spec.Port, l.spec.Protocol} }

// takes reports whether a listener takes a route: its section and port, a host name in common, the namespace and the kind
// have to fit.
func (l *listener) takes(o *config.Object, hostnames []string, ref gatewayapi.ParentReference) bool {
	if !l.named(ref) || !slices.Contains(l.kinds, o.Doc.Kind) {
		return false
	}
	if len(hostnames) == 0 {
		hostnames = []string{"*"}
	}
	return slices.ContainsFunc(l.server().GetHosts(), func(own string) bool {
		namespace, host, _ := strings.Cut(own, "/")
		return (namespace == "*" || namespace == o.Namespace) &&
			slices.ContainsFunc(hostnames, func(h string) bool { return hostname.Overlap(host, h) })
	})
}

// isolates reports whether a host belongs to the listener, and not to another of the parent that is more specific.
func (a attachment) isolates(host string) bool {
	if a.listener == nil {
		return true
	}
	own := value(a.listener.spec.Hostname, "")
	if own != "" && !hostname.Overlap(host, own) {
		return false
	}
	if own != "" && !hostname.IsWildcard(own) {
		return true
	}
	return !slices.ContainsFunc(a.rivals, func(rival string) bool {
		return rival != own && len(own) <= len(rival) && hostname.Covers(rival, host)
	})
}

// serviceHosts are the hosts of a Service or a ServiceEntry, where it exists.
func (t *translator) serviceHosts(kind, namespace, name string) []routing.Host {
	o := t.object(kind, namespace, name)
	if o == nil {
		return nil
	}
	if kind == "Service" {
		return []routing.Host{{Name: hostname.Kubernetes(name, namespace, t.registry.Settings.Domain)}}
	}
	var out []routing.Host
	for _, h := range config.Spec[*networking.ServiceEntry](o).GetHosts() {
		out = append(out, routing.Host{Name: h})
	}
	return out
}

// hosts are the hosts that a route has at a parent, each where it is written: for the mesh those of the service, else the
// hostnames of the route.
func (a attachment) routeHosts(o *config.Object, hostnames []string) []routing.Host {
	var out []routing.Host
	switch {
	case a.listener == nil:
		for _, h := range a.hosts {
			out = append(out, routing.Host{Name: h.Name, At: a.at})
		}
	case len(hostnames) == 0:
		out = []routing.Host{{Name: "*", At: a.at}}
	default:
		for i, h := range hostnames {
			out = append(out, routing.Host{Name: h, At: config.At(o, "spec.hostnames").Item(i)})
		}
	}
	return out
}

// key is the same for rules that are merged: those of one gateway and host, or of one namespace, port and host of the mesh.
func (a attachment) key(namespace, host string) string {
	switch {
	case a.listener != nil:
		return a.listener.gateway.FullName() + "/" + host
	case a.port != 0:
		return fmt.Sprintf("%s/%d/%s", namespace, a.port, host)
	}
	return namespace + "/" + host
}

// unattached records why a parent does not take a route.
func (t *translator) unattached(o *config.Object, hostnames []string, ref gatewayapi.ParentReference, at config.Place, parent parentKey) {
	object := t.object(parent.kind, parent.namespace, parent.name)
	if object == nil {
		t.status.fail(Condition{
			Type: accepted, Reason: "NoMatchingParent", At: at, Missing: Missing{parent.kind, parent.namespace, parent.name},
			Message: shortKind(parent.kind) + " " + parent.namespace + "/" + parent.name + " does not exist",
		})
		return
	}
	if spec, ok := object.Spec.(*gatewayapi.Gateway); ok && !t.controlled(spec.Spec.GatewayClassName) {
		return // another controller's
	}
	c := Condition{Type: accepted, Reason: "NoMatchingParent", At: at, Other: config.At(object, "spec.listeners")}
	all := t.parents[parent]
	kept := slices.DeleteFunc(slices.Clone(all), func(l *listener) bool { return !l.named(ref) })
	switch {
	case len(all) == 0:
		c.Message = named(object) + " has no listener that can serve"
	case len(kept) == 0:
		c.Message = named(object) + " has no listener " + wantedListener(ref) + "; it has " + listenersText(all)
	case !slices.ContainsFunc(kept, func(l *listener) bool { return l.shares(hostnames) }):
		c.Reason, c.Other = "NoMatchingListenerHostname", kept[0].server().HostsAt
		c.Message = "no hostname of the route (" + strings.Join(hostnames, ", ") + ") matches " + listenerHosts(kept) + " of " + named(object)
	case !slices.ContainsFunc(kept, func(l *listener) bool { return l.admits(o.Namespace) }):
		c.Reason, c.Other = "NotAllowedByListeners", kept[0].server().At
		c.Message = listenersText(kept) + " of " + named(object) + " does not allow routes of namespace " + o.Namespace
		if t.object("Namespace", "", o.Namespace) == nil && slices.ContainsFunc(kept, (*listener).selectsNamespaces) {
			c.Missing = Missing{"Namespace", "", o.Namespace}
		}
	default:
		c.Reason, c.Other = "NotAllowedByListeners", kept[0].server().At
		c.Message = listenersText(kept) + " of " + named(object) + " does not allow " + o.Doc.Kind + "s"
	}
	t.status.fail(c)
}

// named reports whether a reference means the listener by its section and port.
func (l *listener) named(ref gatewayapi.ParentReference) bool {
	port, section := value(ref.Port, 0), value(ref.SectionName, "")
	return (port == 0 || port == l.spec.Port) && (section == "" || section == l.spec.Name)
}

// shares reports whether the listener has a hostname in common with a route, which has all where it names none.
func (l *listener) shares(hostnames []string) bool {
	own := value(l.spec.Hostname, "*")
	return len(hostnames) == 0 || slices.ContainsFunc(hostnames, func(h string) bool { return hostname.Overlap(own, h) })
}

// selectsNamespaces reports whether the labels of a namespace decide whether the listener admits its routes.
func (l *listener) selectsNamespaces() bool {
	allowed := l.spec.AllowedRoutes
	return allowed != nil && allowed.Namespaces != nil && allowed.Namespaces.From == "Selector"
}

// admits reports whether routes of a namespace may be attached to the listener.
func (l *listener) admits(namespace string) bool {
	return slices.ContainsFunc(l.server().GetHosts(), func(own string) bool {
		of, _, _ := strings.Cut(own, "/")
		return of == "*" || of == namespace
	})
}

func wantedListener(ref gatewayapi.ParentReference) string {
	var parts []string
	if s := value(ref.SectionName, ""); s != "" {
		parts = append(parts, "named "+s)
	}
	if p := value(ref.Port, 0); p != 0 {
		parts = append(parts, "on port "+strconv.Itoa(int(p)))
	}
	return strings.Join(parts, " ")
}

func listenersText(list []*listener) string {
	names := make([]string, len(list))
	for i, l := range list {
		names[i] = l.spec.Name
	}
	if len(names) == 1 {
		return "listener " + names[0]
	}
	return "listeners " + strings.Join(names, ", ")
}

func listenerHosts(list []*listener) string {
	names := make([]string, len(list))
	for i, l := range list {
		names[i] = value(l.spec.Hostname, "*")
	}
	return "the hostname of " + listenersText(list) + " (" + strings.Join(names, ", ") + ")"
}
