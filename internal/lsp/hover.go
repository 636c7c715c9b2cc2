package lsp

import (
	"fmt"
	"slices"
	"strings"

	"sem.example/internal/mesh"
	"sem.example/internal/pipeline"
	"sem.example/internal/release"
	"sem.example/schema"
)

// hovered is what there is to say about a position, in Markdown: what the field means, what the host is that it names, and the checks
// that report something there. It is nil where there is nothing.
func hovered(s *snapshot, name string, at position) *hover {
	c, ok := s.cursorAt(name, at)
	if !ok {
		return nil
	}
	var parts []string
	if sym, w, ok := s.symbolAt(name, at); ok && sym.kind == hostSymbol {
		parts = append(parts, aboutHost(w, sym.name))
	}
	if text := s.aboutField(c); text != "" {
		parts = append(parts, text)
	}
	parts = append(parts, s.aboutChecks(name, at)...)
	if len(parts) == 0 {
		return nil
	}
	return &hover{
		Contents: markup{Kind: "markdown", Value: strings.Join(parts, "\n\n---\n\n")},
		Range:    s.rangeIn(c.place.Source(), c.place.Range()),
	}
}

// aboutField is the documentation of a field, as "sem explain" has it.
func (s *snapshot) aboutField(c cursor) string {
	kind := schema.Definition(c.doc)
	if kind == "" || c.field == "" {
		return ""
	}
	f, err := schema.Explain(kind + "." + c.field)
	if err != nil {
		return ""
	}
	facts := []string{f.Type}
	if f.Required {
		facts = append(facts, "required")
	}
	if f.Default != "" {
		facts = append(facts, "default: "+f.Default)
	}
	if since := s.since(c); since != "" {
		facts = append(facts, "since Istio "+since)
	}
	text := fmt.Sprintf("**%s** (%s)", f.Path, strings.Join(facts, ", "))
	for _, more := range []string{f.Text, f.Form} {
		if more != "" {
			text += "\n\n" + more
		}
	}
	if len(f.Values) > 0 {
		text += "\n\nValues: " + code(f.Values...)
	}
	return text
}

// since is the release that brought a field; "" for one that is older than the oldest that is known.
func (s *snapshot) since(c cursor) string {
	o, _ := s.object(c.doc)
	if o == nil {
		return ""
	}
	names := release.Names()
	oldest, err := release.Parse(names[len(names)-1])
	if err != nil {
		return ""
	}
	if reading, change := oldest.Reads(o.FieldName(c.field)); reading != release.Honoured {
		return change.Since
	}
	return ""
}

// code writes texts as code. One that holds what ends code stays as it is, without it.
func code(texts ...string) string {
	var out []string
	for _, text := range texts {
		out = append(out, "`"+strings.ReplaceAll(text, "`", "'")+"`")
	}
	return strings.Join(out, ", ")
}

// aboutHost is what a host is, and who sees it.
func aboutHost(w *pipeline.World, host string) string {
	found := servicesOf(w, host)
	if len(found) == 0 {
		return code(host) + ": no Service or ServiceEntry of the input matches it"
	}
	var parts []string
	for _, s := range found {
		parts = append(parts, aboutService(w, s, host))
	}
	return strings.Join(slices.Compact(parts), "\n\n")
}

func aboutService(w *pipeline.World, s *mesh.Service, host string) string {
	lines := []string{fmt.Sprintf("%s: %s %s", code(host), s.Object.KindName(), code(s.Object.Namespace+"/"+s.Object.Name))}
	if s.Host != host {
		lines[0] += ", by the wildcard " + code(s.Host)
	}
	var ports []string
	for _, p := range s.Ports {
		ports = append(ports, fmt.Sprintf("%d %s (%s)", p.Number, p.Name, p.Protocol))
	}
	if len(ports) > 0 {
		lines = append(lines, "ports: "+code(ports...))
	}
	if !s.Kubernetes() {
		where := "inside the mesh"
		if s.External {
			where = "outside the mesh"
		}
		lines = append(lines, "resolution: "+code(string(s.Resolution))+", "+where)
	}
	return strings.Join(append(lines, visibility(w, s)), "\n- ")
}

// visibility says which namespaces of the input see a service.
func visibility(w *pipeline.World, s *mesh.Service) string {
	var see, not []string
	for _, ns := range w.Mesh.Namespaces() {
		view := w.Mesh.View(mesh.Proxy{Type: mesh.Sidecar, Namespace: ns, Name: "client"})
		if seen := view.Service(s.Host); seen != nil && seen.Object == s.Object {
			see = append(see, ns)
		} else {
			not = append(not, ns)
		}
	}
	switch {
	case len(not) == 0:
		return "visible to clients in every namespace"
	case len(see) == 0:
		return "visible to no client"
	case len(see) <= len(not):
		return "visible to clients in " + code(see...)
	}
	return "visible to clients in every namespace except " + code(not...)
}

// aboutChecks are the reasons of the checks that report something at a position.
func (s *snapshot) aboutChecks(name string, at position) []string {
	var parts []string
	for _, d := range s.reported() {
		f := d.At.Source()
		if f.Name != name || !s.rangeIn(f, d.At.Range()).holds(at) {
			continue
		}
		why := strings.Join(strings.Fields(d.Check.Why), " ")
		parts = append(parts, strings.TrimSpace(fmt.Sprintf("**%s** %s\n\n%s", d.Check.ID, d.Check.Title, why))+"\n\nFix: "+d.Check.Fix)
	}
	slices.Sort(parts)
	return slices.Compact(parts)
}

// holds reports whether a position is in a range, its end included.
func (r textRange) holds(p position) bool { return !p.before(r.Start) && !r.End.before(p) }

// meets reports whether two ranges have a position in common.
func (r textRange) meets(o textRange) bool { return !r.End.before(o.Start) && !o.End.before(r.Start) }

func (p position) before(o position) bool {
	return p.Line < o.Line || p.Line == o.Line && p.Character < o.Character
}
