package validate

import "sem.example/internal/config"

// each calls find for every object of a kind that findings are wanted about. Checks of single documents look at all objects of the
// input, also at those that the mesh leaves out.
func each[T any](s *Scope, kind string, find func(o *config.Object, spec T)) {
	for _, o := range s.focus().written[kind] {
		if spec, ok := o.Spec.(T); ok {
			find(o, spec)
		}
	}
}
