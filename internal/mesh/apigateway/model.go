package apigateway

import (
	"cmp"
	"slices"

	"sem.example/internal/config"
	"sem.example/internal/gatewayapi"
	"sem.example/internal/mesh/registry"
	"sem.example/internal/mesh/routing"
	"sem.example/internal/release"
)

// A listener is a listener of a Gateway or a ListenerSet, which istiod makes a gateway of one server of.
type listener struct {
	gateway    *routing.Gateway
	conflicted bool // an earlier listener keeps it from serving
	spec       gatewayapi.Listener
	kinds      []string // of the routes that may attach
}

func (l *listener) server() *routing.Server { return &l.gateway.Servers[0] }

// Objects are the objects of a kind of the Gateway API, the oldest first.
func Objects(r *registry.Registry, kind string) []*config.Object {
	return r.Objects(gatewayapi.Group + "/" + kind)
}

// A translator holds what is known while resources are translated.
type translator struct {
	registry *registry.Registry
	grants   []grant
	parents  map[parentKey][]*listener
	rules    []*routing.Rules
	ignored  []config.Ignored

	status status
}

func (t *translator) ignore(at config.Place, why string) {
	t.ignored = append(t.ignored, at.Ignore(why))
}

// A parentKey names what routes attach to: a Gateway or a ListenerSet.
type parentKey struct{ kind, namespace, name string }

func (t *translator) object(kind, namespace, name string) *config.Object {
	return t.registry.Object(kind, namespace, name)
}

// normal completes the group and kind of a reference.
func normal(ref gatewayapi.ObjectReference, group, kind string) string {
	if ref.Group != nil {
		group = *ref.Group
	}
	if ref.Kind != nil {
		kind = *ref.Kind
	}
	if group == "" || group == "core" {
		return kind
	}
	return group + "/" + kind
}

func value[T any](p *T, other T) T {
	if p == nil {
		return other
	}
	return *p
}

// compareRoutes orders routes by age, namespace and name, which decides between rules that are alike.
func compareRoutes(a, b *config.Object) int {
	return cmp.Or(a.CreationTimestamp.Compare(b.CreationTimestamp), cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name))
}

// A grant lets objects of a kind and namespace refer to objects of another.
type grant struct{ from, fromNamespace, to, toNamespace, name string }

// allowed reports whether an object of a kind may refer to another one of another namespace.
func (t *translator) allowed(from *config.Object, to, namespace, name string) bool {
	if namespace == from.Namespace {
		return true
	}
	return slices.ContainsFunc(t.grants, func(g grant) bool {
		return g.from == from.Kind && g.fromNamespace == from.Namespace && g.to == to && g.toNamespace == namespace &&
			(g.name == "" || g.name == name)
	})
}

func (t *translator) has(b release.Behaviour) bool { return t.registry.Settings.Release.Has(b) }

// alpha reports whether istiod reads the experimental kinds.
func (t *translator) alpha() bool { return t.has(release.AlphaGatewayAPI) }
