package envoy

import "strings"

// dump takes the resources in force from the sections of Envoy's /config_dump. Resources that are warming or were
// rejected are not in force and are passed over.
func (l *loader) dump(sections []any) {
	for _, s := range sections {
		section, ok := s.(map[string]any)
		if !ok {
			continue
		}
		kind, _ := section["@type"].(string)
		switch kind[strings.LastIndex(kind, ".")+1:] {
		case "BootstrapConfigDump":
			bootstrap, _ := section["bootstrap"].(map[string]any)
			l.node(bootstrap)
		case "ListenersConfigDump":
			l.section("listeners", section, path{"staticListeners", "listener"}, path{"dynamicListeners", "activeState", "listener"})
		case "RoutesConfigDump":
			// Static route tables stand inline in their listeners.
			l.section("routes", section, path{"dynamicRouteConfigs", "routeConfig"})
		case "ClustersConfigDump":
			l.section("clusters", section, path{"staticClusters", "cluster"}, path{"dynamicActiveClusters", "cluster"})
		case "EndpointsConfigDump":
			// Static ones stand in their clusters, where DNS names are still names.
			l.section("endpoints", section, path{"dynamicEndpointConfigs", "endpointConfig"})
		}
	}
}

// node takes the proxy's own name from a bootstrap.
func (l *loader) node(bootstrap map[string]any) {
	node, _ := bootstrap["node"].(map[string]any)
	l.out.Node, _ = node["id"].(string)
}

// A path leads to a resource: a list, then the fields within each of its items.
type path []string

func (l *loader) section(kind string, section map[string]any, paths ...path) {
	l.found++
	for _, p := range paths {
		items, _ := field(section, p[0]).([]any)
		for _, item := range items {
			for _, name := range p[1:] {
				object, _ := item.(map[string]any)
				item = field(object, name)
			}
			if object, ok := item.(map[string]any); ok {
				delete(object, "@type")
				l.add(kind, object)
			}
		}
	}
}

// field returns a field by its camelCase name, in whichever case it is written.
func field(object map[string]any, name string) any {
	if v, ok := object[name]; ok {
		return v
	}
	var snake strings.Builder
	for _, r := range name {
		if r >= 'A' && r <= 'Z' {
			snake.WriteByte('_')
			r += 'a' - 'A'
		}
		snake.WriteRune(r)
	}
	if v, ok := object[snake.String()]; ok {
		return v
	}
	return nil
}
