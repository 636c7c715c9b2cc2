package source

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"sem.example/internal/quote"
)

// An input is a file to read.
type input struct {
	name  string
	named bool // by the user, rather than found in a folder
	chart bool // part of a Helm chart

	unpacked *entry // of an archive; nil for a file
}

// A walker gathers the files that the arguments come to, each once.
type walker struct {
	wanted   func(name string) bool // of the files of a folder
	roots    []string               // the folders of the arguments, without links
	inputs   []input
	problems []Problem
	seen     map[string]bool
	charts   map[string]bool // whether a folder belongs to a Helm chart
	follow   bool            // links to files beyond the folders
	fsys     fs.FS           // nil for that of the machine
}

// FindTests returns the files of request tests that files and folders come to; no argument means the current folder. A file of a
// folder that has the name of one, and Kubernetes objects in it, is none.
func FindTests(args []string) (names []string, problems []Problem) {
	if len(args) == 0 {
		args = []string{"."}
	}
	inputs, problems := walk(args, IsTest, false)
	for _, in := range inputs {
		if in.named || !holdsObjects(in.name) {
			names = append(names, in.name)
		}
	}
	return names, problems
}

// holdsObjects reports whether the documents of a file look like Kubernetes objects.
func holdsObjects(name string) bool {
	data, err := ReadRegular(name, maxTests)
	if err != nil {
		return false // who runs it says why
	}
	docs, _ := Parse(&File{Name: name, Data: data})
	return len(docs) > 0 && !slices.ContainsFunc(docs, func(d *Document) bool { return !likeObject(d.Root) })
}

// maxTests is the size of a file up to which it is looked at, in bytes.
const maxTests = 8 << 20

// IsTest reports whether a file holds request tests, by its name: NAME_test.yaml.
func IsTest(name string) bool {
	ext := filepath.Ext(name)
	return (ext == ".yaml" || ext == ".yml") && strings.HasSuffix(strings.TrimSuffix(name, ext), "_test")
}

// walk returns the files that the arguments come to, of a folder those that are wanted. Links from a folder to files beyond the
// folders of the arguments are followed only if asked for.
func walk(args []string, wanted func(name string) bool, follow bool) ([]input, []Problem) {
	w := walker{wanted: wanted, follow: follow, seen: map[string]bool{}, charts: map[string]bool{}}
	for _, arg := range args {
		if real, err := filepath.EvalSymlinks(arg); err == nil {
			w.roots = append(w.roots, absolute(real))
		}
	}
	for _, arg := range args {
		if arg == "-" {
			w.add(input{name: arg, named: true})
			continue
		}
		info, err := os.Stat(arg)
		if err == nil && !info.IsDir() && isArchive(arg) {
			w.archive(arg)
			continue
		}
		w.argument(arg, info, err, func() { w.folder(filepath.Clean(arg)) })
	}
	return w.inputs, w.problems
}

// argument adds a file that an argument names, or what the folder holds that it names.
func (w *walker) argument(name string, info fs.FileInfo, err error, folder func()) {
	switch {
	case err != nil:
		w.refuseArgument(name, err)
	case !info.IsDir():
		w.add(input{name: name, named: true})
	default:
		folder()
	}
}

func (w *walker) add(in input) {
	if key := filepath.Clean(in.name); !w.seen[key] {
		w.seen[key] = true
		w.inputs = append(w.inputs, in)
	}
}

func (w *walker) refuse(name string, err error) {
	w.problems = append(w.problems, Problem{Trouble: Unreadable, File: &File{Name: name}, Message: reason(err)})
}

func (w *walker) refuseArgument(name string, err error) {
	w.refuse(name, err)
	w.problems[len(w.problems)-1].Missing = errors.Is(err, fs.ErrNotExist)
}

// folder adds the wanted files of a folder and of all below it. Hidden folders are left out, and so are the templates of Helm
// charts and what a CUE module brought along. Symbolic links to files are followed and those to folders are not, so that no
// loop can arise; a finding tells of them unless their folder is read anyway.
func (w *walker) folder(root string) {
	_ = fs.WalkDir(os.DirFS(root), ".", func(path string, d fs.DirEntry, err error) error {
		name := filepath.Join(root, filepath.FromSlash(path))
		switch {
		case err != nil:
			w.refuse(name, err)
			return fs.SkipDir
		case d.IsDir() && path != "." && w.passes(name):
			return fs.SkipDir
		case d.Type()&fs.ModeSymlink != 0 && w.leadsAway(name):
			w.problems = append(w.problems, Problem{
				Trouble: Link, File: &File{Name: name}, Minor: true, Message: "a link to a folder is not followed",
				Help: "name it as well to read what it leads to: " + filepath.ToSlash(name),
			})
		case !d.IsDir() && mayBeRead(d.Name()) && (w.wanted(d.Name()) || ofBugReport(filepath.ToSlash(name))):
			w.file(name, root, d)
		}
		return nil
	})
}

