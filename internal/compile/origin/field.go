package origin

import (
	"strconv"

	"sem.example/internal/config"
	"sem.example/internal/envoy"
	"sem.example/internal/mesh"
	"sem.example/internal/source"
)

// Defines is the origin of a field that defines a resource or a part of it.
func Defines(o *config.Object, field string) envoy.Origin { return Of(o, field, envoy.Defines) }

// DefinesField is [Defines] for a place in a document.
func DefinesField(at config.Place) envoy.Origin { return Defines(at.Object, at.Field) }

// Modifies is the origin of a field that changes what another one defines.
func Modifies(o *config.Object, field string) envoy.Origin { return Of(o, field, envoy.Modifies) }

// Overridden is the origin of a field that has no effect, with the reason.
func Overridden(l config.Ignored) envoy.Origin {
	origin := Of(l.Object, l.Field, envoy.Overridden)
	origin.Note = l.Reason
	return origin
}

// DefinesPort is the origin of a port of a service.
func DefinesPort(s *mesh.Service, p *mesh.Port) envoy.Origin {
	at := s.PlaceOf(p)
	return Defines(at.Object, at.Field)
}

// Of is the origin of a field of an object in a role.
func Of(o *config.Object, field string, role envoy.Role) envoy.Origin {
	origin := envoy.Of(o.Doc, field, role)
	origin.Object = envoy.Object{Kind: o.KindName(), Namespace: o.Namespace, Name: o.Name}
	return origin
}

// DefinesTree is [Tree] for a field that defines a resource.
func DefinesTree(o *config.Object, field string) []envoy.Origin {
	return Tree(o, field, envoy.Defines)
}

// DefinesTreeAt is [DefinesTree] for a place in a document.
func DefinesTreeAt(at config.Place) []envoy.Origin { return DefinesTree(at.Object, at.Field) }

// Tree is the origins of a field and of every value below it that its document writes, which leads each value of a
// resource back to the line that holds it.
func Tree(o *config.Object, field string, role envoy.Role) []envoy.Origin {
	out := []envoy.Origin{Of(o, field, role)}
	if o.Doc == nil {
		return out
	}
	for _, f := range values(nil, field, o.Doc.Lookup(field)) {
		if f != field {
			out = append(out, Of(o, f, role))
		}
	}
	return out
}

// Setting is the origin of a field of the mesh's settings, where a document sets it.
func Setting(view *mesh.View, field string) []envoy.Origin {
	at := view.Mesh.Settings.PlaceOf(field)
	if at.Object == nil {
		return nil
	}
	return []envoy.Origin{Modifies(at.Object, at.Field)}
}

// SettingTree is the origins of such a field and of every value below it.
func SettingTree(view *mesh.View, field string) []envoy.Origin {
	at := view.Mesh.Settings.PlaceOf(field)
	if at.Object == nil {
		return nil
	}
	return Tree(at.Object, at.Field, envoy.Modifies)
}

// ListenerPart names the part of a filter chain or virtual host that its listener comes from. Many chains share a listener,
// whose own origins are those of the first.
const ListenerPart = "listener"

// Destination names the part of a route or of a filter chain that is its n-th destination.
func Destination(n int) string { return "target/" + strconv.Itoa(n) }

// values appends the paths of all strings, numbers and booleans at and below a path.
func values(paths []string, path string, n *source.Node) []string {
	if n == nil {
		return paths
	}
	switch n.Kind {
	case source.Map:
		for _, f := range n.Fields {
			paths = values(paths, source.Join(path, f.Key), f.Value)
		}
	case source.List:
		for i, item := range n.Items {
			paths = values(paths, source.Index(path, i), item)
		}
	case source.String, source.Number, source.Bool:
		paths = append(paths, path)
	}
	return paths
}
