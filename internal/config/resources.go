package config

import (
	"slices"
	"strings"
)

// Resources returns the resources that the kinds which are read have in the API of a cluster, as kubectl names them
// ("virtualservices.networking.istio.io"). Secrets are not among them. Endpoints are not either: EndpointSlices have all that they
// have.
func Resources() []string {
	var names []string
	for k := range kinds {
		if k.group == "" && (k.kind == "Secret" || k.kind == "Endpoints") {
			continue
		}
		names = append(names, Resource(k.group, k.kind))
	}
	slices.Sort(names)
	return names
}

// Resource is the name of a kind in the API: by the rule that Kubernetes itself goes by, where it has to guess.
func Resource(group, kind string) string {
	name := strings.ToLower(kind)
	switch {
	case strings.HasSuffix(name, "s"):
		name += "es"
	case strings.HasSuffix(name, "y"):
		name = strings.TrimSuffix(name, "y") + "ies"
	default:
		name += "s"
	}
	if group != "" {
		name += "." + group
	}
	return name
}

// KindsOf returns the kinds, as objects have them, of some resources.
func KindsOf(resources []string) []string {
	var names []string
	for k := range kinds {
		if slices.Contains(resources, Resource(k.group, k.kind)) {
			names = append(names, k.object())
		}
	}
	slices.Sort(names)
	return names
}
