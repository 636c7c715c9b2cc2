package gatewayapi

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestServicePorts gives the Service of a Gateway one port for each that listeners have, with the name of the first of them.
func TestServicePorts(t *testing.T) {
	long := strings.Repeat("a", 70)
	spec := GatewaySpec{Listeners: []Listener{
		{Name: "web", Port: 80, Protocol: "HTTP"},
		{Name: "shop", Port: 80, Protocol: "HTTP"},
		{Name: "a.example", Port: 443, Protocol: "HTTPS"},
		{Name: long, Port: 81, Protocol: "HTTP"},
	}}
	got := spec.ServicePorts(Listener{Name: "web", Port: 8080, Protocol: "TCP"}, Listener{Name: "usual", Protocol: "HTTPS"}, Listener{Name: long, Port: 82, Protocol: "HTTP"})
	want := []ServicePort{
		{"status-port", "tcp", 15021},
		{"web", "http", 80},
		{"a-example", "https", 443},
		{long[:63], "http", 81},
		{"web-8080", "tcp", 8080},
		{long[:60] + "-82", "http", 82},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("ports (-want +got):\n%s", diff)
	}
}
