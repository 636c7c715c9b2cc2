package config

import (
	"bytes"
	"encoding/json"
	"fmt"

	"sem.example/internal/source"
)

// A Gap is what a cluster did not give of what was asked of it.
type Gap struct {
	Resource string // "nodes"; "" where nothing names it
	Message  string // of kubectl, its first line
}

// The document that a dump of a cluster carries, beside the objects: it says what the dump lacks.
const (
	collectedVersion = "sem/v1"
	collectedKind    = "Collected"
	CollectedName    = "collected"
)

// Collected is the text of the document that says what a dump lacks, and of which files it is made.
func Collected(gaps []Gap, files []string) []byte {
	var out bytes.Buffer
	fmt.Fprintf(&out, "# Made by 'sem collect': what a cluster gave, and what it did not.\napiVersion: %s\nkind: %s\nmetadata: {name: %s}\n", collectedVersion, collectedKind, CollectedName)
	list(&out, "gaps", len(gaps), func(i int) string {
		return fmt.Sprintf("resource: %s\n  message: %s", quoted(gaps[i].Resource), quoted(gaps[i].Message))
	})
	list(&out, "files", len(files), func(i int) string { return quoted(files[i]) })
	return out.Bytes()
}

func list(out *bytes.Buffer, key string, n int, item func(int) string) {
	if n == 0 {
		fmt.Fprintf(out, "%s: []\n", key)
		return
	}
	fmt.Fprintf(out, "%s:\n", key)
	for i := range n {
		fmt.Fprintf(out, "- %s\n", item(i))
	}
}

func quoted(s string) string {
	text, _ := json.Marshal(s) // a string
	return string(text)
}

// IsCollected reports whether a document is the one that says what a dump lacks.
func IsCollected(d *source.Document) bool {
	return d.Kind == collectedKind && d.APIVersion == collectedVersion
}

// Gaps reads what [Collected] writes.
func Gaps(d *source.Document) []Gap {
	list := d.Tree().Get("gaps")
	if list == nil {
		return nil
	}
	var gaps []Gap
	for _, item := range list.Items {
		gaps = append(gaps, Gap{item.StringAt("resource"), item.StringAt("message")})
	}
	return gaps
}

// FilesOf returns the files, below its folder, of which a dump is made.
func FilesOf(d *source.Document) []string {
	list := d.Tree().Get("files")
	if list == nil {
		return nil
	}
	var names []string
	for _, item := range list.Items {
		names = append(names, item.Text)
	}
	return names
}
