package mesh

import (
	"io"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"sem.example/internal/config"
	"sem.example/internal/source"
)

// FuzzBuild builds meshes of whatever decodes and looks at them through a sidecar and a gateway: no document may make
// that panic, however little sense it makes.
func FuzzBuild(f *testing.F) {
	paths, _ := filepath.Glob("testdata/*.txtar")
	for _, path := range paths {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range archive.Files {
			if file.Name == "mesh.yaml" {
				f.Add(file.Data)
			}
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		docs, _ := source.Parse(&source.File{Name: "mesh.yaml", Data: data})
		objects, _, _ := config.Decode(docs, "default")
		settings, _, _ := ReadSettings(docs)
		m, _ := Build(objects, settings)
		_ = m.Dump(io.Discard)
		for _, role := range []ProxyType{Sidecar, Gateway} {
			p, _ := m.Proxy(Proxy{Type: role, Namespace: "shop", Name: "web"})
			v := m.View(p)
			_ = v.Dump(io.Discard)
			for _, s := range m.Services {
				v.HiddenServices(s.Host)
				v.HiddenVirtualServices(s.Host, MeshGateway)
			}
		}
	})
}
