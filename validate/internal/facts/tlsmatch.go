package facts

import (
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
)

// EachTLSMatch calls do for every match of the TLS rules of a VirtualService.
func EachTLSMatch(o *config.Object, do func(at Place, m *networking.TLSMatchAttributes)) {
	for i, rule := range config.Spec[*networking.VirtualService](o).GetTls() {
		for j, m := range rule.GetMatch() {
			do(At(o, "spec.tls").Item(i).Sub("match").Item(j), m)
		}
	}
}
