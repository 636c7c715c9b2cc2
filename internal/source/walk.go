package source

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// An input is a file to read.
type input struct {
	name  string
	named bool // by the user, rather than found in a folder
}

// walk returns the files that the arguments come to, each once.
func walk(args []string) ([]input, []Problem) {
	var (
		inputs   []input
		problems []Problem
		seen     = map[string]bool{}
	)
	add := func(in input) {
		if key := filepath.Clean(in.name); !seen[key] {
			seen[key] = true
			inputs = append(inputs, in)
		}
	}
	refuse := func(name string, err error) {
		problems = append(problems, Problem{Trouble: Unreadable, File: &File{Name: name}, Message: reason(err)})
	}
	for _, arg := range args {
		if arg == "-" {
			add(input{name: arg, named: true})
			continue
		}
		info, err := os.Stat(arg)
		switch {
		case err != nil:
			refuse(arg, err)
		case !info.IsDir():
			add(input{name: arg, named: true})
		default:
			folder(arg, add, refuse)
		}
	}
	return inputs, problems
}

// folder adds the files of a folder and of all below it. Hidden ones are left out, and so are request tests. Symbolic
// links to files are followed and those to folders are not, so that no loop can arise.
func folder(root string, add func(input), refuse func(string, error)) {
	_ = fs.WalkDir(os.DirFS(root), ".", func(path string, d fs.DirEntry, err error) error {
		name := filepath.Join(root, filepath.FromSlash(path))
		switch {
		case err != nil:
			refuse(name, err)
			return fs.SkipDir
		case path == ".":
		case strings.HasPrefix(d.Name(), "."):
			if d.IsDir() {
				return fs.SkipDir
			}
		case !d.IsDir() && wanted(d.Name()):
			if info, err := os.Stat(name); err != nil {
				refuse(name, err)
			} else if info.Mode().IsRegular() {
				add(input{name: name})
			}
		}
		return nil
	})
}

// wanted says whether a file in a folder is read.
func wanted(name string) bool {
	switch filepath.Ext(name) {
	case ".yaml", ".yml":
		base := strings.TrimSuffix(name, filepath.Ext(name))
		return !strings.HasSuffix(base, "_test")
	case ".json", ".cue":
		return true
	}
	return false
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
