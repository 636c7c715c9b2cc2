package lsp

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"sem.example/internal/config"
	"sem.example/internal/mesh"
	"sem.example/internal/pipeline"
	"sem.example/internal/source"
)

// nameItems are the names of the world that a place refers to; nil for a place that refers to nothing.
func (s *snapshot) nameItems(w *pipeline.World, b blank) []completionItem {
	o := &config.Object{Doc: b.doc, Kind: b.doc.Kind, Meta: config.Meta{Namespace: b.doc.Namespace, Name: b.doc.Name}}
	if group, _, _ := strings.Cut(b.doc.APIVersion, "/"); group == "gateway.networking.k8s.io" {
		o.Kind = group + "/" + o.Kind
	}
	if o.Namespace == "" {
		o.Namespace = "default"
	}
	for _, u := range usesIn(o, w.Mesh.Settings.Domain) {
		if u.field == b.field && !u.definition {
			return s.namedItems(w, u.symbol, o)
		}
	}
	field := indices().ReplaceAllString(b.field, "")
	switch {
	case field == "metadata.namespace" || strings.HasSuffix(field, ".namespace"):
		return items(referenceItem, "", w.Mesh.Namespaces()...)
	case strings.HasSuffix(field, "exportTo"):
		return items(referenceItem, "", append([]string{".", "*"}, w.Mesh.Namespaces()...)...)
	case strings.HasSuffix(field, ".port.number") && o.Kind == "VirtualService":
		holder := b.doc.Lookup(strings.TrimSuffix(b.field, ".port.number"))
		return portItems(w, mesh.FullHost(holder.StringAt("host"), o.Namespace, w.Mesh.Settings.Domain))
	}
	return nil
}

// namedItems are the names of a kind of symbols, as an object writes them.
func (s *snapshot) namedItems(w *pipeline.World, of symbol, o *config.Object) []completionItem {
	var out []completionItem
	add := func(label, detail string) {
		out = append(out, completionItem{Label: label, Kind: referenceItem, Detail: detail})
	}
	switch of.kind {
	case hostSymbol:
		for _, service := range w.Mesh.Services {
			add(shortHost(service, o), service.Object.KindName()+" "+service.Object.Namespace+"/"+service.Object.Name)
		}
	case gatewaySymbol:
		add(mesh.MeshGateway, "the sidecars")
	}
	for _, p := range s.spots(w) {
		name := strings.TrimPrefix(p.symbol.name, o.Namespace+"/")
		if p.kind != of.kind || !p.definition || p.kind == hostSymbol {
			continue
		}
		switch p.kind {
		case subsetSymbol:
			host, _, _ := strings.Cut(of.name, "|")
			subset, found := strings.CutPrefix(p.symbol.name, host+"|")
			if !found {
				continue
			}
			name = subset
		case routesSymbol, listenerSymbol:
			name = p.object.Name
		}
		add(name, p.object.KindName()+" "+p.object.Namespace+"/"+p.object.Name)
	}
	slices.SortStableFunc(out, func(a, b completionItem) int { return strings.Compare(a.Label, b.Label) })
	return slices.CompactFunc(out, func(a, b completionItem) bool { return a.Label == b.Label })
}

// shortHost is the shortest name of a service in an object: that of a Kubernetes Service of the same namespace is its own. Routes of
// the Gateway API name Services only so.
func shortHost(s *mesh.Service, o *config.Object) string {
	if s.Kubernetes() && (s.Namespace == o.Namespace || strings.Contains(o.Kind, "/")) {
		return s.Name
	}
	return s.Host
}

func portItems(w *pipeline.World, host string) []completionItem {
	var out []completionItem
	for _, s := range servicesOf(w, host) {
		for _, p := range s.Ports {
			out = append(out, completionItem{Label: strconv.Itoa(int(p.Number)), Kind: valueItem, Detail: fmt.Sprintf("%s (%s)", p.Name, p.Protocol)})
		}
	}
	return out
}

// selecting are the fields whose keys and values are labels of workloads.
var selecting = []string{"labels", "matchLabels", "selector", "sourceLabels"}

// labelItems are the labels that workloads have, or the values of one; nil for other places.
func labelItems(w *pipeline.World, b blank) []completionItem {
	steps := source.Steps(b.field)
	if !b.key && len(steps) > 0 {
		steps = steps[:len(steps)-1]
	}
	if w == nil || len(steps) < 2 || steps[0].Key != "spec" || !slices.Contains(selecting, steps[len(steps)-1].Key) {
		return nil
	}
	values := map[string]bool{}
	for _, o := range w.Mesh.Selected("", nil) {
		for k, v := range mesh.WorkloadLabels(o) {
			if b.key && b.holder.Get(k) == nil {
				values[k] = true
			} else if !b.key && source.Steps(b.field)[len(steps)].Key == k {
				values[v] = true
			}
		}
	}
	return items(valueItem, "a label of workloads", slices.Sorted(maps.Keys(values))...)
}
