package convert

import (
	"bytes"
	"encoding/json"

	"sem.example/internal/quote"
	"sem.example/internal/source"
)

// JSON writes one document as an object, and any other number as a List, which kubectl takes apart.
func JSON(docs []*source.Document) []byte {
	var raw []byte
	if len(docs) == 1 {
		raw = headed(docs[0].Root).AppendJSON(nil)
	} else {
		raw = append(raw, `{"apiVersion":"v1","kind":"List","items":[`...)
		for i, d := range docs {
			if i > 0 {
				raw = append(raw, ',')
			}
			raw = headed(d.Root).AppendJSON(raw)
		}
		raw = append(raw, "]}"...)
	}
	var out bytes.Buffer
	if err := json.Indent(&out, raw, "", "  "); err != nil {
		panic(err) // the tree is made of what JSON has
	}
	out.WriteByte('\n')
	return quote.EscapesJSON(out.Bytes())
}
