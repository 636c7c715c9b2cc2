package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// BenchmarkDiff changes one VirtualService in meshes of 1,000 and 10,000 hosts.
func BenchmarkDiff(b *testing.B) {
	for _, hosts := range []int{1_000, 10_000} {
		b.Run(fmt.Sprint(hosts), func(b *testing.B) {
			mesh := benchMesh(b, hosts, benchEntry+benchRules)
			changed := filepath.Join(b.TempDir(), "changed")
			if err := os.CopyFS(changed, os.DirFS(mesh)); err != nil {
				b.Fatal(err)
			}
			file := filepath.Join(changed, "00000.yaml")
			text, err := os.ReadFile(file)
			if err != nil {
				b.Fatal(err)
			}
			if err := os.WriteFile(file, []byte(strings.Replace(string(text), "timeout: 5s", "timeout: 6s", 1)), 0o644); err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				var out strings.Builder
				if code := run([]string{"diff", "--no-config", mesh, changed}, strings.NewReader(""), &out, io.Discard); code != exitNo || !strings.Contains(out.String(), "1 change, 0 undecided") {
					b.Fatal(code, out.String())
				}
			}
		})
	}
}
