package compile

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	jwtv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/jwt_authn/v3"
	"github.com/rogpeppe/go-internal/txtar"
	"google.golang.org/protobuf/encoding/protojson"
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
			m := scenarioMesh(t, ar)
			for _, line := range strings.Split(strings.TrimSpace(section(ar, "proxies")), "\n") {
				p := parseProxy(t, line)
				check(t, ar, "out/"+p.Name, tokenFilter(t, New(m.View(p)).authentication()))
			}
			if *update {
				if err := os.WriteFile(file, txtar.Format(ar), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

func tokenFilter(t *testing.T, a authentication) string {
	if len(a.filters) == 0 {
		return "none\n"
	}
	filter := &jwtv3.JwtAuthentication{}
	if err := a.filters[0].GetTypedConfig().UnmarshalTo(filter); err != nil {
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
	for _, r := range a.remote {
		out += "# " + r.What + ": " + r.Reason + "\n"
	}
	return out
}
