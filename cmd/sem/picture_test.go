package main

import (
	"bytes"
	"path/filepath"
	"testing"
)

// TestPictures holds the pictures of README and docs to what the command draws.
func TestPictures(t *testing.T) {
	t.Chdir(filepath.Join("..", ".."))
	for name, args := range map[string][]string{
		"redirect-to-external": {"--focus", "webserver"},
		"canary":               nil,
	} {
		var out, errs bytes.Buffer
		if code := run(append([]string{"graph", "--no-config", "-f", "examples/" + name}, args...), nil, &out, &errs); code != exitClean {
			t.Fatalf("%s: exit %d: %s", name, code, errs.String())
		}
		golden(t, filepath.Join("docs", "img", name+".svg"), out.String())
	}
}
