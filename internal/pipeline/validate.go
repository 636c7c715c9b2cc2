package pipeline

import (
	"slices"
	"strings"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/source"
	"sem.example/schema"
	"sem.example/validate"
)

// ValidateOptions say how to validate.
type ValidateOptions struct {
	Each     bool              // every file is a world of its own
	Registry validate.Registry // what a host means that the input does not hold
	Policy   diag.Policy       // which findings are wanted
	All      bool              // all documents that are wrong are explained, however many there are

	lacks     []string         // kinds that clusters did not give
	elsewhere []*config.Object // what a world may use of another one
}

// Validate reads an input and reports everything that is wrong with it.
func Validate(opts Options, how ValidateOptions) (*diag.Report, error) {
	report, _, err := Examine(opts, how)
	return report, err
}

// Examine is as [Validate], and returns the worlds as well that the findings are about.
func Examine(opts Options, how ValidateOptions) (*diag.Report, []*World, error) {
	r := gather(opts, opts.Cache.ofExamined(), func(docs []*source.Document) content {
		shapes, refused := glance(docs)
		c := newContent(docs, opts, config.DecodeAll)
		c.shapes, c.refused, c.skipped = shapes, refused, c.skipped+c.unchecked()
		return c
	})
	if err := missing(r.problems); err != nil {
		return nil, nil, err
	}
	r.explain(how.All)
	report := &diag.Report{Input: r.in, Files: len(r.in.Files), Documents: len(r.in.Documents), Skipped: r.skipped}
	found := diag.Problems(r.problems)
	worlds, why := r.worlds(opts, how.Each)
	how.elsewhere = shared(worlds)
	in := repository{gathered: r, opts: opts, worlds: worlds}
	if opts.World != "" {
		i := in.position(opts.World)
		if i < 0 {
			return nil, nil, in.unknown(opts.World)
		}
		worlds = worlds[i : i+1]
	}
	report.Worlds, report.Alternatives = len(worlds), why
	for _, w := range opts.Worlds {
		report.Named = append(report.Named, w.Name)
	}
	for _, b := range r.builds {
		report.Builds = append(report.Builds, b.name)
	}
	how.lacks = r.lacks
	results, built, err := in.validateAll(worlds, how, report)
	if err != nil {
		return nil, nil, err
	}
	report.NotChecked = r.notChecked
	for _, f := range slices.Concat(r.files, r.all()) {
		report.Skipped += f.skipped
		report.Leave(f.kinds)
	}
	for i, r := range results {
		found = append(found, worlds[i].judged(r)...)
	}
	if len(r.builds)+len(opts.Worlds)+len(r.named) > 0 {
		found = found.Distinct()
	}
	report.Findings, report.Silenced = how.Policy.Apply(found.Suppress(r.in))
	report.Findings.Sort()
	return report, built, nil
}

// validateAll validates worlds side by side.
func (in repository) validateAll(worlds []fileWorld, how ValidateOptions, report *diag.Report) ([]diag.List, []*World, error) {
	results, built, opts := make([]diag.List, len(worlds)), make([]*World, len(worlds)), in.opts
	errs := make([]error, len(worlds))
	watch := opts.Watch
	if len(worlds) > 1 {
		opts.Watch = nil // the worlds are what is counted
	} else {
		watch = nil
	}
	watch.Each("checking files", len(worlds), func(i int) {
		built[i] = in.empty(worlds[i])
		results[i], errs[i] = buildAndCheck(built[i], worlds[i], opts, how)
	})
	for i, err := range errs {
		if err != nil {
			return nil, nil, err
		}
		r := built[i].Release
		report.Name(diag.Release{Istio: r.String(), Envoy: r.Envoy(), Because: r.Because, Default: r.Default})
	}
	return results, built, nil
}

// shared are the objects of several worlds that resources of another one may refer to.
func shared(worlds []fileWorld) []*config.Object {
	if len(worlds) < 2 || worlds[0].cluster != "" {
		return nil
	}
	var all []*config.Object
	seen := map[*config.Object]bool{}
	for _, w := range worlds {
		for _, f := range w.files {
			for _, o := range f.objects {
				if (referredTo(o) || w.home != nil && varies(o)) && !seen[o] {
					seen[o] = true
					all = append(all, o)
				}
			}
		}
	}
	return all
}

