package main

import (
	"os"
	"path/filepath"
	"testing"

	"sem.example/internal/envoytest"
	"sem.example/render"
)

// TestBootstraps has Envoy say that it would run the bootstrap that users get of every proxy of the oracle.
func TestBootstraps(t *testing.T) {
	oracle := os.Getenv("SEM_ORACLE")
	if oracle == "" {
		t.Skip("SEM_ORACLE does not name the folder of the oracle")
	}
	path := envoytest.Required(t)
	folders, err := filepath.Glob(filepath.Join(oracle, "cases", "*"))
	if err != nil || len(folders) == 0 {
		t.Fatal("no cases in the oracle", err)
	}
	worlds, err := options{}.worldsOf(folders)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range proxiesOf(worlds) {
		t.Run(s.name+"/"+s.proxy.Name, func(t *testing.T) {
			compiler, err := s.Compile(s.proxy)
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
			if _, err := render.Bootstrap(out, compiler.Snapshot(), render.BootstrapOptions{Certs: filepath.Join(dir, "certs"), SelfSigned: true}); err != nil {
				t.Fatal(err)
			}
			if err := envoytest.Validate(t.Context(), path, bootstrap); err != nil {
				t.Error(err)
			}
		})
	}
}
