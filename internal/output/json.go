package output

import (
	"encoding/json"
	"io"
)

// JSON prints a document for machines: indented, one trailing newline, nothing escaped that JSON does not require.
func JSON(w io.Writer, document any) error {
	safe := NewJSONWriter(w)
	out := json.NewEncoder(safe)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	if err := out.Encode(document); err != nil {
		return err
	}
	return safe.Flush()
}
