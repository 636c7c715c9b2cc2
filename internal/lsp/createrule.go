package lsp

import (
	"bytes"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"sem.example/internal/lazy"
	"sem.example/internal/mesh"
	"sem.example/internal/pipeline"
)

// plainName is a name that needs no quotes in YAML.
var plainName = lazy.Regexp(`^[a-z]([a-z0-9.-]*[a-z0-9])?$`)

// createRule is the action that writes the DestinationRule that a route needs: the position is at a destination with a subset, and no
// DestinationRule is for its host.
func createRule(s *snapshot, name string, at position) *codeAction {
	wanted, w, ok := s.symbolAt(name, at)
	f := s.file(name)
	if !ok || wanted.kind != subsetSymbol && wanted.kind != hostSymbol || filepath.Ext(name) == ".cue" || f.IsJSON() {
		return nil
	}
	host, _, _ := strings.Cut(wanted.name, "|")
	subsets := map[string]bool{}
	for _, p := range s.spots(w) {
		switch of, subset, _ := strings.Cut(p.symbol.name, "|"); {
		case p.object.Kind == "DestinationRule" && p.field == "spec.host" && p.symbol == symbol{hostSymbol, host}:
			return nil
		case p.kind == subsetSymbol && of == host:
			subsets[subset] = true
		}
	}
	rule := ruleFor(w, host, slices.Sorted(maps.Keys(subsets)))
	if len(subsets) == 0 || rule == "" {
		return nil
	}
	end := lineEnd(f)
	text := strings.ReplaceAll(rule, "\n", end)
	if !bytes.HasSuffix(f.Data, []byte("\n")) {
		text = end + text
	}
	last := linesOf(f.Data).between(len(f.Data), len(f.Data))
	return &codeAction{
		Title: "Create the missing DestinationRule of " + host, Kind: quickFix,
		Edit: &workspaceEdit{Changes: map[string][]textEdit{s.uri(f): {{Range: last, NewText: text}}}},
	}
}

// ruleFor is a DestinationRule with subsets for a host, in the namespace of its service; "" where the service is not known, or a name
// would need quotes.
func ruleFor(w *pipeline.World, host string, subsets []string) string {
	services := w.Mesh.ServicesOf(host)
	if len(services) == 0 {
		return ""
	}
	service := services[0]
	name, _, _ := strings.Cut(host, ".")
	for w.Mesh.Object("DestinationRule", service.Namespace, name) != nil {
		name += "-subsets"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "---\napiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata:\n  name: %s\n  namespace: %s\nspec:\n  host: %s\n  subsets:\n",
		name, service.Namespace, host)
	for _, subset := range subsets {
		key := labelFor(w, service, subset)
		if !plainName().MatchString(subset) {
			return ""
		}
		fmt.Fprintf(&b, "  - name: %s\n    labels: {%s: %s}\n", subset, key, subset)
	}
	if !plainName().MatchString(name) || !plainName().MatchString(host) {
		return ""
	}
	return b.String()
}

// labelFor is the label that tells the workloads of a subset apart: one of the workloads of the service whose value is the name of the
// subset, or else version.
func labelFor(w *pipeline.World, s *mesh.Service, subset string) string {
	if len(s.Selector) > 0 {
		for _, o := range w.Mesh.Selected(s.Namespace, s.Selector) {
			labels := mesh.WorkloadLabels(o)
			for _, key := range slices.Sorted(maps.Keys(labels)) {
				if labels[key] == subset && plainName().MatchString(key) {
					return key
				}
			}
		}
	}
	return "version"
}
