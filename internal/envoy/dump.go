package envoy

import "strings"

// A dumpPath leads from a list of a section of Envoy's /config_dump to the resources: their kind, and the fields within each
// item of the list.
type dumpPath struct {
	kind string
	path []string
}

// sectionLists are the lists of resources in force, by the names of the lists, each of which is in one section only. Resources
// that are warming or were rejected are not in force. Static route tables are inline in their listeners, static
// endpoints in their clusters, where DNS names are still names.
var sectionLists = map[string]dumpPath{
	"static_listeners":         {"listeners", []string{"listener"}},
	"dynamic_listeners":        {"listeners", []string{"active_state", "listener"}},
	"dynamic_route_configs":    {"routes", []string{"route_config"}},
	"static_clusters":          {"clusters", []string{"cluster"}},
	"dynamic_active_clusters":  {"clusters", []string{"cluster"}},
	"dynamic_endpoint_configs": {"endpoints", []string{"endpoint_config"}},
	"ecds_filters":             {"extensions", []string{"ecds_filter"}},
}

// dump reads a section of /config_dump.
func (l *loader) dump() error {
	_, err := l.in.object(func(key string) error {
		if key == "@type" {
			return l.sectionType()
		}
		name := snake(key)
		if name == "bootstrap" {
			return l.bootstrap()
		}
		at, ok := sectionLists[name]
		if !ok {
			return l.in.skip()
		}
		l.found = true
		listeners, clusters := len(l.out.Listeners), len(l.out.Clusters)
		_, err := l.in.array(func() error { return l.at(at.kind, at.path) })
		if strings.HasPrefix(name, "static_") {
			l.static(listeners, clusters)
		}
		return err
	})
	return err
}

// static notes the listeners and clusters from two places on as those of the bootstrap.
func (l *loader) static(listeners, clusters int) {
	for _, listener := range l.out.Listeners[listeners:] {
		l.out.Static = append(l.out.Static, Listener(listener.GetName()))
	}
	for _, cluster := range l.out.Clusters[clusters:] {
		l.out.Static = append(l.out.Static, Cluster(cluster.GetName()))
	}
}

// sectionType notes a section of resources, which may have no lists.
func (l *loader) sectionType() error {
	kind, err := l.in.text()
	switch ShortType(kind) {
	case "ListenersConfigDump", "RoutesConfigDump", "ClustersConfigDump", "EndpointsConfigDump":
		l.found = true
	}
	return err
}

// at reads the resource that a path of fields leads to from the next value.
func (l *loader) at(kind string, path []string) error {
	if len(path) == 0 {
		return l.resource(kind)
	}
	_, err := l.in.object(func(key string) error {
		if snake(key) != path[0] {
			return l.in.skip()
		}
		return l.at(kind, path[1:])
	})
	return err
}

// bootstrap takes the proxy's own name from a bootstrap.
func (l *loader) bootstrap() error {
	_, err := l.in.object(func(key string) error {
		if key != "node" {
			return l.in.skip()
		}
		return l.node()
	})
	return err
}

func (l *loader) node() error {
	_, err := l.in.object(func(key string) (err error) {
		switch key {
		case "id":
			l.out.Node, err = l.in.text()
		case "metadata":
			err = l.metadata()
		default:
			err = l.in.skip()
		}
		return err
	})
	return err
}

// metadata takes the version of Istio and what is known of the workload from the metadata of a node.
func (l *loader) metadata() error {
	w := &l.out.Workload
	_, err := l.in.object(func(key string) (err error) {
		switch key {
		case "ISTIO_VERSION":
			l.out.IstioVersion, err = l.in.text()
		case "WORKLOAD_NAME":
			w.Name, err = l.in.text()
		case "SERVICE_ACCOUNT":
			w.ServiceAccount, err = l.in.text()
		case "LABELS":
			w.Labels = map[string]string{}
			_, err = l.in.object(func(name string) (err error) {
				w.Labels[name], err = l.in.text()
				return err
			})
		default:
			err = l.in.skip()
		}
		return err
	})
	return err
}

// snake returns the snake_case form of a field's name, which may be written in camelCase.
func snake(name string) string {
	if !strings.ContainsFunc(name, upper) {
		return name
	}
	var out strings.Builder
	for _, r := range name {
		if upper(r) {
			out.WriteByte('_')
			r += 'a' - 'A'
		}
		out.WriteRune(r)
	}
	return out.String()
}

func upper(r rune) bool { return r >= 'A' && r <= 'Z' }
