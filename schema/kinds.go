package schema

import (
	"slices"
	"strings"

	"sem.example/internal/source"
)

// kindList are the kinds that the schema defines, each in a file of its own.
var kindList = []string{
	"AuthorizationPolicy", "DestinationRule", "Gateway", "PeerAuthentication", "RequestAuthentication",
	"ServiceEntry", "Sidecar", "VirtualService", "WorkloadEntry", "WorkloadGroup",
}

// Kinds returns the kinds that the schema defines, sorted.
func Kinds() []string { return slices.Clone(kindList) }

// kindOf returns the kind of a document, or "" where the schema does not define it.
func kindOf(doc *source.Document) string {
	group, _, _ := strings.Cut(doc.APIVersion, "/")
	if !strings.HasSuffix(group, ".istio.io") || !slices.Contains(kindList, doc.Kind) {
		return ""
	}
	return doc.Kind
}

// Accepts says whether a document is right beyond doubt. Documents of kinds that the schema does not define are.
// No is no answer: [Check] says what is wrong, if anything is.
func Accepts(doc *source.Document) bool {
	kind := kindOf(doc)
	if kind == "" {
		return true
	}
	t := define("#" + kind).compiled()
	return t.accepts(stored(t, doc.Tree()))
}