// walkFS returns the files that the arguments come to in a file system, of a folder those that are wanted. Arguments are names
// as [fs.ValidPath] has them.
func walkFS(fsys fs.FS, args []string, wanted func(name string) bool) ([]input, []Problem) {
	w := walker{wanted: wanted, seen: map[string]bool{}, fsys: fsys, charts: map[string]bool{}}
	for _, arg := range args {
		info, err := fs.Stat(fsys, arg)
		w.argument(arg, info, err, func() { w.folderFS(arg) })
	}
	return w.inputs, w.problems
}

// folderFS is as [walker.folder], in a file system that has no links to folders.
func (w *walker) folderFS(root string) {
	_ = fs.WalkDir(w.fsys, root, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			w.refuse(name, err)
			return fs.SkipDir
		case d.IsDir() && name != root && w.passes(name):
			return fs.SkipDir
		case !d.IsDir() && mayBeRead(d.Name()) && w.wanted(d.Name()):
			w.add(input{name: name, chart: w.inChart(filepath.ToSlash(filepath.Dir(name)), root)})
		}
		return nil
	})
}

// leadsAway reports whether a link leads to a folder beyond those that are read.
func (w *walker) leadsAway(link string) bool {
	target, err := filepath.EvalSymlinks(link)
	if err != nil || strings.HasPrefix(filepath.Base(link), ".") {
		return false
	}
	if info, err := os.Stat(target); err != nil || !info.IsDir() {
		return false
	}
	return w.beyond(target)
}

// beyond reports whether a path without links lies outside of the folders that are read.
func (w *walker) beyond(target string) bool {
	within := func(root string) bool {
		rest, err := filepath.Rel(root, absolute(target))
		return err == nil && rest != ".." && !strings.HasPrefix(rest, ".."+string(filepath.Separator))
	}
	return !slices.ContainsFunc(w.roots, within)
}

// absolute is a path as seen from the root of the file system.
func absolute(path string) string {
	if full, err := filepath.Abs(path); err == nil {
		return full
	}
	return path
}

// passes reports whether a folder is passed by.
func (w *walker) passes(name string) bool {
	base := filepath.Base(name)
	if strings.HasPrefix(base, ".") || base == "cue.mod" {
		return true
	}
	chart := filepath.Join(filepath.Dir(name), "Chart.yaml")
	if base != "templates" || !w.exists(chart) {
		return false
	}
	w.problems = append(w.problems, Problem{
		Trouble: Template, File: &File{Name: chart}, Minor: true,
		Message: "the templates of this Helm chart are not read",
		Help:    "to check what they become: helm template " + quote.Shell(filepath.ToSlash(filepath.Dir(chart))) + " | sem validate -",
	})
	return true
}

// inChart reports whether a folder belongs to a Helm chart below a root, or to one that is the root.
func (w *walker) inChart(folder, root string) bool {
	in, known := w.charts[folder]
	if !known {
		in = w.exists(filepath.Join(folder, "Chart.yaml")) || folder != root && folder != "." && w.inChart(filepath.Dir(folder), root)
		w.charts[folder] = in
	}
	return in
}

func (w *walker) exists(name string) bool {
	if w.fsys != nil {
		_, err := fs.Stat(w.fsys, filepath.ToSlash(name))
		return err == nil
	}
	return exists(name)
}

// file adds a file of a folder. What is neither a file nor a link to one, such as a socket, is not configuration.
func (w *walker) file(name, root string, d fs.DirEntry) {
	if hidden(name) && !d.Type().IsRegular() {
		return // editors mark a file that is being edited by a hidden link that leads nowhere
	}
	if !d.Type().IsRegular() {
		info, err := os.Stat(name)
		if err != nil {
			w.refuse(name, err)
		}
		switch {
		case err != nil:
			return
		case !info.Mode().IsRegular():
			w.problems = append(w.problems, Problem{
				Trouble: Link, File: &File{Name: name}, Minor: true, Message: "a pipe, socket or device in a folder is not read",
				Help: "name it as well to read it: " + filepath.ToSlash(name),
			})
			return
		}
		if target, err := filepath.EvalSymlinks(name); !w.follow && (err != nil || w.beyond(target)) {
			w.problems = append(w.problems, Problem{
				Trouble: Link, File: &File{Name: name}, Minor: true, Message: "a link that leads out of the folder is not followed",
				Help: "name it as well to read what it leads to, or give --follow-links: " + filepath.ToSlash(name),
			})
			return
		}
	}
	w.add(input{name: name, chart: w.inChart(filepath.Dir(name), root)})
}

// holdsConfiguration reports whether a file is one that configuration is read from, by its name.
func holdsConfiguration(name string) bool {
	switch filepath.Ext(name) {
	case ".yaml", ".yml", ".json":
		return true
	case ".cue":
		return !strings.HasPrefix(name, "_")
	}
	return filepath.Base(name) == "Kustomization" // of kustomize
}

// reason words an error of the file system without repeating the path.
func reason(err error) string {
	var path *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "there is no such file or folder"
	case errors.Is(err, fs.ErrPermission):
		return "the file system does not permit reading it"
	case errors.As(err, &path):
		return path.Err.Error()
	}
	return err.Error()
}