// referredTo reports whether resources of another world may need an object.
func referredTo(o *config.Object) bool {
	switch o.Spec.(type) {
	case *config.Pod, *config.Workload:
		return true
	}
	return o.Kind == "Gateway" || o.Kind == "DestinationRule"
}

// varies reports whether an object of one alternative may be there when another one is applied: what registers hosts, and the rules. A
// world that the settings or a kustomization define is taken for whole.
func varies(o *config.Object) bool {
	return o.Kind == "Service" || o.Kind == "ServiceEntry" || o.Kind == "VirtualService"
}

// buildAndCheck builds a world, and checks its documents: each by itself, then all together. A document that its schema refuses takes
// part in the mesh with what can be read of it, so that what refers to it is not called wrong. Beyond the mistake itself it is only
// reported what another field of it names wrongly, see diag.Check.Alone.
func buildAndCheck(w *World, in fileWorld, opts Options, how ValidateOptions) (diag.List, error) {
	var found diag.List
	for _, f := range in.files {
		found = append(found, f.shapes...)
	}
	broken := broken{}
	broken.add(found)
	read := len(w.Found) // which is not of this world alone
	if err := w.build(in, opts); err != nil {
		return nil, err
	}
	found = append(found, broken.sound(slices.Clone(w.Found[read:]))...)
	broken.add(slices.DeleteFunc(slices.Clone(w.Found[read:]), func(d diag.Diagnostic) bool { return d.Check != diag.Undecodable }))
	opts.Watch.Begin("checking how the documents fit together")
	checked := validate.Input{
		Mesh: w.Mesh, Objects: w.Objects, Registry: how.Registry, Lacks: how.lacks, Elsewhere: how.elsewhere, NamespaceStated: opts.Namespace != "",
	}
	found = append(found, broken.sound(validate.Run(checked))...)
	return append(found, broken.sound(checkPatches(w))...), nil
}

// FindingsAbout returns the findings of the wanted checks about some documents of the world. What they are compared with is
// looked for in all of it. Of a document that its schema refuses only that is found.
func (w *World) FindingsAbout(documents []*source.Document, wanted func(*diag.Check) bool) diag.List {
	shapes, broken := checkShapes(documents), broken{}
	broken.add(shapes)
	only := map[*source.Document]bool{}
	for _, doc := range documents {
		only[doc] = true
	}
	checker := w.checker.Get(func() *validate.Checker {
		return validate.New(validate.Input{Mesh: w.Mesh, Objects: w.Objects, Traced: true, Lacks: w.input.lacks()})
	})
	return append(shapes, broken.sound(checker.Some(only, wanted))...)
}

// broken are the fields for which documents are refused by their schema or their decoding.
type broken map[*source.Document][]string

// add takes the documents of errors.
func (b broken) add(found diag.List) {
	for i := range found {
		d := &found[i]
		switch {
		case d.Level() != diag.Error || d.At.Doc == nil:
		case d.Check == diag.Template:
			b[d.At.Doc] = append(b[d.At.Doc], "") // what fills one field in fills in others
		case d.Check == schema.MissingField:
			b[d.At.Doc] = append(b[d.At.Doc], source.Join(d.At.Field, "*")) // no field that is there is wrong
		default:
			b[d.At.Doc] = append(b[d.At.Doc], d.At.Field)
		}
	}
}

// sound returns the findings that have nothing to do with what is refused.
func (b broken) sound(found diag.List) diag.List {
	if len(b) == 0 {
		return found
	}
	return slices.DeleteFunc(found, func(d diag.Diagnostic) bool {
		return b.decides(d) || slices.ContainsFunc(d.Related, func(r diag.Related) bool { return b[r.Place.Doc] != nil })
	})
}

// decides reports whether a finding may come of what is refused in its own document.
func (b broken) decides(d diag.Diagnostic) bool {
	faults := b[d.At.Doc]
	if len(faults) == 0 {
		return false
	}
	return !d.Check.Alone || slices.ContainsFunc(faults, func(field string) bool {
		return field == "" || strings.HasPrefix(field, d.At.Field) || strings.HasPrefix(d.At.Field, field) || strings.HasPrefix(field, "metadata") || field == "kind"
	})
}
