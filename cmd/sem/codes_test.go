package main

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"sem.example/internal/diag"
	"sem.example/internal/pipeline"
)

const codesIntro = `# Codes of other tools

By which checks ` + "`sem validate`" + ` finds what another tool has a code for. The page is made from the checks. ` + "`--disable`, `--enable`" + `,
the exceptions of [.sem.yaml](config.md) and ` + "`sem explain`" + ` take such a code as well as an ID.
[migrate-from.md](migrate-from.md) says which codes have no counterpart, and why.
`

// TestCodesPage holds docs/codes.md to what the checks say of other tools.
func TestCodesPage(t *testing.T) {
	by := map[string][]*diag.Check{}
	for _, c := range pipeline.Checks() {
		for _, code := range c.Aliases {
			by[code] = append(by[code], c)
		}
	}
	var b strings.Builder
	b.WriteString(codesIntro)
	for _, tool := range []struct{ name, prefix string }{{"istioctl analyze", "IST"}, {"Kiali", "KIA"}} {
		fmt.Fprintf(&b, "\n## %s\n\n| code | checks |\n| --- | --- |\n", tool.name)
		for _, code := range slices.Sorted(maps.Keys(by)) {
			if !strings.HasPrefix(code, tool.prefix) {
				continue
			}
			var checks []string
			for _, c := range by[code] {
				checks = append(checks, fmt.Sprintf("[%s](checks.md#%s) %s", c.ID, anchor(c.ID), c.Title))
			}
			fmt.Fprintf(&b, "| %s | %s |\n", code, strings.Join(checks, "<br>"))
		}
	}
	golden(t, filepath.Join("..", "..", "docs", "codes.md"), b.String())

	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "migrate-from.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, without, _ := strings.Cut(string(page), "These codes have none:")
	without, _, _ = strings.Cut(without, "Some codes are")
	for _, code := range regexp.MustCompile("IST[0-9]+").FindAllString(without, -1) {
		if found := by[code]; found != nil {
			t.Errorf("docs/migrate-from.md says that no check stands for %s, but %s does", code, found[0].ID)
		}
	}
}
