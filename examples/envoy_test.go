// Package examples_test has a real Envoy carry the requests of the examples.
package examples_test

import (
	"os"
	"path/filepath"
	"testing"

	"sem.example/internal/envoy"
	"sem.example/internal/envoytest"
	"sem.example/internal/realenvoy"
	"sem.example/internal/source"
	"sem.example/internal/suite"
	"sem.example/render"
)

// TestEnvoyAgrees has Envoy accept each proxy of an example as the bootstrap that users are given, and then carry the
// requests of the example's tests, as 'sem test --envoy' does.
func TestEnvoyAgrees(t *testing.T) {
	path := envoytest.Required(t)
	names, _ := source.FindTests(nil)
	judged := suite.Options{Judge: func() suite.Judge { return realenvoy.NewJudge(path) }}
	for _, name := range names {
		t.Run(filepath.Dir(name), func(t *testing.T) {
			report, err := suite.NewRunner(judged).Run(t.Context(), []string{name})
			if err != nil {
				t.Fatal(err)
			}
			accepted(t, report.Files[0])
			if report.Failed() {
				t.Error(text(t, report))
			}
		})
	}
}

// accepted asks Envoy whether it would run the proxies of a file of tests.
func accepted(t *testing.T, f *suite.FileResult) {
	t.Helper()
	asked := map[string]bool{}
	for _, r := range f.Results {
		proxy := r.Request.Call.Proxy
		if asked[proxy.Namespace+"/"+proxy.Name] {
			continue
		}
		asked[proxy.Namespace+"/"+proxy.Name] = true
		compiler, err := f.World.Compile(proxy)
		if err != nil {
			t.Fatal(err)
		}
		validate(t, compiler.Snapshot())
	}
}

func validate(t *testing.T, s *envoy.Snapshot) {
	t.Helper()
	dir := t.TempDir()
	name := filepath.Join(dir, "bootstrap.json")
	out, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	if _, err := render.Bootstrap(out, s, render.BootstrapOptions{Certs: filepath.Join(dir, "certs"), SelfSigned: true}); err != nil {
		t.Fatal(err)
	}
	if err := envoytest.Validate(t.Context(), envoytest.Required(t), name); err != nil {
		t.Error(err)
	}
}
