package pipeline

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	networking "istio.io/api/networking/v1alpha3"
)

// With a cache, each reading is of the files as they are: texts that an editor holds, and what kustomizations make of them.
func TestCache(t *testing.T) {
	const entry = "apiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: {name: %s, namespace: shop}\nspec:\n  hosts: [%s]\n  ports: [{number: 80, name: http, protocol: HTTP}]\n  resolution: DNS\n"
	t.Chdir(t.TempDir())
	for name, text := range map[string]string{
		"base/entry.yaml":            fmt.Sprintf(entry, "api", "one.example.com"),
		"base/kustomization.yaml":    "resources: [entry.yaml]\n",
		"overlay/kustomization.yaml": "resources: [../base]\nnamePrefix: prod-\n",
	} {
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var cache Cache
	for _, test := range []struct {
		name   string
		edited map[string][]byte
		want   []string
	}{
		{"as it is", nil, []string{"prod-api one.example.com"}},
		{"nothing has changed", nil, []string{"prod-api one.example.com"}},
		{"the base has another host", map[string][]byte{"base/entry.yaml": fmt.Appendf(nil, entry, "api", "two.example.com")}, []string{"prod-api two.example.com"}},
		{"the overlay has another prefix", map[string][]byte{"overlay/kustomization.yaml": []byte("resources: [../base]\nnamePrefix: dev-\n")}, []string{"dev-api one.example.com"}},
		{"as before", nil, []string{"prod-api one.example.com"}},
	} {
		opts := Options{Cache: &cache, Edited: test.edited}
		_, worlds, err := Examine(opts, ValidateOptions{})
		if err != nil {
			t.Fatal(err)
		}
		loaded, err := Load(opts)
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range append(worlds, loaded) {
			var got []string
			for _, o := range w.Objects {
				if entry, ok := o.Spec.(*networking.ServiceEntry); ok {
					got = append(got, o.Name+" "+entry.Hosts[0])
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", test.name, diff)
			}
		}
	}
}
