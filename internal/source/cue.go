package source

import (
	"bytes"
	"path/filepath"
	"slices"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/cuecontext"
	"cuelang.org/go/cue/errors"
	"cuelang.org/go/cue/load"
	"cuelang.org/go/cue/parser"
)

// A cueReader evaluates the CUE files of one folder. Files of one package are one value, as cue itself has it; a file
// without a package is a value of its own. Every struct with an apiVersion and a kind, however deep, is a document;
// hidden fields and definitions only serve others. Imports are found in the module around the folder or in the library,
// never fetched.
type cueReader struct {
	library  Library
	disk     disk
	files    map[string]*content // by absolute name
	overlay  map[string]load.Source
	packages [][]string // files
	names    []string   // of the packages; "" for a file without one
	limits   CUELimits
	begin    func(files []string) // hears which package comes next
	root     cue.Value            // of the package at hand
	top      cue.Value            // one that says nothing, for its context
	objects  map[string]bool      // its documents, by path
}

// read reads the files of one folder, whose text is at hand.
func (r *cueReader) read(files []content) {
	r.files, r.overlay = map[string]*content{}, r.disk.cueOverlay()
	d := r.disk
	named := map[string]int{}
	for i := range files {
		c := &files[i]
		name, err := d.absolute(c.file.Name)
		if err != nil || c.file.Data == nil || !c.text() || !c.withinLimits(r.limits) {
			continue
		}
		c.suppressions()
		r.files[name], r.overlay[name] = c, load.FromBytes(c.file.Data)
		syntax, err := parser.ParseFile(name, c.file.Data, parser.PackageClauseOnly)
		if err != nil {
			r.fail(c, faults(err))
			continue
		}
		pkg := syntax.PackageName()
		if at, ok := named[pkg]; ok && pkg != "" {
			r.packages[at] = append(r.packages[at], name)
			continue
		}
		named[pkg] = len(r.packages)
		r.packages, r.names = append(r.packages, []string{name}), append(r.names, pkg)
	}
	for i, names := range r.packages {
		names = r.inherit(names, r.names[i])
		if r.begin != nil {
			r.begin(names)
		}
		r.evaluate(names)
		r.soften(names)
	}
}

// soften makes little of what is wrong with a package that was only found in a folder and gives no sign of holding objects.
func (r *cueReader) soften(names []string) {
	for _, name := range names {
		c := r.files[name]
		if c.named || bytes.Contains(c.file.Data, []byte("apiVersion")) || r.library.Path != "" && bytes.Contains(c.file.Data, []byte(r.library.Path)) {
			return
		}
	}
	for _, name := range names {
		for i := range r.files[name].problems {
			r.files[name].problems[i].Minor = true
		}
	}
}

// evaluate reads one package.
func (r *cueReader) evaluate(names []string) {
	c := r.files[names[0]]
	if _, _, err := r.moduleRoot(filepath.Dir(names[0])); err != nil {
		c.problem(Unreadable, Range{Line: 1, Column: 1, EndLine: 1, EndColumn: 1}, "the module of the file cannot be read: "+err.Error())
		return
	}
	v, err := r.build(names)
	if !v.Exists() && err != nil {
		r.fail(c, faults(err))
		return
	}
	r.root, r.top, r.objects = v, v.Context().CompileString("_"), map[string]bool{}
	before := len(c.problems)
	found := r.gather(c, v, 0)
	r.fail(c, r.faults())
	if found == 0 && c.named && len(c.problems) == before {
		c.problem(NoDocument, Range{Line: 1, Column: 1, EndLine: 1, EndColumn: 1}, "the package has no value with an apiVersion and a kind")
	}
}

// faults returns what is wrong with the package at hand. A value that is not a document may stay open, but what contradicts
// itself is wrong anywhere, and so is a required field that nothing sets.
func (r *cueReader) faults() []*cueFault {
	all := faults(mistakes(r.root, 0))
	missing := map[string]bool{}
	for _, f := range all {
		if f.lacks() {
			missing[f.path[len(f.path)-1]] = true
		}
	}
	return slices.DeleteFunc(all, func(f *cueFault) bool {
		return missing[f.reads()] || f.open() && !f.lacks() && !r.inObject(f.path)
	})
}

// mistakes returns what CUE says against a value and everything in it. Of a value that contradicts itself CUE says no more than
// that, so each part is asked for itself.
func mistakes(v cue.Value, depth int) error {
	err := v.Validate(cue.Concrete(true), cue.Final())
	if err == nil || depth > maxDepth {
		return err
	}
	all := errors.Promote(err, "")
	for _, inner := range members(v) {
		if err := mistakes(inner, depth+1); err != nil {
			all = errors.Append(all, errors.Promote(err, ""))
		}
	}
	return all
}

// inObject reports whether a path leads into an object.
func (r *cueReader) inObject(path []string) bool {
	for i := range path {
		if r.objects[pathOf(path[:i])] {
			return true
		}
	}
	return false
}

// build evaluates a package. The error is of loading; the value may have others.
func (r *cueReader) build(names []string) (cue.Value, error) {
	config := r.config(filepath.Dir(names[0]))
	instance := load.Instances(names, config)[0]
	if instance.Err != nil {
		return cue.Value{}, instance.Err
	}
	v := cuecontext.New().BuildInstance(instance)
	return v, v.Err()
}

// gather makes documents of the objects in a value and returns how many there are.
func (r *cueReader) gather(c *content, v cue.Value, depth int) int {
	if depth > maxDepth || !v.Exists() && v.Err() == nil {
		return 0
	}
	if v.LookupPath(apiVersionPath).Exists() && v.LookupPath(kindPath).Exists() {
		r.document(c, v)
		return 1
	}
	found := 0
	for _, inner := range members(v) {
		found += r.gather(c, inner, depth+1)
	}
	return found
}

// members are the fields of a struct or the items of a list, also of one in which something is wrong.
func members(v cue.Value) []cue.Value {
	var inner []cue.Value
	if it, err := v.Fields(); err == nil {
		for it.Next() {
			inner = append(inner, it.Value())
		}
	} else if it, err := v.List(); err == nil {
		for it.Next() {
			inner = append(inner, it.Value())
		}
	}
	return inner
}

// The paths that make an object, and those that say which file it belongs to.
var (
	apiVersionPath = cue.ParsePath("apiVersion")
	kindPath       = cue.ParsePath("kind")
	homePaths      = []cue.Path{cue.ParsePath("metadata.name"), cue.ParsePath("metadata"), kindPath}
)

// document makes a document of an object that is whole. Of the files that take part in it, it belongs to the one that names it.
func (r *cueReader) document(c *content, v cue.Value) {
	r.objects[pathOf(steps(v.Path()))] = true
	if v.Validate(cue.Concrete(true), cue.Final()) != nil {
		return
	}
	for _, path := range homePaths {
		if home := r.place(v.LookupPath(path)); home.File != nil {
			c = r.byFile(home.File)
			break
		}
	}
	t := cueTree{reader: r, home: c.file, elsewhere: map[*Node]*File{}}
	root := t.field(v, FileRange{File: c.file}).Value
	before := len(c.docs)
	c.add(root, "")
	for _, doc := range c.docs[before:] {
		doc.elsewhere = t.elsewhere
	}
}

// steps are the parts of a path, as errors have them.
func steps(path cue.Path) []string {
	var found []string
	for _, s := range path.Selectors() {
		found = append(found, s.String())
	}
	return found
}
