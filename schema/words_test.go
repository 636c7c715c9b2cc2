package schema

import (
	"regexp"
	"slices"
	"testing"

	"sem.example/internal/diag"
)

var (
	says  = regexp.MustCompile(`error\("(SEM\d.*?)"\)`)
	words = regexp.MustCompile(`^(SEM\d{3}): (must|and|is|needs) .*[^.]$`)
)

// TestWords holds what the files say in error("…") to the form that findings are made of, and to checks that exist. Every check
// of the schema has words somewhere, but for those that this package words itself.
func TestWords(t *testing.T) {
	said := map[string]bool{}
	for _, name := range fileNames() {
		data, err := module.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range says.FindAllStringSubmatch(string(data), -1) {
			m := words.FindStringSubmatch(found[1])
			if m == nil {
				t.Errorf("%s: %q is not worded as a finding", name, found[1])
				continue
			}
			if byID(m[1], nil) == nil {
				t.Errorf("%s: there is no check %s", name, m[1])
			}
			said[m[1]] = true
		}
	}
	own := []*diag.Check{unknownField, wrongType, MissingField, outOfSize, tooLong}
	for _, c := range Checks() {
		if !said[c.ID] && !slices.Contains(own, c) {
			t.Errorf("nothing in the schema speaks of %s", c.ID)
		}
	}
}
