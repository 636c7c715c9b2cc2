package source

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"cuelang.org/go/cue/load"
	"cuelang.org/go/cue/parser"
	"cuelang.org/go/mod/modfile"
)

// A Library is a package that every CUE file can import, whether or not the module of the file has it. What the checks of
// documents say in better words than CUE need not be in it.
type Library struct {
	Path  string            // what files import
	Files map[string][]byte // by name
}

// A module that is lent to files that are in none, so that they can import the library.
const lentModule = "module: \"mesh.local@v0\"\nlanguage: version: \"v0.15.0\"\n"

// config returns how the files of a folder are loaded: from memory, without any registry, and with the library where cue
// itself looks for packages that a module has brought along (cue.mod/pkg). A module that brought the library along itself,
// or is the library, keeps its own.
func (r *cueReader) config(dir string) *load.Config {
	config := &load.Config{Dir: dir, Overlay: map[string]load.Source{}, Env: []string{}, Registry: noRegistry{}, AcceptLegacyModules: true}
	for name, text := range r.overlay {
		config.Overlay[name] = text
	}
	root, own, _ := r.moduleRoot(dir)
	if r.library.Path == "" || own != nil && (own.ModulePath() == r.library.Path || r.vendored(root, r.library.Path)) {
		return config
	}
	if text := moduleText(own, r.library.Path); text != nil {
		config.Overlay[filepath.Join(root, "cue.mod", "module.cue")] = load.FromBytes(text)
	}
	for name, text := range r.library.Files {
		config.Overlay[filepath.Join(root, "cue.mod", "pkg", filepath.FromSlash(r.library.Path), name)] = load.FromBytes(text)
	}
	return config
}

// maxModule is how large the description of a module is at most, in bytes.
const maxModule = 1 << 20

// moduleRoot returns the folder of the module around a folder, and its description; the folder itself and nil where there is
// none. What a description gets wrong is for cue to say. The error is for one that must not be read at all: cue would read it
// whole, and wait for a pipe.
func (r *cueReader) moduleRoot(dir string) (string, *modfile.File, error) {
	for at := dir; ; at = filepath.Dir(at) {
		name := filepath.Join(at, "cue.mod", "module.cue")
		data, err := r.disk.readFile(name, maxModule)
		if err == nil {
			file, err := modfile.ParseNonStrict(data, name)
			if err != nil {
				file = &modfile.File{}
			}
			return at, file, nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return dir, nil, fmt.Errorf("%s: %w", name, err)
		}
		if at == filepath.Dir(at) {
			return dir, nil, nil
		}
	}
}

// inherit adds to a package of a folder the files of the same package in the folders above, up to the root of the module, as
// cue does. They take part in its values; their own documents belong to their own folder.
func (r *cueReader) inherit(names []string, pkg string) []string {
	first := r.files[names[0]]
	dir := filepath.Dir(names[0])
	root, own, _ := r.moduleRoot(dir)
	if pkg == "" || own == nil || first.named {
		return names
	}
	for up := ".."; dir != root; up = filepath.Join(up, "..") {
		dir = filepath.Dir(dir)
		above, err := r.disk.cueFilesIn(dir)
		if err != nil {
			return names
		}
		for _, name := range above {
			if !holdsConfiguration(filepath.Base(name)) || r.files[name] != nil {
				continue
			}
			c := &content{file: &File{Name: filepath.Join(filepath.Dir(first.file.Name), up, filepath.Base(name))}}
			if c.file.Data, err = r.disk.readFile(name, int64(r.limits.Size)); err != nil {
				continue
			}
			c.file.once.Do(c.file.scan)
			if syntax, err := parser.ParseFile(name, c.file.Data, parser.PackageClauseOnly); err == nil && syntax.PackageName() == pkg && c.withinLimits(r.limits) {
				r.files[name] = c
				names = append(names, name)
			}
		}
	}
	return names
}

// vendored reports whether a module has a package among those that it brought along.
func (r *cueReader) vendored(root, pkg string) bool {
	for _, kind := range []string{"pkg", "gen", "usr"} {
		if r.disk.exists(filepath.Join(root, "cue.mod", kind, filepath.FromSlash(pkg))) {
			return true
		}
	}
	return false
}

// moduleText is the description of a module that takes the place of its own; nil where its own will do. A dependency on the
// library goes, because the library is at hand.
func moduleText(own *modfile.File, library string) []byte {
	if own == nil {
		return []byte(lentModule)
	}
	for dep := range own.Deps {
		if name, _, _ := strings.Cut(dep, "@"); name == library {
			delete(own.Deps, dep)
			if text, err := modfile.Format(own); err == nil {
				return text
			}
		}
	}
	return nil
}
