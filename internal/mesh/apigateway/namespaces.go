package apigateway

import (
	"maps"
	"slices"

	"sem.example/internal/gatewayapi"
	"sem.example/internal/mesh/registry"
)

// nameLabel is the label by which selectors name a namespace. API servers set it.
const nameLabel = "kubernetes.io/metadata.name"

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
		if selects(allowed.Namespaces.Selector, namespaceLabels(t.registry, name)) {
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
	out[nameLabel] = name
	return out
}

// namespaceAllowed reports whether a namespace is among those chosen for a Gateway of another.
func (t *translator) namespaceAllowed(n gatewayapi.RouteNamespaces, unset, own, asked string) bool {
	from := n.From
	if from == "" {
		from = unset
	}
	switch from {
	case "All":
		return true
	case "Same":
		return own == asked
	case "Selector":
		return n.Selector != nil && selects(n.Selector, namespaceLabels(t.registry, asked))
	}
	return false
}

// selects reports whether a selector picks labels.
func selects(s *gatewayapi.Selector, labels map[string]string) bool {
	for k, v := range s.MatchLabels {
		if labels[k] != v {
			return false
		}
	}
	for _, r := range s.MatchExpressions {
		v, has := labels[r.Key]
		ok := false
		switch r.Operator {
		case "In":
			ok = has && slices.Contains(r.Values, v)
		case "NotIn":
			ok = !has || !slices.Contains(r.Values, v)
		case "Exists":
			ok = has
		case "DoesNotExist":
			ok = !has
		}
		if !ok {
			return false
		}
	}
	return true
}
