package facts

import (
	"strings"

	networking "istio.io/api/networking/v1alpha3"
)

// SetsHost reports whether changes of headers give requests another Host header.
func SetsHost(h *networking.Headers) bool {
	for _, headers := range []map[string]string{h.GetRequest().GetSet(), h.GetRequest().GetAdd()} {
		for name := range headers {
			if strings.EqualFold(name, "host") || strings.EqualFold(name, ":authority") {
				return true
			}
		}
	}
	return false
}
