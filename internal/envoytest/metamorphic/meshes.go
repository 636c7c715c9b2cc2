package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"

	"github.com/rogpeppe/go-internal/txtar"

	"sem.example/internal/envoytest/manifest"
	"sem.example/internal/envoytest/meshgen"
	"sem.example/internal/source"
)

// A mesh is documents that are changed. One of them holds the settings of the mesh.
type mesh struct {
	name string
	docs []manifest.Tree
}

// mesh is the one of a number: those of the paths, then generated ones.
func (o options) mesh(paths []string, i uint64) (mesh, error) {
	if i < uint64(len(paths)) {
		m, err := read(paths[i])
		if err != nil {
			return m, fmt.Errorf("%s: %w", paths[i], err)
		}
		return m, nil
	}
	seed := o.first + i - uint64(len(paths))
	return withSettings(mesh{name: fmt.Sprintf("random-%d", seed), docs: meshgen.New(seed).Documents}, nil)
}

// read reads the mesh of a folder or an archive.
func read(path string) (mesh, error) {
	m := mesh{name: filepath.Base(path)}
	if filepath.Ext(path) == ".txtar" {
		a, err := txtar.ParseFile(path)
		if err != nil {
			return m, err
		}
		files := map[string][]byte{}
		for _, f := range a.Files {
			files[f.Name] = f.Data
		}
		if m.docs, err = documents(files["mesh.yaml"]); err != nil {
			return m, err
		}
		return withSettings(m, files["settings.yaml"])
	}
	text, err := os.ReadFile(filepath.Join(path, "mesh.yaml"))
	if err != nil {
		return m, err
	}
	settings, _ := os.ReadFile(filepath.Join(path, "meshconfig.yaml"))
	if m.docs, err = documents(text); err != nil {
		return m, err
	}
	return withSettings(m, settings)
}

func documents(text []byte) ([]manifest.Tree, error) {
	set, _ := source.Read([]string{"-"}, source.Options{Stdin: bytes.NewReader(text)})
	return manifest.Read(set.Documents)
}

// withSettings adds the document of settings that changes of them need, where there is none.
func withSettings(m mesh, settings []byte) (mesh, error) {
	for _, d := range m.docs {
		if d["kind"] == "IstioOperator" {
			return m, nil
		}
	}
	config := any(manifest.Tree{"connectTimeout": "10s"}) // the default
	if settings != nil {
		var err error
		if config, err = manifest.Parse(settings); err != nil {
			return m, err
		}
	}
	m.docs = append(m.docs, manifest.Tree{
		"apiVersion": "install.istio.io/v1alpha1", "kind": "IstioOperator",
		"metadata": manifest.Tree{"name": "mesh", "namespace": "istio-system"}, "spec": manifest.Tree{"meshConfig": config},
	})
	return m, nil
}
