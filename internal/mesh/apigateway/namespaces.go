package apigateway

import (
	"maps"
	"slices"

	"sem.example/internal/gatewayapi"
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
	for _, ns := range t.registry.Objects("Namespace") {
		if selects(allowed.Namespaces.Selector, labelled(ns.Labels, ns.Name)) {
			out = append(out, ns.Name)
		}
	}
	slices.Sort(out)
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
		o := t.object("Namespace", "", asked)
		return o != nil && n.Selector != nil && selects(n.Selector, labelled(o.Labels, asked))
	}
	return false
}

func labelled(labels map[string]string, name string) map[string]string {
	out := map[string]string{}
	maps.Copy(out, labels)
	out[nameLabel] = name
	return out
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
