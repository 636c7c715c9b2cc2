package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Neovim's own client works with the server, which it starts as its user's settings say. "make editor" installs Neovim where the
// packages of a Debian are.
func TestNeovim(t *testing.T) {
	nvim, err := exec.LookPath("nvim")
	if err != nil {
		t.Skip("no nvim: make editor")
	}
	script, err := filepath.Abs(filepath.Join("..", "..", "testdata", "editor", "session.lua"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, text := range map[string]string{
		"service.yaml": `apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: shop}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: reviews, namespace: shop}
spec:
  host: reviews
  subsets: [{name: v1, labels: {version: v1}}]
`,
		"routes.yaml": `# the routes of the shop
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews]
  http:
  - {route: [{destination: {host: reviews    , subset: v2}}]}
`,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), nvim, "--headless", "--clean", "-n", "-c", "luafile "+script, "-c", "qall!")
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "HOME="+dir, "XDG_STATE_HOME="+dir, "XDG_CACHE_HOME="+dir)
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s\n%s", err, out, errs.String())
	}
	want := strings.TrimSpace(`
opened ["SEM105 7:55"]
hover "` + "`reviews.shop.svc.cluster.local`: Service `shop/reviews`" + `"
definition ["service.yaml",2]
references 4
typed "none"
typed again ["SEM105 7:65"]
action "Suppress SEM105 here, with a reason"
suppressed "none"
line "  # sem:ignore SEM105 -- TODO: say why"
ended true`)
	got := strings.ReplaceAll(strings.TrimSpace(string(out)), `\/`, "/") // which some versions write in JSON
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s\n%s", diff, errs.String())
	}
}
