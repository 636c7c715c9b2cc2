package source

import (
	"path/filepath"
	"strings"
	"testing"
)

// What would overflow the stack of CUE, or is too large for it, is a finding with its place, and other files are read.
func TestCUELimits(t *testing.T) {
	tests := map[string]struct{ text, want string }{
		"terms":      {"a: 1" + strings.Repeat("+1", 1_000_000), "more than 2000 operators"},
		"signs":      {"a: " + strings.Repeat("-", 1_000_000) + "1", "more than 2000 operators"},
		"unions":     {"a: x" + strings.Repeat("|x", 100_000), "more than 2000 operators"},
		"lists":      {"a: " + strings.Repeat("[", 100_000), "more than 200 levels deep"},
		"structs":    {strings.Repeat("a: {", 100_000), "more than 200 levels deep"},
		"parens":     {"a: " + strings.Repeat("(", 100_000) + "1", "more than 200 levels deep"},
		"large":      {"a: \"" + strings.Repeat("x", maxCUE) + "\"", "larger than 4096 KiB"},
		"many items": {"a: [" + strings.Repeat("1+1, ", 10_000) + "]\nweb: {apiVersion: \"v1\", kind: \"Web\", metadata: name: \"\\(a[0])\"}", ""},
		"many lines": {strings.Repeat("a: >0 & <9\n", 5_000), ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, filepath.Join(dir, "a.cue"), test.text)
			write(t, filepath.Join(dir, "b.yaml"), "apiVersion: v1\nkind: Service\nmetadata: {name: web}\n")
			in, problems := Read([]string{filepath.Join(dir, "a.cue"), filepath.Join(dir, "b.yaml")}, Options{})
			if len(in.Documents) == 0 {
				t.Error("the other file is not read")
			}
			found := ""
			for _, p := range problems {
				if (p.Trouble == TooComplex || p.Trouble == TooLarge) && p.Range.Known() && filepath.Base(p.File.Name) == "a.cue" {
					found = p.Message
				}
			}
			if !strings.Contains(found, test.want) || test.want == "" && found != "" {
				t.Errorf("%q, want %q", found, test.want)
			}
		})
	}
}
