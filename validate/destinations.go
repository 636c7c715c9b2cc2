package validate

import (
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/mesh"
	"sem.example/internal/source"
)

// A target is a destination that a rule of a VirtualService sends traffic to.
type target struct {
	place           // of the destination object
	protocol string // http, tls or tcp: the list of rules that it stands in
	rule     int    // position in that list
	mirror   bool
	*networking.Destination
}

// host is where the host name stands.
func (t target) host() place { return place{t.object, source.Join(t.field, "host")} }

// An aim is a target with its service, as clients of the rules' own namespace see it.
type aim struct {
	target
	service *mesh.Service
}

// eachTarget calls do for every destination of VirtualServices that findings are wanted about, where its service is known for
// certain.
func (s *Scope) eachTarget(do func(target, *mesh.Service)) {
	for _, a := range s.subjectAims() {
		do(a.target, a.service)
	}
}

// aims returns the destinations of all VirtualServices whose service is known for certain.
func (s *Scope) aims() []aim {
	return s.all.aims.get(func() []aim { return s.aimsOf(s.Mesh.Objects("VirtualService")) })
}

// subjectAims returns those of the VirtualServices that findings are wanted about.
func (s *Scope) subjectAims() []aim {
	if s.Subjects == nil {
		return s.aims()
	}
	return s.chosen.aims.get(func() []aim { return s.aimsOf(s.subjects("VirtualService")) })
}

func (s *Scope) aimsOf(rules []*config.Object) []aim {
	var all []aim
	for _, o := range rules {
		for _, t := range s.targets(o) {
			if svc := s.client(o.Namespace).Service(s.full(t.Host, o)); svc != nil {
				all = append(all, aim{t, svc})
			}
		}
	}
	return all
}

// targets returns every destination of a VirtualService, in the order of the document. Many checks ask for them.
func (s *Scope) targets(o *config.Object) []target {
	return s.goals.get(o, func() []target { return targetsOf(o) })
}

// routedAt says whether an HTTP rule of the mesh names a port of a host as its destination, or the host without a port where it is 0.
func (s *Scope) routedAt(host string, port uint32) bool {
	return s.routed.get(func() map[hostPort]bool {
		routed := map[hostPort]bool{}
		for _, o := range s.Mesh.Objects("VirtualService") {
			for _, t := range s.targets(o) {
				if t.protocol == "http" {
					routed[hostPort{s.full(t.Host, o), t.GetPort().GetNumber()}] = true
				}
			}
		}
		return routed
	})[hostPort{host, port}]
}

func targetsOf(o *config.Object) []target {
	spec := config.Spec[*networking.VirtualService](o)
	var all []target
	add := func(d *networking.Destination, protocol string, rule int, field string, mirror bool) {
		if d != nil {
			all = append(all, target{place: place{o, field}, protocol: protocol, rule: rule, mirror: mirror, Destination: d})
		}
	}
	for i, r := range spec.GetHttp() {
		at := source.Index("spec.http", i)
		for j, d := range r.GetRoute() {
			add(d.GetDestination(), "http", i, source.Index(at+".route", j)+".destination", false)
		}
		add(r.GetMirror(), "http", i, at+".mirror", true)
		for j, m := range r.GetMirrors() {
			add(m.GetDestination(), "http", i, source.Index(at+".mirrors", j)+".destination", true)
		}
	}
	for i, r := range spec.GetTls() {
		for j, d := range r.GetRoute() {
			add(d.GetDestination(), "tls", i, source.Index(source.Index("spec.tls", i)+".route", j)+".destination", false)
		}
	}
	for i, r := range spec.GetTcp() {
		for j, d := range r.GetRoute() {
			add(d.GetDestination(), "tcp", i, source.Index(source.Index("spec.tcp", i)+".route", j)+".destination", false)
		}
	}
	return all
}
