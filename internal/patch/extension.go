package patch

import (
	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	networking "istio.io/api/networking/v1alpha3"
)

// Extensions returns the extension configurations that patches add, of those whose names filters ask for. The context of
// a patch does not count.
func (s *Patches) Extensions(asked map[string]bool) []*corev3.TypedExtensionConfig {
	if s == nil {
		return nil
	}
	var out []*corev3.TypedExtensionConfig
	for _, p := range s.byTarget[networking.EnvoyFilter_EXTENSION_CONFIG] {
		if p.Operation != add || p.value == nil {
			continue
		}
		if added := valueAs[*corev3.TypedExtensionConfig](p); asked[added.GetName()] {
			out = append(out, added)
		}
	}
	return out
}
