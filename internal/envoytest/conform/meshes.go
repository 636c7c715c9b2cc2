package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/txtar"

	"sem.example/internal/envoytest/manifest"
	"sem.example/internal/envoytest/meshgen"
	"sem.example/internal/pipeline"
	"sem.example/internal/source"
	"sem.example/internal/suite"
	"sem.example/simulate"
)

// A world is a mesh with what is to be held against Envoy.
type world struct {
	*pipeline.World
	name      string
	generated bool   // by meshgen
	settings  []byte // the MeshConfig, nil for the defaults
	proxies   []simulate.Proxy
	calls     []simulate.Call // beside those that are made out of the configuration
}

// files are those of a mesh by their names: the documents (mesh.yaml), perhaps the mesh's settings, and what tells the
// proxies: a list of them (proxies.json, or proxies with one a line), or calls.
type files map[string][]byte

// worldsOf reads the meshes of folders and of archives.
func (o options) worldsOf(paths []string) ([]*world, error) {
	var out []*world
	for _, path := range paths {
		w, err := o.worldOf(path)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		if w != nil {
			out = append(out, w)
		}
	}
	return out, nil
}

// worldOf reads the mesh of a folder or of an archive; it is nil where no proxy of it is named.
func (o options) worldOf(path string) (*world, error) {
	if filepath.Ext(path) == ".txtar" {
		a, err := txtar.ParseFile(path)
		if err != nil {
			return nil, err
		}
		f := files{}
		for _, file := range a.Files {
			f[file.Name] = file.Data
		}
		return o.world(f, strings.TrimSuffix(filepath.Base(path), ".txtar"), nil, nil)
	}
	f := files{}
	for _, name := range []string{"mesh.yaml", "meshconfig.yaml", "proxies.json", "requests.jsonl"} {
		text, err := os.ReadFile(filepath.Join(path, name))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		f[name] = text
	}
	calls, err := tested(path)
	if err != nil {
		return nil, err
	}
	return o.world(f, filepath.Base(path), []string{path}, calls)
}

// tested are the calls of the request tests in a folder.
func tested(folder string) ([]simulate.Call, error) {
	var out []simulate.Call
	names, _ := source.FindTests([]string{folder})
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		f, _ := suite.Read(&source.File{Name: name, Data: text})
		for _, c := range f.Cases {
			for _, r := range c.Requests {
				out = append(out, r.Call)
			}
		}
	}
	return out, nil
}

// world builds the mesh of files; where there is no mesh.yaml it is in the folders.
// Calls that tests make tell its proxies, too.
func (o options) world(f files, name string, folders []string, tested []simulate.Call) (*world, error) {
	w := &world{name: name, settings: f["settings.yaml"]}
	if w.settings == nil {
		w.settings = f["meshconfig.yaml"]
	}
	var err error
	if w.calls, err = lines[simulate.Call](f["calls.jsonl"]); err != nil {
		return nil, err
	}
	if w.proxies, err = f.proxies(slices.Concat(w.calls, tested)); err != nil || len(w.proxies) == 0 {
		return nil, err
	}
	if f["mesh.yaml"] == nil {
		w.World, err = pipeline.Load(o.reading(folders))
		return w, err
	}
	w.World, err = o.load(f["mesh.yaml"], w.settings)
	return w, err
}

// load builds the mesh of a text.
func (o options) load(documents, settings []byte) (*pipeline.World, error) {
	from := o.reading([]string{"-"})
	from.Stdin = bytes.NewReader(documents)
	if settings != nil {
		dir, err := os.MkdirTemp("", "conform-")
		if err != nil {
			return nil, err
		}
		defer os.RemoveAll(dir)
		from.MeshConfig = filepath.Join(dir, "settings.yaml")
		if err := os.WriteFile(from.MeshConfig, settings, 0o600); err != nil {
			return nil, err
		}
	}
	return pipeline.Load(from)
}

// reading is how documents are read: as they are, for the release that is compared.
func (o options) reading(paths []string) pipeline.Options {
	return pipeline.Options{Paths: paths, Release: o.release, Assume: pipeline.Assume{Nothing: true}}
}

// proxies are those that the files list, or else those that calls are for, each once.
func (f files) proxies(calls []simulate.Call) ([]simulate.Proxy, error) {
	var out []simulate.Proxy
	switch {
	case f["proxies.json"] != nil:
		return out, json.Unmarshal(f["proxies.json"], &out)
	case f["proxies"] != nil:
		for line := range strings.Lines(string(f["proxies"])) {
			out = append(out, proxyIn(line))
		}
		return out, nil
	}
	asked, err := lines[simulate.Call](f["requests.jsonl"])
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, call := range append(calls, asked...) {
		if key := fmt.Sprint(call.Proxy); !seen[key] {
			seen[key] = true
			out = append(out, call.Proxy)
		}
	}
	return out, nil
}

// proxyIn reads "sidecar namespace/name label=value ip=… locality=… network=… account=… dns".
func proxyIn(line string) simulate.Proxy {
	words := strings.Fields(line)
	p := simulate.Proxy{Type: words[0], Labels: map[string]string{}}
	p.Namespace, p.Name, _ = strings.Cut(words[1], "/")
	for _, word := range words[2:] {
		switch k, v, _ := strings.Cut(word, "="); k {
		case "ip":
			p.IPs = append(p.IPs, v)
		case "locality":
			p.Locality = v
		case "network":
			p.Network = v
		case "account":
			p.ServiceAccount = v
		case "dns":
			p.DNSCapture = true
		default:
			p.Labels[k] = v
		}
	}
	return p
}

// lines reads one JSON value a line.
func lines[T any](text []byte) ([]T, error) {
	var out []T
	for in := bufio.NewScanner(bytes.NewReader(text)); in.Scan(); {
		var v T
		if err := json.Unmarshal(in.Bytes(), &v); err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

// generated is the mesh of a seed, with up to three of its proxies.
func (o options) generated(seed uint64) (*world, error) {
	const some = 3
	m := meshgen.New(seed)
	text, err := manifest.Write(m.Documents)
	if err != nil {
		return nil, err
	}
	w := &world{name: fmt.Sprintf("random-%d", seed), generated: true, proxies: m.Proxies[max(0, len(m.Proxies)-some):]} // the last is the gateway
	w.World, err = o.load(text, nil)
	return w, err
}
