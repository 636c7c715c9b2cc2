package security

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	jwtv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/jwt_authn/v3"
	"github.com/rogpeppe/go-internal/txtar"
	"google.golang.org/protobuf/encoding/protojson"
	"sem.example/internal/compile/compiletest"
	"sigs.k8s.io/yaml"
)

// TestAuthentication compares, for the RequestAuthentications of each archive in testdata/jwt, the filter that each proxy
// checks tokens with.
func TestAuthentication(t *testing.T) {
	files, _ := filepath.Glob("testdata/jwt/*.txtar")
	if len(files) == 0 {
		t.Fatal("no archives")
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			ar, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			m := compiletest.Mesh(t, ar)
			for _, line := range strings.Split(strings.TrimSpace(compiletest.Section(ar, "proxies")), "\n") {
				p := compiletest.Proxy(t, line)
				compiletest.Check(t, ar, "out/"+p.Name, tokenFilter(t, authenticationOf(m.View(p))))
			}
			if *compiletest.Update {
				if err := os.WriteFile(file, txtar.Format(ar), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

func tokenFilter(t *testing.T, a Authentication) string {
	if len(a.Filters) == 0 {
		return "none\n"
	}
	filter := &jwtv3.JwtAuthentication{}
	if err := a.Filters[0].GetTypedConfig().UnmarshalTo(filter); err != nil {
		t.Fatal(err)
	}
	raw, err := protojson.Marshal(filter)
	if err != nil {
		t.Fatal(err)
	}
	text, err := yaml.JSONToYAML(raw)
	if err != nil {
		t.Fatal(err)
	}
	out := string(text)
	for _, r := range a.Remote {
		out += "# " + r.What + ": " + r.Reason + "\n"
	}
	return out
}
