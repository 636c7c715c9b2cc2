package lsp

import (
	"net/url"
	"path/filepath"
	"strings"
)

// A folder is the root of the workspace. Files within it are named as seen from it; the server knows no others.
type folder struct{ path string }

// name is the name of the file of a URI; not ok for what is not a file within the folder.
func (f folder) name(uri string) (name string, ok bool) {
	path, ok := pathOf(uri)
	if !ok {
		return "", false
	}
	if name, ok = f.within(f.path, path); ok {
		return name, true
	}
	// The editor may name the folder by a link, and its files without, or the other way around.
	root, err := filepath.EvalSymlinks(f.path)
	if err != nil {
		return "", false
	}
	dir, err := filepath.EvalSymlinks(filepath.Dir(path))
	if err != nil {
		return "", false
	}
	return f.within(root, filepath.Join(dir, filepath.Base(path)))
}

func (folder) within(root, path string) (string, bool) {
	name, err := filepath.Rel(root, path)
	return name, err == nil && filepath.IsLocal(name)
}

// uri is the URI of a file that is named as seen from the folder, or from the root of the file system.
func (f folder) uri(name string) string {
	if !filepath.IsAbs(name) {
		name = filepath.Join(f.path, name)
	}
	path := filepath.ToSlash(name)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // before the letter of a drive
	}
	return (&url.URL{Scheme: "file", Path: path}).String()
}

// pathOf is the path of the file that a URI names.
func pathOf(uri string) (string, bool) {
	u, err := url.Parse(uri)
	if err != nil || u.Scheme != "file" || u.Host != "" && u.Host != "localhost" || u.Path == "" {
		return "", false
	}
	path := filepath.FromSlash(u.Path)
	if drive := strings.TrimPrefix(path, string(filepath.Separator)); filepath.VolumeName(drive) != "" {
		path = drive
	}
	return filepath.Clean(path), filepath.IsAbs(path)
}
