package mesh_test

import (
	"flag"
	"strconv"
	"testing"

	"sem.example/internal/config"
	"sem.example/internal/envoytest/manifest"
	"sem.example/internal/envoytest/meshgen"
	"sem.example/internal/mesh"
	"sem.example/internal/source"
)

var seeds = flag.Uint64("seeds", 40, "how many random meshes to look at")

// In a random mesh too, namespaces that share a scope see what each would see alone.
func TestSharedScopesOfRandomMeshes(t *testing.T) {
	shared := 0
	for seed := range *seeds {
		t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
			text, err := manifest.Write(meshgen.New(seed).Documents)
			if err != nil {
				t.Fatal(err)
			}
			docs, _ := source.Parse(&source.File{Name: "mesh.yaml", Data: text})
			objects, _, _ := config.Decode(docs, "default")
			settings, _, _ := mesh.ReadSettings(docs)
			sharing, _ := mesh.Build(objects, settings)
			alone, _ := mesh.Build(objects, settings)
			shared += mesh.CompareScopes(t, sharing, alone)
		})
	}
	if shared == 0 {
		t.Error("no namespace of any mesh shares a scope")
	}
}
