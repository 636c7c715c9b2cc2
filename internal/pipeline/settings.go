package pipeline

import (
	"errors"
	"fmt"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/internal/release"
	"sem.example/internal/source"
	"sem.example/schema"
)

// settings are those of the mesh: from the file that the options name, else from the input, else the defaults.
func (w *World) settings(docs []*source.Document, opts Options) (mesh.Settings, error) {
	if opts.MeshConfig == "" {
		return w.settingsOf(holders(docs), opts.Release), nil
	}
	in, problems := source.Read([]string{opts.MeshConfig}, source.Options{FS: opts.FS, Stdin: opts.Stdin, Library: schema.Library()})
	if err := unreadable(problems); err != nil {
		return mesh.Settings{}, err
	}
	if len(in.Documents) == 0 {
		return mesh.Settings{}, fmt.Errorf("%s holds no settings of a mesh", opts.MeshConfig)
	}
	for _, p := range problems {
		if p.Trouble != source.NoKind { // a MeshConfig by itself has none
			w.Found = append(w.Found, diag.Problems([]source.Problem{p})...)
		}
	}
	return w.settingsOf(in.Documents, opts.Release), nil
}

func (w *World) settingsOf(docs []*source.Document, r release.Release) mesh.Settings {
	settings, _, found := mesh.ReadSettings(docs)
	w.Found = append(w.Found, found...)
	w.Found = append(w.Found, settingsFor(&settings, r)...)
	return settings
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
