package render

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The layout is that of the standard library.
func FuzzIndent(f *testing.F) {
	for _, text := range []string{
		`{}`, `[]`, `""`, `7`, `[ ]`, `{"a":{}, "b" : [1,  -2.5e3,true , null],"c":"x\"}, \\"}`, "{\n\"a\":\t[[],[{}]]}\r\n", `[true]`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var compact, want bytes.Buffer
		if json.Compact(&compact, text) != nil || json.Indent(&want, compact.Bytes(), "    ", "  ") != nil {
			t.Skip("no JSON")
		}
		if diff := cmp.Diff(want.String(), string(appendIndented(nil, text, "    "))); diff != "" {
			t.Error(diff)
		}
	})
}
