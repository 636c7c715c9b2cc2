package compile

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"sem.example/internal/compile/compiletest"
	"sem.example/internal/mesh"
)

// TestInterception asks for the listeners of Pods whose annotation says how connections reach the proxy.
func TestInterception(t *testing.T) {
	const document = "-- mesh.yaml --\napiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: app}\n" +
		"spec: {clusterIP: 10.96.0.1, selector: {app: web}, ports: [{name: http, port: 80, targetPort: 8080}, {name: tcp, port: 9000}]}\n" +
		"---\napiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: app, labels: {app: web}, annotations: {sidecar.istio.io/interceptionMode: MODE}}\n" +
		"status: {phase: Running, podIP: 10.0.0.1, conditions: [{type: Ready, status: 'True'}]}\n"
	for mode, want := range map[string][]string{
		"REDIRECT": {"0.0.0.0_80", "10.96.0.1_9000", "virtualInbound: original_dst tls_inspector http_inspector", "virtualOutbound:"},
		"TPROXY":   {"0.0.0.0_80", "10.96.0.1_9000", "virtualInbound: transparent original_dst original_src tls_inspector http_inspector", "virtualOutbound: transparent"},
		"NONE":     {"127.0.0.1_80", "127.0.0.1_9000"},
	} {
		m := compiletest.Mesh(t, txtar.Parse([]byte(strings.ReplaceAll(document, "MODE", mode))))
		proxy, _ := m.Proxy(mesh.Proxy{Type: mesh.Sidecar, Namespace: "app", Name: "web"})
		var got []string
		for _, l := range New(m.View(proxy)).Snapshot().Listeners {
			line := l.Name
			if strings.HasPrefix(line, "virtual") {
				line += ":"
				if l.GetTransparent().GetValue() {
					line += " transparent"
				}
				for _, f := range l.GetListenerFilters() {
					line += " " + strings.TrimPrefix(f.GetName(), "envoy.filters.listener.")
				}
			}
			got = append(got, line)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", mode, diff)
		}
	}
}
