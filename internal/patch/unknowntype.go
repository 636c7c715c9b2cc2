package patch

import (
	_ "embed"
	"maps"
	"slices"
	"strings"

	"sem.example/internal/diag"
	"sem.example/internal/source"
)

//go:embed packages.txt
var packages string

// knownPackages are the packages of the messages that some release of Envoy has.
var knownPackages = func() map[string]bool {
	out := map[string]bool{}
	for line := range strings.Lines(packages) {
		out[strings.TrimSpace(line)] = true
	}
	return out
}()

// typeIn returns the type of an extension in a written message that no release of Envoy has, and its place there: "" where all
// types are known, or those of others. Of Envoy's types the package is compared, not the message.
func typeIn(value any) (kind, place string) {
	switch v := value.(type) {
	case []any:
		for i := range v {
			if kind, place := typeIn(v[i]); kind != "" {
				return kind, source.Index("", i) + place
			}
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			if name == "@type" || name == "type_url" || name == "typeUrl" {
				if text, ok := v[name].(string); ok && noSuchType(text) {
					return text, "." + name
				}
			}
			if kind, place := typeIn(v[name]); kind != "" {
				return kind, "." + name + place
			}
		}
	}
	return "", ""
}

// noSuchType reports whether a type URL names a message of Envoy's in a package that there is not.
func noSuchType(url string) bool {
	name, ok := strings.CutPrefix(url, "type.googleapis.com/envoy.")
	dot := strings.LastIndexByte(name, '.')
	return ok && dot > 0 && !knownPackages["envoy."+name[:dot]] && !strings.HasPrefix(name, "tcp.metadataexchange.")
}

// nearestType is the type that a type URL without a package may mean: that of version 3 in the place that it has now, or one that is
// written nearly so. It is "" where there is none.
func nearestType(url string) string {
	name := strings.TrimPrefix(url, "type.googleapis.com/")
	dot := strings.LastIndexByte(name, '.')
	pkg, message := name[:dot], name[dot:]
	moved := strings.NewReplacer("envoy.config.filter.", "envoy.extensions.filters.", ".v2alpha", ".v3", ".v2", ".v3").Replace(pkg)
	if knownPackages[moved] {
		return moved + message
	}
	if near := diag.Nearest(moved, slices.Sorted(maps.Keys(knownPackages))); near != "" {
		return near + message
	}
	return ""
}
