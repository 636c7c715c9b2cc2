package pipeline

import (
	"testing"

	"sem.example/internal/config"
	"sem.example/simulate"
)

// An annotation about interception acts on calls to the ports and addresses that it excludes.
func TestAnnotationsAct(t *testing.T) {
	trace := &simulate.Trace{
		Call: simulate.Call{Port: 80, Address: "10.0.0.9"},
		Hops: []simulate.Hop{{Direction: "outbound", Proxy: simulate.Proxy{Namespace: "shop", Name: "web"}, Endpoints: []simulate.Endpoint{{Port: 8080}}}},
	}
	client, server := &config.Object{Meta: config.Meta{Namespace: "shop", Name: "web"}}, &config.Object{Meta: config.Meta{Namespace: "shop", Name: "cart"}}
	for _, test := range []struct {
		name, value string
		of          *config.Object
		want        bool
	}{
		{"excludeOutboundPorts", "443, 80", client, true},
		{"excludeOutboundPorts", "443, 80", server, false},
		{"excludeOutboundPorts", "443", client, false},
		{"includeOutboundPorts", "443", client, false},
		{"excludeOutboundIPRanges", "10.0.0.0/8", client, true},
		{"excludeOutboundIPRanges", "192.168.0.0/16", client, false},
		{"includeOutboundIPRanges", "*", client, false},
		{"includeOutboundIPRanges", "10.0.0.0/24", client, false},
		{"includeOutboundIPRanges", "192.168.0.0/16", client, true},
		{"includeOutboundIPRanges", "", client, true},
		{"excludeInboundPorts", "8080", server, true},
		{"excludeInboundPorts", "9090", server, false},
		{"includeInboundPorts", "*", server, false},
		{"includeInboundPorts", "8080", server, false},
		{"includeInboundPorts", "9090", server, true},
		{"kubevirtInterfaces", "k6t0", server, true},
	} {
		if got := acts("traffic.sidecar.istio.io/"+test.name, test.value, test.of, trace, false); got != test.want {
			t.Errorf("%s %q of %s acts: %v", test.name, test.value, test.of.Name, got)
		}
	}
	if acts("example.com/other", "80", client, trace, false) {
		t.Error("an annotation of others acts")
	}
}
