package mesh

import "testing"

func TestFullGateway(t *testing.T) {
	for name, want := range map[string]string{
		"edge": "shop/edge", "istio-system/edge": "istio-system/edge", "./edge": "shop/edge",
		"edge.other": "other/edge", "edge.other.svc.cluster.local": "other/edge",
	} {
		if got := FullGateway(name, "shop"); got != want {
			t.Errorf("FullGateway(%q) = %q, want %q", name, got, want)
		}
	}
}
