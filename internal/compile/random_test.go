package compile_test

import (
	"bytes"
	"flag"
	"strconv"
	"testing"

	"sem.example/internal/compile"
	"sem.example/internal/envoytest/manifest"
	"sem.example/internal/envoytest/meshgen"
	"sem.example/internal/pipeline"
)

var seeds = flag.Uint64("seeds", 6, "how many random meshes to compile with sharing and without")

// In a random mesh too, what proxies share is what each has alone.
func TestCacheOfRandomMeshes(t *testing.T) {
	for seed := range *seeds {
		t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
			text, err := manifest.Write(meshgen.New(seed).Documents)
			if err != nil {
				t.Fatal(err)
			}
			world, err := pipeline.Load(pipeline.Options{Paths: []string{"-"}, Stdin: bytes.NewReader(text), Assume: pipeline.Assume{Nothing: true}})
			if err != nil {
				t.Fatal(err)
			}
			compile.CompareShared(t, world.Mesh)
		})
	}
}
