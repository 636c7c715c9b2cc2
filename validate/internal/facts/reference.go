package facts

import (
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
)

// A Reference is a host name that a rule writes.
type Reference struct {
	Place
	Host string
}

// WantedHosts returns every host that VirtualServices and DestinationRules name, in the order of the documents.
func (s *Routes) WantedHosts() []Reference {
	var all []Reference
	for _, o := range s.docs.WantedObjects("VirtualService") {
		for i, h := range config.Spec[*networking.VirtualService](o).GetHosts() {
			all = append(all, Reference{At(o, "spec.hosts").Item(i), h})
		}
		for _, t := range s.Destinations(o) {
			all = append(all, Reference{t.HostPlace(), t.Host})
		}
	}
	for _, o := range s.docs.WantedObjects("DestinationRule") {
		all = append(all, Reference{At(o, "spec.host"), config.Spec[*networking.DestinationRule](o).GetHost()})
	}
	return all
}
