package explain

import (
	"slices"
	"strings"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/clustername"
	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/hostname"
	"sem.example/internal/mesh"
	"sem.example/internal/pipeline"
	"sem.example/internal/source"
	"sem.example/simulate"
)

// A relevance is what a trace has to do with: the fields that decide, the hosts that are asked for, and the documents of both.
type relevance struct {
	fields    map[objectName][]string
	hosts     []string
	documents []*source.Document // in the order of the input
	objects   map[*source.Document]*config.Object
	failed    bool // the call does not reach a host of the mesh, so findings about its hosts count as well
	domain    string
}

type objectName struct{ kind, namespace, name string }

// relevant works out what a trace has to do with.
func relevant(t *simulate.Trace, w *pipeline.World, objects *objectIndex) *relevance {
	r := &relevance{fields: map[objectName][]string{}, objects: map[*source.Document]*config.Object{}, domain: w.Mesh.Settings.Domain}
	for i := range t.Hops {
		for _, step := range t.Hops[i].Steps {
			for _, p := range step.Origins {
				at := objectName{p.Kind, p.Namespace, p.Name}
				r.fields[at] = append(r.fields[at], p.Field)
			}
		}
	}
	r.hosts, r.failed = hostsOf(t, w), !t.Verdict.Succeeded() || t.Verdict == simulate.Passthrough
	for _, o := range objects.about(r.fields, r.hosts) {
		r.documents, r.objects[o.Doc] = append(r.documents, o.Doc), o
	}
	return r
}

// hostsOf are the hosts that a call asks for at its proxies.
func hostsOf(t *simulate.Trace, w *pipeline.World) []string {
	var out []string
	for i := range t.Hops {
		h := &t.Hops[i]
		if v, err := w.View(h.Proxy); err == nil && h.Authority != "" {
			out = append(out, v.ResolveName(hostname.OfURL(h.Authority)))
		}
		if d, _ := clustername.Parse(h.Cluster); d.Host != "" {
			out = append(out, d.Host)
		}
	}
	return out
}

// concerns reports whether a finding explains the trace: it is about a field that decides, or in a document about a host of the
// trace and either explained by a field that decides, or severe enough to be why the call fails.
func (r *relevance) concerns(d *diag.Diagnostic) bool {
	switch o := r.objects[d.At.Doc]; {
	case r.decides(d.At):
		return true
	case o == nil || !r.about(o):
		return false
	case r.failed && d.Level() != diag.Info:
		return !inRule(d.At.Field) || !slices.Contains(afterMatch, d.Check.Stage)
	}
	return slices.ContainsFunc(d.Related, func(related diag.Related) bool { return r.decides(related.Place) })
}

// afterMatch are the stages of what a rule does with the requests that it matches. It explains no other request.
var afterMatch = []diag.Stage{diag.AtFault, diag.AtRedirect, diag.AtRewrite, diag.AtRetries, diag.AtMirror, diag.AtCluster}

// inRule reports whether a field is part of a rule of a VirtualService.
func inRule(field string) bool {
	return slices.ContainsFunc([]string{"spec.http[", "spec.tls[", "spec.tcp["}, func(list string) bool { return strings.HasPrefix(field, list) })
}

// about reports whether a document is about a host of the trace.
func (r *relevance) about(o *config.Object) bool {
	return slices.ContainsFunc(hostsIn(o, r.domain), func(named string) bool {
		return slices.ContainsFunc(r.hosts, func(host string) bool { return mesh.Covers(named, host) })
	})
}

// decides reports whether a place is, holds or lies within a field that decides.
func (r *relevance) decides(p source.Place) bool {
	o := r.objects[p.Doc]
	if o == nil {
		return false
	}
	return slices.ContainsFunc(r.fields[objectName{o.Kind, o.Namespace, o.Name}], func(field string) bool {
		return within(field, p.Field) || within(p.Field, field)
	})
}

// within reports whether a field is another one, or lies within it.
func within(field, outer string) bool {
	rest, ok := strings.CutPrefix(field, outer)
	return ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
}

// hostsIn are the hosts that a document is about.
func hostsIn(o *config.Object, domain string) []string {
	var hosts []string
	switch spec := o.Spec.(type) {
	case *networking.VirtualService:
		hosts = slices.Clone(spec.GetHosts())
	case *networking.ServiceEntry:
		return spec.GetHosts()
	case *networking.DestinationRule:
		hosts = []string{spec.GetHost()}
	case *networking.Gateway:
		return hostsOfServers(spec)
	}
	if o.Kind == "Service" {
		hosts = []string{o.Name}
	}
	for i := range hosts {
		hosts[i] = mesh.FullHost(hosts[i], o.Namespace, domain)
	}
	return hosts
}

// hostsOfServers are the hosts of a Gateway, without the namespaces that they may be given with.
func hostsOfServers(g *networking.Gateway) []string {
	var hosts []string
	for _, server := range g.GetServers() {
		for _, host := range server.GetHosts() {
			_, name, qualified := strings.Cut(host, "/")
			if !qualified {
				name = host
			}
			hosts = append(hosts, name)
		}
	}
	return hosts
}
