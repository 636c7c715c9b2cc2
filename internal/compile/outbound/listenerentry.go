package outbound

import (
	"strconv"

	"sem.example/internal/compile/filterchain"
	"sem.example/internal/compile/origin"
	"sem.example/internal/envoy"
	"sem.example/internal/mesh"
)

// A listenerEntry is an outbound listener in the making: the filter chains that services want at one address.
type listenerEntry struct {
	binds    []string // addresses, the main one first; "unix://…" for a socket
	port     *mesh.Port
	real     bool          // it listens by itself, without connections being redirected to it
	locked   bool          // the Sidecar wrote it, so the services of other listeners stay out
	protocol mesh.Protocol // Detected once HTTP and other traffic are told apart
	chains   []*filterchain.Chain
	taken    map[string]*filterchain.Chain // by what they match
	origins  origin.List                   // the first service's; those of others are with their chains and virtual hosts
}

func (d *listenerEntry) name() string {
	return d.binds[0] + "_" + strconv.Itoa(int(d.port.Number))
}

// set replaces the chains; merge adds those whose match is still free.
func (d *listenerEntry) set(chains []*filterchain.Chain) {
	d.chains, d.taken = nil, map[string]*filterchain.Chain{}
	for _, ch := range chains {
		d.chains = append(d.chains, ch)
		if key := ch.Key(); d.taken[key] == nil {
			d.taken[key] = ch
		}
	}
}

func (d *listenerEntry) merge(chains []*filterchain.Chain) {
	for _, ch := range chains {
		key := ch.Key()
		if first := d.taken[key]; first != nil {
			first.Origins.AddOverridden(ch.Origins, "the same connections")
			continue
		}
		d.taken[key] = ch
		d.chains = append(d.chains, ch)
	}
}

// overruled notes that a service got nothing.
func (d *listenerEntry) overruled(b listenerOpts, why string) {
	for _, o := range b.origins() {
		o.Role, o.Note = envoy.Overridden, why
		d.origins.Add("", o)
	}
}
