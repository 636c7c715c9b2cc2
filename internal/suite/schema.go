package suite

import (
	"bytes"
	_ "embed"
)

//go:embed schema.json
var schema []byte

// Schema is the JSON Schema of a file of tests, for editors. It refuses nothing that Read accepts.
func Schema() []byte { return bytes.Clone(schema) }
