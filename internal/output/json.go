package output

import (
	"encoding/json"
	"io"
)

// JSON prints a document for machines: indented, one trailing newline, nothing escaped that JSON does not require.
func JSON(w io.Writer, document any) error {
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	return out.Encode(document)
}
