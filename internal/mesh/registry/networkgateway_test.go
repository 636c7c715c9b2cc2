package registry

import (
	"testing"

	"sem.example/internal/config"
)

// TestNodePort finds the port of the nodes by which other networks reach a gateway. It is one only where nodes are named and the
// Service opens ports of nodes.
func TestNodePort(t *testing.T) {
	nodes := map[string]string{annotationNodes: "{}"}
	for name, test := range map[string]struct {
		annotations map[string]string
		kind        string
		port        uint32
		want        uint32
	}{
		"a port":               {nodes, "NodePort", 15443, 30443},
		"a port of no node":    {nodes, "NodePort", 443, 0},
		"an unknown port":      {nodes, "NodePort", 80, 0},
		"no nodes":             {nil, "NodePort", 15443, 0},
		"a Service of no port": {nodes, "LoadBalancer", 15443, 0},
	} {
		t.Run(name, func(t *testing.T) {
			spec := config.ServiceSpec{Ports: []config.ServicePort{{Port: 443}, {Port: 15443, NodePort: 30443}}}
			o := &config.Object{Kind: "Service", Meta: config.Meta{Annotations: test.annotations}, Spec: &config.Service{Spec: spec}}
			if got := nodePort(&Service{Object: o, Type: test.kind}, test.port); got != test.want {
				t.Errorf("%d, want %d", got, test.want)
			}
		})
	}
}
