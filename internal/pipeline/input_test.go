package pipeline

import (
	"fmt"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/release"
)

// input returns options that read the files of an archive.
func input(archive string) Options {
	files := fstest.MapFS{}
	for _, f := range txtar.Parse([]byte(archive)).Files {
		files[f.Name] = &fstest.MapFile{Data: f.Data}
	}
	return Options{FS: files, Paths: []string{"."}}
}

func loaded(t *testing.T, opts Options) *World {
	t.Helper()
	w, err := Load(opts)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func releaseOf(t *testing.T, name string) release.Release {
	t.Helper()
	r, err := release.Parse(name)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func names(objects []*config.Object) []string {
	var out []string
	for _, o := range objects {
		out = append(out, fmt.Sprintf("%s %s/%s", o.Kind, o.Namespace, o.Name))
	}
	return out
}

// places returns the check, file and line of each finding.
func places(found diag.List) []string {
	var out []string
	for i := range found {
		p := found[i].At.Position()
		text := fmt.Sprintf("%s %s:%d", found[i].Check.ID, p.File, p.Line)
		if found[i].Suppressed != nil {
			text += " suppressed"
		}
		out = append(out, text)
	}
	return out
}
