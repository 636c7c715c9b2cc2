package validate

import (
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
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

// targets returns every destination of a VirtualService, in the order of the document.
func targets(o *config.Object) []target {
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
