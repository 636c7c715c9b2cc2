package pipeline

import (
	"net/url"
	"slices"
	"strings"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/internal/source"
	"sem.example/simulate"
)

// A subject is what a trace is about: the fields that decide, the hosts that are asked for, and the documents of both.
type subject struct {
	fields    map[objectName][]string
	hosts     []string
	documents []*source.Document // in the order of the input
	objects   map[*source.Document]*config.Object
	failed    bool // the call does not get through to a host of the mesh: then findings about its hosts count as well
	domain    string
}

type objectName struct{ kind, namespace, name string }

func (w *World) subject(t *simulate.Trace) *subject {
	s := &subject{fields: map[objectName][]string{}, objects: map[*source.Document]*config.Object{}, domain: w.Mesh.Settings.Domain}
	for i := range t.Hops {
		for _, step := range t.Hops[i].Steps {
			for _, p := range step.Origins {
				at := objectName{p.Kind, p.Namespace, p.Name}
				s.fields[at] = append(s.fields[at], p.Field)
			}
		}
	}
	s.hosts, s.failed = w.hostsOf(t), !t.Verdict.Succeeded() || t.Verdict == simulate.Passthrough
	for _, o := range w.Objects {
		if s.fields[objectName{o.Kind, o.Namespace, o.Name}] != nil || s.about(o) {
			s.documents, s.objects[o.Doc] = append(s.documents, o.Doc), o
		}
	}
	return s
}

// hostsOf are the hosts that a call asks for on its way.
func (w *World) hostsOf(t *simulate.Trace) []string {
	var out []string
	for i := range t.Hops {
		h := &t.Hops[i]
		if v, err := w.View(h.Proxy); err == nil && h.Authority != "" {
			out = append(out, fullHost(v, hostOf(h.Authority)))
		}
		if host, _, _ := destinationOf(h.Cluster); host != "" {
			out = append(out, host)
		}
	}
	return out
}

// fullHost is the host that a name stands for, completed as the resolver of a proxy's pod does.
func fullHost(v *mesh.View, host string) string {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	for _, name := range completed(v, host) {
		if len(v.Mesh.ServicesOf(name)) > 0 {
			return name
		}
	}
	return host
}

// completed are the names that the resolver of a proxy's pod tries for a host, in order.
func completed(v *mesh.View, host string) []string {
	domain := v.Mesh.Settings.Domain
	return []string{host, host + "." + v.Proxy.Namespace + ".svc." + domain, host + ".svc." + domain, host + "." + domain}
}

// hostOf is the host that a URL or an authority names.
func hostOf(text string) string {
	if !strings.Contains(text, "://") {
		text = "http://" + text
	}
	u, err := url.Parse(text)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// concerns says whether a finding explains the trace: it is about a field that decides, or in a document about one of its
// hosts and either explained by a field that decides, or grave enough to be why the call fails.
func (s *subject) concerns(d *diag.Diagnostic) bool {
	switch o := s.objects[d.At.Doc]; {
	case s.decides(d.At):
		return true
	case o == nil || !s.about(o):
		return false
	case s.failed && d.Level() != diag.Info:
		return true
	}
	return slices.ContainsFunc(d.Related, func(r diag.Related) bool { return s.decides(r.Place) })
}

// about says whether a document is about a host of the trace.
func (s *subject) about(o *config.Object) bool {
	return slices.ContainsFunc(hostsIn(o, s.domain), func(named string) bool {
		return slices.ContainsFunc(s.hosts, func(host string) bool { return mesh.Covers(named, host) })
	})
}

// decides says whether a place is, holds or lies within a field that decides.
func (s *subject) decides(p diag.Place) bool {
	o := s.objects[p.Doc]
	if o == nil {
		return false
	}
	return slices.ContainsFunc(s.fields[objectName{o.Kind, o.Namespace, o.Name}], func(field string) bool {
		return within(field, p.Field) || within(p.Field, field)
	})
}

// within says whether a field is another one, or lies within it.
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
		for _, server := range spec.GetServers() {
			for _, host := range server.GetHosts() {
				_, name, _ := strings.Cut("/"+host, "/")
				hosts = append(hosts, name[strings.IndexByte(name, '/')+1:])
			}
		}
		return hosts
	}
	if o.Kind == "Service" {
		hosts = []string{o.Name}
	}
	for i := range hosts {
		hosts[i] = mesh.FullHost(hosts[i], o.Namespace, domain)
	}
	return hosts
}
