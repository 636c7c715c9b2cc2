package validate

import (
	"sem.example/internal/config"
	"sem.example/internal/mesh"
)

// wants says whether findings about an object are wanted.
func (s *Scope) wants(o *config.Object) bool {
	return s.Subjects == nil || o != nil && s.Subjects[o.Doc]
}

// A focus is what findings are wanted about, each list in the order of the whole. What a check compares it with is looked for in
// all of the mesh.
type focus struct {
	written  map[string][]*config.Object // of the input, by kind
	objects  map[string][]*config.Object // of those the ones that the mesh holds
	services []*mesh.Service
}

func (s *Scope) focus() *focus {
	return s.focused.get(func() *focus {
		f := &focus{written: map[string][]*config.Object{}, objects: map[string][]*config.Object{}}
		for _, o := range s.Objects {
			if s.wants(o) {
				f.written[o.Kind] = append(f.written[o.Kind], o)
			}
		}
		if s.Subjects == nil {
			return f
		}
		for kind := range f.written {
			for _, o := range s.Mesh.Objects(kind) {
				if s.wants(o) {
					f.objects[kind] = append(f.objects[kind], o)
				}
			}
		}
		for _, svc := range s.Mesh.Services {
			if s.wants(svc.Object) {
				f.services = append(f.services, svc)
			}
		}
		return f
	})
}

// subjects returns the objects of a kind that the mesh holds and that findings are wanted about. A check ranges over them where it
// reports at the object itself.
func (s *Scope) subjects(kind string) []*config.Object {
	if s.Subjects == nil {
		return s.Mesh.Objects(kind)
	}
	return s.focus().objects[kind]
}

// subjectServices returns the services of the mesh whose documents findings are wanted about.
func (s *Scope) subjectServices() []*mesh.Service {
	if s.Subjects == nil {
		return s.Mesh.Services
	}
	return s.focus().services
}
