package apigateway

import (
	"maps"
	"slices"

	"sem.example/internal/gatewayapi"
	"sem.example/internal/mesh/registry"
)

// routeNamespaces are the namespaces whose routes may attach to a listener; "*" is all of them.
func (t *translator) routeNamespaces(own string, allowed *gatewayapi.AllowedRoutes) []string {
	if allowed == nil || allowed.Namespaces == nil || allowed.Namespaces.From == "" || allowed.Namespaces.From == "Same" {
		return []string{own}
	}
	if allowed.Namespaces.From == "All" || allowed.Namespaces.Selector == nil {
		return []string{"*"}
	}
	var out []string
	for _, name := range namespaces(t.registry) {
		if allowed.Namespaces.Selector.Matches(namespaceLabels(t.registry, name)) {
			out = append(out, name)
		}
	}
	return out
}

// attachable are the kinds that attach to listeners.
var attachable = []string{"HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute", "ListenerSet"}

// namespaces are those of the input: its Namespaces, and those of its routes, which have to exist.
func namespaces(r *registry.Registry) []string {
	var out []string
	for _, o := range r.Objects("Namespace") {
		out = append(out, o.Name)
	}
	for _, kind := range attachable {
		for _, o := range Objects(r, kind) {
			out = append(out, o.Namespace)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// namespaceLabels are the labels of a namespace: of one that the input does not have, the one that API servers set.
func namespaceLabels(r *registry.Registry, name string) map[string]string {
	out := map[string]string{}
	if o := r.Object("Namespace", "", name); o != nil {
		maps.Copy(out, o.Labels)
	}
	out[gatewayapi.NamespaceLabel] = name
	return out
}
