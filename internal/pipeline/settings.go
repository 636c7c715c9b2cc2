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

// settingsDocuments returns the documents with the settings of the mesh: those of the file that the options name, else those of
// the input. The first result holds the settings of the installation, too.
func settingsDocuments(docs []*source.Document, opts Options) (all, settings []*source.Document, found diag.List, err error) {
	if opts.MeshConfig == "" {
		return holders(docs, operator), holders(docs, config.HoldsMeshConfig), nil, nil
	}
	in, problems := source.Read([]string{opts.MeshConfig}, source.Options{FS: opts.FS, Stdin: opts.Stdin, Library: schema.Library(), CUE: opts.CUE})
	if err := unreadable(problems); err != nil {
		return nil, nil, nil, err
	}
	if len(in.Documents) == 0 {
		return nil, nil, nil, fmt.Errorf("%s holds no settings of a mesh", opts.MeshConfig)
	}
	// A MeshConfig by itself has no kind.
	problems = slices.DeleteFunc(problems, func(p source.Problem) bool { return p.Trouble == source.NoKind })
	return append(holders(docs, operator), in.Documents...), in.Documents, diag.Problems(problems), nil
}

// readSettings reads the settings of the mesh from the documents that hold them, as a release of Istio takes them.
func readSettings(docs []*source.Document, r release.Release) (mesh.Settings, diag.List) {
	settings, _, found := mesh.ReadSettings(docs)
	found = append(found, settingsFor(&settings, r)...)
	return settings, found
}

func operator(doc *source.Document) bool { return doc.Kind == "IstioOperator" }

// holders are the documents of an input that hold what is asked for.
func holders(docs []*source.Document, holds func(*source.Document) bool) []*source.Document {
	var found []*source.Document
	for _, d := range docs {
		if holds(d) {
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
