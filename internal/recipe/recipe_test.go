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
	"sem.example/internal/source"
	"sem.example/internal/suite"
)

// uses are the recipes with values for their parameters.
var uses = []struct {
	recipe string
	values map[string]string
}{
	{"canary", map[string]string{"service": "reviews"}},
	{"canary", map[string]string{"service": "reviews", "namespace": "shop", "port": "9080", "stable": "old", "canary": "new", "weight": "25", "name": "reviews-canary"}},
	{"canary", map[string]string{"service": "reviews", "api": "gateway"}},
	{"canary", map[string]string{"service": "reviews", "api": "gateway", "namespace": "shop", "port": "9080", "target-port": "9081", "selector": "app.kubernetes.io/name=reviews", "stable": "old", "canary": "new"}},
	{"egress-gateway", map[string]string{"host": "api.example.com"}},
	{"egress-gateway", map[string]string{"host": "api.example.com", "api": "gateway"}},
	{"egress-gateway", map[string]string{"host": "api.example.com", "api": "gateway", "originate": "true"}},
	{"egress-gateway", map[string]string{"host": "api.example.com", "api": "gateway", "originate": "true", "namespace": "egress", "gateway": "out", "port": "8080", "tls-port": "8443", "name": "partner"}},
	{"egress-gateway", map[string]string{"host": "api.example.com", "originate": "true"}},
	{"egress-gateway", map[string]string{"host": "api.example.com", "namespace": "egress", "gateway": "out", "selector": "app=out", "port": "8443"}},
	{"egress-gateway", map[string]string{"host": "api.example.com", "originate": "true", "port": "8080", "tls-port": "8443", "name": "partner"}},
	{"external-http", map[string]string{"host": "api.example.com"}},
	{"external-http", map[string]string{"host": "api.example.com", "port": "8080", "name": "partner", "namespace": "shop"}},
	{"external-mtls", map[string]string{"host": "api.example.com"}},
	{"external-mtls", map[string]string{"host": "api.example.com", "certificates": "/var/run/partner", "port": "8080", "tls-port": "8443"}},
	{"external-tls-passthrough", map[string]string{"host": "api.example.com"}},
	{"external-tls-passthrough", map[string]string{"host": "api.example.com", "port": "8443", "name": "partner", "namespace": "shop"}},
	{"fault", map[string]string{"service": "reviews"}},
	{"fault", map[string]string{"service": "reviews", "fault": "delay", "delay": "20ms", "percentage": "100"}},
	{"fault", map[string]string{"service": "reviews", "status": "404", "percentage": "30", "header": "x-chaos", "namespace": "shop", "port": "9080"}},
	{"gateway-http", map[string]string{"host": "shop.example.com", "service": "shop"}},
	{"gateway-http", map[string]string{"host": "shop.example.com", "service": "shop", "namespace": "web", "port": "8080", "gateway-namespace": "edge", "name": "front"}},
	{"gateway-tls", map[string]string{"host": "shop.example.com", "service": "shop"}},
	{"gateway-tls", map[string]string{"host": "shop.example.com", "service": "shop", "namespace": "web", "port": "8080", "redirect": "false", "gateway-namespace": "edge", "credential": "star"}},
	{"header-route", map[string]string{"service": "reviews", "header": "x-tester", "value": "yes"}},
	{"header-route", map[string]string{"service": "reviews", "header": "end-user", "value": "jason", "version": "v3", "otherwise": "v2", "namespace": "shop", "port": "9080"}},
	{"ingress-tls", map[string]string{"host": "shop.example.com", "service": "shop"}},
	{"ingress-tls", map[string]string{"host": "shop.example.com", "service": "shop", "namespace": "web", "port": "8080", "redirect": "false", "gateway": "app=edge", "gateway-namespace": "edge", "credential": "star"}},
	{"mesh-route", map[string]string{"service": "reviews", "header": "x-tester", "value": "yes"}},
	{"mesh-route", map[string]string{"service": "reviews", "header": "end-user", "value": "jason", "to": "ratings", "namespace": "shop", "port": "9080"}},
	{"mirror", map[string]string{"service": "reviews"}},
	{"mirror", map[string]string{"service": "reviews", "percentage": "50", "namespace": "shop", "port": "9080", "stable": "old", "shadow": "new"}},
	{"redirect-to-external", map[string]string{"service": "webserver", "host": "raw.example.com"}},
	{"redirect-to-external", map[string]string{"service": "webserver", "host": "raw.example.com", "path": "/pages/", "namespace": "shop", "port": "8080", "tls-port": "8443"}},
	{"remote-cluster-service", map[string]string{"host": "catalog.shop.global", "gateway": "203.0.113.40"}},
	{"remote-cluster-service", map[string]string{"host": "catalog.shop.global", "gateway": "203.0.113.40,203.0.113.41", "gateway-port": "31443", "network": "west", "port": "9090", "protocol": "GRPC"}},
	{"strip-prefix", map[string]string{"service": "reviews", "prefix": "/api"}},
	{"strip-prefix", map[string]string{"service": "reviews", "prefix": "/api/v1", "namespace": "shop", "port": "9080"}},
	{"tcp-external", map[string]string{"host": "db.example.com", "port": "5432"}},
	{"tcp-external", map[string]string{"host": "db.example.com", "port": "5432", "addresses": "192.0.2.10,192.0.2.11", "namespace": "shop", "name": "orders"}},
	{"tls-origination", map[string]string{"host": "api.example.com"}},
	{"tls-origination", map[string]string{"host": "api.example.com", "port": "8080", "tls-port": "8443", "namespace": "shop"}},
	{"vm-service", map[string]string{"host": "ledger.bank.internal", "addresses": "10.140.0.11, 10.140.0.12"}},
	{"vm-service", map[string]string{"host": "ledger.bank.internal", "addresses": "10.140.0.11", "sidecar": "true", "target-port": "8080", "protocol": "GRPC", "namespace": "bank", "service-account": "books"}},
	{"wildcard-egress", map[string]string{"host": "*.wikipedia.org"}},
	{"wildcard-egress", map[string]string{"host": "*.wikipedia.org", "resolution": "DYNAMIC_DNS", "port": "8443", "name": "wiki", "namespace": "shop"}},
}

