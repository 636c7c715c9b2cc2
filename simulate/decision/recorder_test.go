package decision

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestUnknownFilter notes filters whose effect is not known, each once. Some have no effect on a request, and an entry without
// name and configuration is no filter.
func TestUnknownFilter(t *testing.T) {
	r := &Recorder{}
	for _, f := range []struct{ name, kind string }{
		{"envoy.filters.http.wasm", "type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm"},
		{"envoy.filters.http.wasm", "type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm"},
		{"istio.stats", "type.googleapis.com/stats.PluginConfig"},
		{"shop.filter", ""},
		{"", ""},
	} {
		r.UnknownFilter(f.name, f.kind)
	}
	want := []string{"envoy.filters.http.wasm (Wasm)", "shop.filter"}
	if diff := cmp.Diff(want, r.Ignored); diff != "" {
		t.Errorf("not modelled (-want +got):\n%s", diff)
	}
}
