package pipeline

import (
	"errors"
	"fmt"
	"slices"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/internal/release"
	"sem.example/internal/source"
	"sem.example/schema"
)

// settingsOf returns the settings of the mesh: from the file that the options name, else from the input, else the defaults.
func settingsOf(docs []*source.Document, opts Options) (mesh.Settings, diag.List, error) {
	if opts.MeshConfig == "" {
		settings, found := readSettings(holders(docs), opts.Release)
		return settings, found, nil
	}
	in, problems := source.Read([]string{opts.MeshConfig}, source.Options{FS: opts.FS, Stdin: opts.Stdin, Library: schema.Library(), CUE: opts.CUE})
	if err := unreadable(problems); err != nil {
		return mesh.Settings{}, nil, err
	}
	if len(in.Documents) == 0 {
		return mesh.Settings{}, nil, fmt.Errorf("%s holds no settings of a mesh", opts.MeshConfig)
	}
	// A MeshConfig by itself has no kind.
	problems = slices.DeleteFunc(problems, func(p source.Problem) bool { return p.Trouble == source.NoKind })
	settings, found := readSettings(in.Documents, opts.Release)
	return settings, append(diag.Problems(problems), found...), nil
}

// readSettings reads the settings of the mesh from the documents that hold them, as a release of Istio takes them.
func readSettings(docs []*source.Document, r release.Release) (mesh.Settings, diag.List) {
	settings, _, found := mesh.ReadSettings(docs)
	found = append(found, settingsFor(&settings, r)...)
	return settings, found
}

// holders are the documents of an input that hold settings of the mesh: istiod's ConfigMap, or an IstioOperator.
func holders(docs []*source.Document) []*source.Document {
	var found []*source.Document
	for _, d := range docs {
		if config.HoldsMeshConfig(d) {
			found = append(found, d)
		}
	}
	return found
}

// unreadable returns what the file system refused, for nothing that follows would be the answer to what was asked.
func unreadable(problems []source.Problem) error {
	return refused(problems, func(p source.Problem) bool { return p.Trouble == source.Unreadable })
}

// missing returns which arguments do not exist: the question is wrong. What cannot be read in a folder is a finding instead, and
// the rest is read.
func missing(problems []source.Problem) error {
	return refused(problems, func(p source.Problem) bool { return p.Missing })
}

func refused(problems []source.Problem, which func(source.Problem) bool) error {
	var errs []error
	for _, p := range problems {
		if which(p) {
			errs = append(errs, fmt.Errorf("%s: %s", p.File.Name, p.Message))
		}
	}
	return errors.Join(errs...)
}
