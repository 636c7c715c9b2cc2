package recipe_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cuelang.org/go/cue/format"
	"github.com/google/go-cmp/cmp"

	"sem.example/internal/pipeline"
	"sem.example/internal/recipe"
)

// uses are the recipes with values for their parameters.
var uses = []struct {
	recipe string
	values map[string]string
}{
	{"canary", map[string]string{"service": "reviews"}},
	{"canary", map[string]string{"service": "reviews", "namespace": "shop", "port": "9080", "stable": "old", "canary": "new", "weight": "25", "name": "reviews-canary"}},
	{"external-http", map[string]string{"host": "api.example.com"}},
	{"external-http", map[string]string{"host": "api.example.com", "port": "8080", "name": "partner", "namespace": "shop"}},
	{"tls-origination", map[string]string{"host": "api.example.com"}},
	{"tls-origination", map[string]string{"host": "api.example.com", "port": "8080", "tls-port": "8443", "namespace": "shop"}},
}

// write puts what a recipe writes into a folder of its own.
func write(t *testing.T, d *recipe.Draft) string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range d.Files("yaml", nothing) {
		name := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// nothing is configuration that has nothing.
func nothing(kind, namespace, name string) bool { return false }

// TestUses holds what the recipes write to every check.
func TestUses(t *testing.T) {
	tried := map[string]bool{}
	for i, use := range uses {
		tried[use.recipe] = true
		t.Run(fmt.Sprintf("%s-%d", use.recipe, i), func(t *testing.T) {
			draft, wrong := recipe.Named(use.recipe).Fill(use.values)
			if wrong != nil {
				t.Fatal(wrong)
			}
			dir := write(t, draft)
			report, err := pipeline.Validate(pipeline.Options{Paths: []string{dir}}, pipeline.ValidateOptions{})
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range report.Findings {
				t.Errorf("%s: %s\n%s", d.Check.ID, d.Message, draft.Files("yaml", nothing)[0].Data)
			}
		})
	}
	for _, r := range recipe.All() {
		if !tried[r.Name] {
			t.Errorf("no use of %s", r.Name)
		}
	}
}

// TestMistakes holds what is said of parameters that do not fit.
func TestMistakes(t *testing.T) {
	for _, c := range []struct {
		recipe string
		values map[string]string
		want   string
	}{
		{"external-http", nil, "--host is required: HOST that applications call"},
		{"external-http", map[string]string{"host": "https://api"}, "--host https://api must be a host name without wildcard, scheme, port or path"},
		{"external-http", map[string]string{"host": "a.b", "port": "70000"}, "--port 70000 must be a port number, 1 to 65535"},
		{"external-http", map[string]string{"host": "a.b", "port": "http"}, "--port http must be a port number, 1 to 65535"},
		{"canary", map[string]string{"service": "a", "weight": "100", "name": "X"}, "--weight 100 must be a part of a hundred, 1 to 99\n" +
			"--name X must be lower-case letters, digits, dashes and dots, and begin and end with a letter or digit"},
	} {
		_, wrong := recipe.Named(c.recipe).Fill(c.values)
		var got []string
		for _, m := range wrong {
			got = append(got, m.Error())
		}
		if diff := cmp.Diff(c.want, strings.Join(got, "\n")); diff != "" {
			t.Errorf("%s %v (-want +got):\n%s", c.recipe, c.values, diff)
		}
	}
}

// TestFormat holds the files to the form of cue fmt, and each recipe to a summary and documented parameters.
func TestFormat(t *testing.T) {
	names, err := filepath.Glob("*.cue")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		have, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if want, err := format.Source(have); err != nil || string(want) != string(have) {
			t.Errorf("%s is not formatted: run cue fmt: %v", name, cmp.Diff(string(have), string(want)))
		}
	}
	for _, r := range recipe.All() {
		if r.Summary == "" || r.Text == "" || strings.HasSuffix(r.Summary, ".") {
			t.Errorf("%s has no summary, or no text behind it", r.Name)
		}
		for line := range strings.Lines(r.Text) {
			if len(line) > 81 {
				t.Errorf("%s: --help has a line that is too long: %s", r.Name, line)
			}
		}
		for _, p := range r.Params {
			if p.Text == "" || p.Type == "" || p.Required == (p.Default != "") {
				t.Errorf("%s: --%s is not documented, has no type, or no default and is not required: %+v", r.Name, p.Name, p)
			}
		}
	}
}
