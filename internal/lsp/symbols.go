package lsp

import (
	"strings"
	"sync"

	"sem.example/internal/config"
	"sem.example/internal/lazy"
	"sem.example/internal/mesh"
	"sem.example/internal/source"
)

// A symbol is something with a name that resources refer to.
type symbol struct {
	kind symbolKind
	name string
}

type symbolKind string

// The kinds of symbols, each with the form of its names.
const (
	hostSymbol     symbolKind = "host"           // reviews.shop.svc.cluster.local
	subsetSymbol   symbolKind = "subset"         // HOST|SUBSET
	gatewaySymbol  symbolKind = "gateway"        // NAMESPACE/NAME
	listenerSymbol symbolKind = "Gateway"        // of the Gateway API: NAMESPACE/NAME
	routesSymbol   symbolKind = "virtualservice" // NAMESPACE/NAME
)

// A use is a place that names a symbol.
type use struct {
	symbol
	field      string // of the object
	definition bool
}

// symbols keeps what objects name: an object stays the same until its file changes. It is safe for concurrent use.
type symbols struct {
	mu   sync.Mutex
	uses map[*config.Object][]use
}

// of returns what some objects name, and forgets others.
func (x *symbols) of(objects []*config.Object, domain string) map[*config.Object][]use {
	x.mu.Lock()
	defer x.mu.Unlock()
	next := make(map[*config.Object][]use, len(objects))
	for _, o := range objects {
		uses, known := x.uses[o]
		if !known {
			uses = usesIn(o, domain)
		}
		next[o] = uses
	}
	x.uses = next
	return next
}

// usesIn returns what an object names.
func usesIn(o *config.Object, domain string) []use {
	if o.Doc == nil {
		return nil
	}
	u := user{object: o, domain: domain}
	if o.Kind == "Service" {
		u.add("metadata.name", hostSymbol, u.host(o.Name), true)
	}
	for kind, symbol := range map[string]symbolKind{"Gateway": gatewaySymbol, "gateway.networking.k8s.io/Gateway": listenerSymbol, "VirtualService": routesSymbol} {
		if o.Kind == kind {
			u.add("metadata.name", symbol, o.Namespace+"/"+o.Name, true)
		}
	}
	if spec := o.Doc.Tree().Get("spec"); spec != nil {
		u.fields("spec", spec)
	}
	return u.uses
}

// A user collects the uses of an object.
type user struct {
	object *config.Object
	domain string
	uses   []use
}

func (u *user) add(field string, kind symbolKind, name string, definition bool) {
	u.uses = append(u.uses, use{symbol{kind, name}, field, definition})
}

func (u *user) host(name string) string { return mesh.FullHost(name, u.object.Namespace, u.domain) }

// within is a name with its namespace: that of a field beside it, or else the object's own.
func (u *user) within(holder *source.Node, name string) string {
	namespace := holder.StringAt("namespace")
	if namespace == "" {
		namespace = u.object.Namespace
	}
	return namespace + "/" + name
}

func (u *user) fields(path string, n *source.Node) {
	for _, f := range n.Fields {
		u.value(source.Join(path, f.Key), f.Value, n)
	}
}

// value adds what a value names; holder is the map around it.
func (u *user) value(path string, n, holder *source.Node) {
	switch {
	case n == nil:
	case n.Kind == source.Map:
		u.fields(path, n)
	case n.Kind == source.List:
		for i, item := range n.Items {
			u.value(source.Index(path, i), item, holder)
		}
	case n.Kind == source.String && n.Text != "":
		u.scalar(path, n.Text, holder)
	}
}

// indices are the positions in a path.
var indices = lazy.Regexp(`\[\d+\]`)

// scalar adds what a string names, by the field that it is in.
func (u *user) scalar(path, text string, holder *source.Node) {
	field := indices().ReplaceAllString(path, "")
	switch u.object.KindName() {
	case "VirtualService":
		u.virtualService(path, field, text, holder)
	case "DestinationRule":
		switch field {
		case "spec.host":
			u.add(path, hostSymbol, u.host(text), false)
		case "spec.subsets.name":
			u.add(path, subsetSymbol, u.host(u.object.Doc.Tree().Get("spec").StringAt("host"))+"|"+text, true)
		}
	case "ServiceEntry":
		if field == "spec.hosts" {
			u.add(path, hostSymbol, u.host(text), true)
		}
	case "Sidecar":
		if _, host, ok := strings.Cut(text, "/"); ok && field == "spec.egress.hosts" && !strings.HasPrefix(host, "*") {
			u.add(path, hostSymbol, u.host(host), false)
		}
	default:
		u.route(path, field, text, holder)
	}
}

func (u *user) virtualService(path, field, text string, holder *source.Node) {
	destination := strings.HasSuffix(field, ".destination.host") || field == "spec.http.mirror.host"
	switch {
	case field == "spec.hosts", destination:
		u.add(path, hostSymbol, u.host(text), false)
	case strings.HasSuffix(field, ".destination.subset"), field == "spec.http.mirror.subset":
		u.add(path, subsetSymbol, u.host(holder.StringAt("host"))+"|"+text, false)
	case strings.HasSuffix(field, ".gateways") && text != mesh.MeshGateway:
		u.add(path, gatewaySymbol, mesh.FullGateway(text, u.object.Namespace), false)
	case field == "spec.http.delegate.name":
		u.add(path, routesSymbol, u.within(holder, text), false)
	}
}

// route adds what a route of the Gateway API names.
func (u *user) route(path, field, text string, holder *source.Node) {
	if !strings.HasPrefix(u.object.Kind, "gateway.networking.k8s.io/") {
		return
	}
	kind := holder.StringAt("kind")
	switch {
	case (strings.HasSuffix(field, ".backendRefs.name") || strings.HasSuffix(field, ".backendRef.name")) && (kind == "" || kind == "Service"):
		namespace, name, _ := strings.Cut(u.within(holder, text), "/")
		u.add(path, hostSymbol, mesh.FullHost(name, namespace, u.domain), false)
	case field == "spec.parentRefs.name" && (kind == "" || kind == "Gateway"):
		u.add(path, listenerSymbol, u.within(holder, text), false)
	}
}
