package outbound

import (
	"strings"

	"sem.example/internal/config"
	"sem.example/internal/hostname"
	"sem.example/internal/mesh"
	"sem.example/internal/mesh/routing"
)

// hostFields finds where VirtualServices write their hosts. Each is read once, for a VirtualService may have very many.
type hostFields map[*routing.Rules]*hostname.Index[config.Place]

// of is where a VirtualService writes the host that stands for a given one: the most specific that covers it, else the most specific
// of those that overlap with it.
func (f hostFields) of(vs *routing.Rules, host string) config.Place {
	if f[vs] == nil {
		f[vs] = &hostname.Index[config.Place]{}
		for _, h := range vs.Hosts {
			if name := strings.ToLower(h.Name); !written(f[vs], name) {
				f[vs].Put(name, h.At)
			}
		}
	}
	host = strings.ToLower(host)
	if at, found := f[vs].Find(host); found {
		return at
	}
	best := -1
	for i, h := range vs.Hosts {
		if mesh.Overlap(strings.ToLower(h.Name), host) && (best < 0 || mesh.CompareHosts(h.Name, vs.Hosts[best].Name) < 0) {
			best = i
		}
	}
	return vs.Hosts[max(best, 0)].At
}

func written(x *hostname.Index[config.Place], name string) bool {
	_, found := x.At(name)
	return found
}
