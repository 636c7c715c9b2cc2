package serve

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
)

// Files returns a text that changes when a file of the paths does, or comes or goes: their names, sizes and times. Hidden folders and
// those of packages of CUE are left out, as they are when folders are read.
func Files(paths []string) string {
	var b strings.Builder
	for _, p := range paths {
		_ = filepath.WalkDir(p, func(name string, d fs.DirEntry, err error) error {
			if err != nil {
				fmt.Fprintln(&b, name, "unreadable")
				return nil
			}
			if d.IsDir() && name != p && (strings.HasPrefix(d.Name(), ".") || d.Name() == "cue.mod") {
				return fs.SkipDir
			}
			if info, err := d.Info(); err == nil && !d.IsDir() {
				fmt.Fprintln(&b, name, info.Size(), info.ModTime().UnixNano())
			}
			return nil
		})
	}
	return b.String()
}
