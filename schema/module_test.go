package schema_test

import (
	"testing"

	"cuelang.org/go/cue/load"
)

// TestModule loads the files as the cue command does.
func TestModule(t *testing.T) {
	for _, inst := range load.Instances([]string{"."}, &load.Config{Dir: "."}) {
		if inst.Err != nil {
			t.Fatal(inst.Err)
		}
		if inst.ImportPath != "sem.example/schema@v0" && inst.ImportPath != "sem.example/schema" {
			t.Errorf("the module is imported as %s", inst.ImportPath)
		}
	}
}
