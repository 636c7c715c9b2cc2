package envoytest_test

import (
	"os"
	"path/filepath"
	"testing"

	"sem.example/internal/envoy"
	"sem.example/internal/envoytest"
	"sem.example/render"
)

// TestValidate has Envoy say that it would run the bootstrap of each proxy of the oracle.
func TestValidate(t *testing.T) {
	oracle := os.Getenv("SEM_ORACLE")
	if oracle == "" {
		t.Skip("SEM_ORACLE does not name the folder of the oracle")
	}
	path := envoytest.Required(t)
	files, err := filepath.Glob(filepath.Join(oracle, "cases", "*", "*.xds.json"))
	if err != nil || len(files) == 0 {
		t.Fatal("no resources in the oracle", err)
	}
	for _, f := range files {
		name, err := filepath.Rel(filepath.Join(oracle, "cases"), f)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			snapshot, err := envoy.Load(text)
			if err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			bootstrap := filepath.Join(dir, "bootstrap.json")
			out, err := os.Create(bootstrap)
			if err != nil {
				t.Fatal(err)
			}
			defer out.Close()
			if _, err := render.Bootstrap(out, snapshot, render.BootstrapOptions{Certs: filepath.Join(dir, "certs"), SelfSigned: true}); err != nil {
				t.Fatal(err)
			}
			if err := envoytest.Validate(t.Context(), path, bootstrap); err != nil {
				t.Error(err)
			}
		})
	}
}
