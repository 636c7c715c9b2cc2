package compile

import (
	"fmt"
	"net/netip"
	"os"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"sem.example/internal/compile/compiletest"
	"sem.example/internal/mesh"
)

func TestNotModelled(t *testing.T) {
	const name = "testdata/notmodelled.txtar"
	ar, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	m := compiletest.Mesh(t, ar)
	ip := []netip.Addr{netip.MustParseAddr("10.0.0.1")}
	for section, proxy := range map[string]mesh.Proxy{
		"sidecar": {Type: mesh.Sidecar, Namespace: "shop", Labels: map[string]string{"app": "web"}, IPs: ip},
		"gateway": {Type: mesh.Gateway, Namespace: "shop", Labels: map[string]string{gatewayNameLabel: "edge"}},
		"ingress": {Type: mesh.Gateway, Namespace: "istio-system", Labels: map[string]string{"istio": "ingressgateway"}},
	} {
		var out strings.Builder
		for _, n := range New(m.View(proxy)).NotModelled() {
			at := n.Origin.Doc.At(n.Origin.Field)
			fmt.Fprintf(&out, "%d %s: %s\n", at.Line, n.What, n.Reason)
		}
		compiletest.Check(t, ar, section, out.String())
	}
	if *compiletest.Update {
		if err := os.WriteFile(name, txtar.Format(ar), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
