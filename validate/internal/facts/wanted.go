package facts

import (
	"sem.example/internal/config"
	"sem.example/internal/mesh"
)

// Each calls find for every object of a kind that findings are wanted about. Checks of single documents look at all objects of the
// input, also at those that the mesh leaves out.
func Each[T any](s *Documents, kind string, find func(o *config.Object, spec T)) {
	for _, o := range s.wanted().written[kind] {
		if spec, ok := o.Spec.(T); ok {
			find(o, spec)
		}
	}
}

// Wanted reports whether findings about an object are wanted. They are not about what istiod makes of a Gateway.
func (s *Documents) Wanted(o *config.Object) bool {
	if o != nil && o.Doc != nil && (o.Kind == "Service" || o.Kind == "Pod") && o.Doc.Kind == "Gateway" {
		return false
	}
	return s.Only == nil || o != nil && s.Only[o.Doc]
}

// wanted is what findings are wanted about, each list in the order of the whole. What a check compares it with is looked for in
// all of the mesh.
type wanted struct {
	written  map[string][]*config.Object // of the input, by kind
	objects  map[string][]*config.Object // of those the ones that the mesh holds
	services []*mesh.Service
}

// wanted sorts the documents once.
func (s *Documents) wanted() *wanted {
	return s.focused.get(func() *wanted {
		f := &wanted{written: map[string][]*config.Object{}, objects: map[string][]*config.Object{}}
		for _, o := range s.Objects {
			if s.Wanted(o) {
				f.written[o.Kind] = append(f.written[o.Kind], o)
			}
		}
		if s.Only == nil {
			return f
		}
		for kind := range f.written {
			for _, o := range s.Mesh.Objects(kind) {
				if s.Wanted(o) {
					f.objects[kind] = append(f.objects[kind], o)
				}
			}
		}
		for _, svc := range s.Mesh.Services {
			if s.Wanted(svc.Object) {
				f.services = append(f.services, svc)
			}
		}
		return f
	})
}

// WantedObjects returns the objects of a kind that the mesh holds and that findings are wanted about. A check ranges over them where it
// reports at the object itself.
func (s *Documents) WantedObjects(kind string) []*config.Object {
	if s.Only == nil {
		return s.Mesh.Objects(kind)
	}
	return s.wanted().objects[kind]
}

// WantedServices returns the services of the mesh whose documents findings are wanted about.
func (s *Documents) WantedServices() []*mesh.Service {
	if s.Only == nil {
		return s.Mesh.Services
	}
	return s.wanted().services
}
