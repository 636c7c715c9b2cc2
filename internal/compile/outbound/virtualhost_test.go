package outbound

import (
	"fmt"
	"testing"

	"sem.example/internal/mesh"
)

func TestShortForms(t *testing.T) {
	m, _ := mesh.Build(nil, mesh.Settings{Domain: "cluster.local"})
	view := m.View(mesh.Proxy{Type: mesh.Sidecar, Namespace: "web"})
	for host, want := range map[string]string{
		"a.web.svc.cluster.local":  "[a.web.svc.cluster.local. a a.web.svc a.web]",
		"a.bank.svc.cluster.local": "[a.bank.svc.cluster.local. a.bank a.bank.svc]",
		"svc.cluster.local":        "[svc.cluster.local.]",
		"www.example":              "[www.example.]",
		"*.example":                "[*.example.]",
		"10.0.0.1":                 "[]",
	} {
		if got := fmt.Sprint(shortForms(view, host)); got != want {
			t.Errorf("%s: %s, want %s", host, got, want)
		}
	}
}