// write puts what a recipe writes into a folder of its own.
func write(t *testing.T, d *recipe.Output, language string) string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range d.Files(language, nothing) {
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
			made, wrong := recipe.Named(use.recipe).Fill(use.values)
			if wrong != nil {
				t.Fatal(wrong)
			}
			inYAML, inCUE := write(t, made, "yaml"), write(t, made, "cue")
			passes(t, inYAML)
			if diff := cmp.Diff(clean(t, inYAML), clean(t, inCUE)); diff != "" {
				t.Errorf("CUE says something else than YAML (-yaml +cue):\n%s", diff)
			}
		})
	}
	for _, r := range recipe.All() {
		if !tried[r.Name] {
			t.Errorf("no use of %s", r.Name)
		}
	}
}

// clean requires that no check finds anything in a folder, and returns its documents by kind and name.
func clean(t *testing.T, dir string) map[string]string {
	t.Helper()
	report, err := pipeline.Validate(pipeline.Options{Paths: []string{dir}}, pipeline.ValidateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range report.Findings {
		t.Errorf("%s: %s", d.Check.ID, d.Message)
	}
	documents := map[string]string{}
	for _, d := range report.Input.Documents {
		documents[d.Kind+" "+d.Name] = string(d.Tree().AppendJSON(nil))
	}
	return documents
}

// passes runs the tests of a folder.
func passes(t *testing.T, dir string) {
	t.Helper()
	names, _ := source.FindTests([]string{dir})
	report, err := suite.NewRunner(suite.Options{}).Run(t.Context(), names)
	if err != nil || len(names) != 1 {
		t.Fatal(names, err)
	}
	for _, f := range report.Files {
		for _, d := range f.Broken {
			t.Error(d.Message)
		}
		for _, r := range f.Results {
			for _, failure := range r.Failures {
				t.Errorf("%s: %s is %s, want %s", r.Name(), failure.Field, failure.Got, failure.Want)
			}
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
		{"external-http", map[string]string{"host": "https://api"}, "--host https://api must be an external host name in lower case, without wildcard, scheme, port or path"},
		{"tls-origination", map[string]string{"host": "a.b", "port": "70000"}, "--port 70000 must be a port from 1 to 65535, except 15001 and 15006, which the proxy uses"},
		{"canary", map[string]string{"service": "a", "weight": "100", "port": "http", "name": "X"}, "--port http must be a port from 1 to 65535, except 15001 and 15006, which the proxy uses\n" +
			"--weight 100 must be a percentage from 1 to 99\n" +
			"--name X must be lower-case letters, digits, dashes and dots, and begin and end with a letter or digit"},
		{"tcp-external", map[string]string{"host": "db.example.com", "port": "443"}, "--port 443 needs --addresses: many hosts share port 443"},
		{"vm-service", map[string]string{"host": "a.b", "addresses": "192.0.2.1,192.0.2"}, "--addresses 192.0.2.1,192.0.2 must be an IP address"},
		{"vm-service", map[string]string{"host": "a.b", "addresses": "192.0.2.1,192.0.2.1"}, "--addresses 192.0.2.1,192.0.2.1 must be different addresses"},
		{"wildcard-egress", map[string]string{"host": "*.a.b", "resolution": "DNS"}, "--resolution DNS must be one of NONE, DYNAMIC_DNS"},
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
		if r.Summary == "" || len(r.Summary) > 55 || strings.HasSuffix(r.Summary, ".") || r.Text == "" {
			t.Errorf("%s has no summary that fits a line of the list, or no text behind it", r.Name)
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
