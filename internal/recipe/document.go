package recipe

import (
	"bytes"
	"strings"

	"go.yaml.in/yaml/v3"
)

// A Document is one object of Istio or Kubernetes.
type Document struct {
	Kind, Namespace, Name string

	key     string // what the recipe calls it
	version string // its apiVersion
	comment string
	node    *yaml.Node
}

// stream writes documents as YAML.
func stream(documents []Document) []byte {
	var out bytes.Buffer
	for i, d := range documents {
		if i > 0 {
			out.WriteString("---\n")
		}
		for line := range strings.Lines(d.comment) {
			out.WriteString(strings.TrimSpace("# "+line) + "\n")
		}
		out.Write(encode(d.node))
	}
	return out.Bytes()
}

func encode(n *yaml.Node) []byte {
	var out bytes.Buffer
	e := yaml.NewEncoder(&out)
	e.SetIndent(2)
	if err := e.Encode(n); err != nil {
		panic(err)
	}
	return out.Bytes()
}
