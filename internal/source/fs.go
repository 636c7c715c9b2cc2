package source

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"cuelang.org/go/cue/load"
)

// fsRoot is the folder in which CUE, which names every file from the root of the file system, finds those of an [Options.FS].
var fsRoot = string(filepath.Separator) + "fs"

// disk is a file system by the absolute names that CUE uses: that of the machine, or one that appears at [fsRoot].
type disk struct{ fsys fs.FS }

// absolute is the absolute name of a file.
func (d disk) absolute(name string) (string, error) {
	if d.fsys != nil {
		return filepath.Join(fsRoot, filepath.FromSlash(name)), nil
	}
	return filepath.Abs(name)
}

// within is the name of an absolute one in the file system.
func (d disk) within(name string) string {
	rest, err := filepath.Rel(fsRoot, name)
	if err != nil {
		return name
	}
	return filepath.ToSlash(rest)
}

// readFile reads a regular file of at most limit bytes.
func (d disk) readFile(name string, limit int64) ([]byte, error) {
	if d.fsys != nil {
		return fs.ReadFile(d.fsys, d.within(name))
	}
	return ReadRegular(name, limit)
}

func (d disk) exists(name string) bool {
	if d.fsys != nil {
		_, err := fs.Stat(d.fsys, d.within(name))
		return err == nil
	}
	return exists(name)
}

// cueFilesIn returns the absolute names of the CUE files of a folder.
func (d disk) cueFilesIn(folder string) ([]string, error) {
	if d.fsys == nil {
		return filepath.Glob(filepath.Join(folder, "*.cue"))
	}
	names, err := fs.Glob(d.fsys, path.Join(d.within(folder), "*.cue"))
	for i := range names {
		names[i] = filepath.Join(fsRoot, filepath.FromSlash(names[i]))
	}
	return names, err
}

// cueOverlay holds every CUE file of a file system that CUE cannot read by itself, for what is imported.
func (d disk) cueOverlay() map[string]load.Source {
	overlay := map[string]load.Source{}
	if d.fsys == nil {
		return overlay
	}
	_ = fs.WalkDir(d.fsys, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || path.Ext(name) != ".cue" {
			return nil // who names the file learns why it cannot be read
		}
		if data, err := fs.ReadFile(d.fsys, name); err == nil {
			overlay[filepath.Join(fsRoot, filepath.FromSlash(name))] = load.FromBytes(data)
		}
		return nil
	})
	return overlay
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}
