// Package compiletest reads the archives of tests of compile: a mesh, proxies, and what they should be sent.
package compiletest

import (
	"flag"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"sigs.k8s.io/yaml"

	"sem.example/internal/config"
	"sem.example/internal/mesh"
	"sem.example/internal/source"
)

// Update asks for goldens to be rewritten.
var Update = flag.Bool("update", false, "rewrite goldens")

// JSON turns YAML into JSON.
func JSON(t *testing.T, text string) []byte {
	t.Helper()
	out, err := yaml.YAMLToJSON([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// Section returns the file of a name in an archive, or "".
func Section(ar *txtar.Archive, name string) string {
	for _, f := range ar.Files {
		if f.Name == name {
			return string(f.Data)
		}
	}
	return ""
}

// Check compares a section of an archive, or writes it with -update.
func Check(t *testing.T, ar *txtar.Archive, name, got string) {
	t.Helper()
	if *Update {
		for i, f := range ar.Files {
			if f.Name == name {
				ar.Files[i].Data = []byte(got)
				return
			}
		}
		ar.Files = append(ar.Files, txtar.File{Name: name, Data: []byte(got)})
		return
	}
	if diff := cmp.Diff(Section(ar, name), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

// Mesh builds the mesh of an archive from its mesh.yaml and settings.yaml, and the environment of istiod, a variable a line.
func Mesh(t *testing.T, ar *txtar.Archive) *mesh.Mesh {
	t.Helper()
	parse := func(name string) []*source.Document {
		if Section(ar, name) == "" {
			return nil
		}
		docs, problems := source.Parse(&source.File{Name: name, Data: []byte(Section(ar, name))})
		for _, p := range problems {
			t.Fatalf("%s:%d: %s", name, p.Range.Line, p.Message)
		}
		return docs
	}
	objects, _, found := config.Decode(parse("mesh.yaml"), "default")
	settings, _, more := mesh.ReadSettings(parse("settings.yaml"))
	var err error
	if settings.Release, err = settings.Release.With(strings.Fields(Section(ar, "environment"))); err != nil {
		t.Fatal(err)
	}
	m, last := mesh.Build(objects, settings)
	for _, d := range slices.Concat(found, more, last) {
		t.Fatalf("line %d: %s", d.At.Range().Line, d.Message)
	}
	return m
}

// Proxy reads "sidecar namespace/name label=value ip=… locality=… network=… account=… node=… dns".
func Proxy(t *testing.T, line string) mesh.Proxy {
	t.Helper()
	words := strings.Fields(line)
	p := mesh.Proxy{Type: mesh.ProxyType(words[0]), Labels: map[string]string{}}
	p.Namespace, p.Name, _ = strings.Cut(words[1], "/")
	for _, word := range words[2:] {
		switch k, v, _ := strings.Cut(word, "="); k {
		case "ip":
			p.IPs = append(p.IPs, netip.MustParseAddr(v))
		case "locality":
			p.Locality = v
		case "network":
			p.Network = v
		case "account":
			p.ServiceAccount = v
		case "node":
			p.Node = v
		case "dns":
			p.DNSCapture = true
		default:
			p.Labels[k] = v
		}
	}
	return p
}
