package mesh

import (
	"net/netip"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Every question about the proxy of a recorded view is recorded, so that proxies with other answers do not share what was built.
// A proxy that differs in all that can be asked disagrees with each record.
func TestProxyReaderRecords(t *testing.T) {
	m := buildYAML(t, []byte(proxyMesh), nil)
	one := m.View(Proxy{
		Type: Sidecar, Namespace: "a", Name: "one", Labels: map[string]string{"app": "one"}, IPs: []netip.Addr{netip.MustParseAddr("10.0.0.1")},
		Locality: "eu/west", Network: "one", Node: "n1", DNSCapture: true,
		Metadata: map[string]string{"INTERCEPTION_MODE": "TPROXY", "HTTP10": "1"},
	})
	other := m.View(Proxy{Type: Sidecar, Namespace: "b", Name: "other", IPs: []netip.Addr{netip.MustParseAddr("fd00::1")}})
	arguments := map[string]reflect.Value{
		"In": reflect.ValueOf("a"), "Label": reflect.ValueOf("app"), "Selected": reflect.ValueOf(map[string]string{"app": "one"}),
		"HasFirst": reflect.ValueOf(netip.MustParseAddr("10.0.0.1")),
	}
	unrecorded := map[string]bool{"OwnNames": true}
	readers := reflect.TypeFor[ProxyReader]()
	for i := range readers.NumMethod() {
		name := readers.Method(i).Name
		t.Run(name, func(t *testing.T) {
			v := Record(one)
			before := len(ReadsOf(v).list)
			var in []reflect.Value
			if a, ok := arguments[name]; ok {
				in = append(in, a)
			}
			reflect.ValueOf(v.Proxy()).MethodByName(name).Call(in)
			list := ReadsOf(v).list[before:]
			if diff := cmp.Diff(!unrecorded[name], len(list) > 0); diff != "" {
				t.Fatalf("recorded (-want +got):\n%s", diff)
			}
			for _, a := range list {
				if a.answer(other) == a.said {
					t.Errorf("%T %v: both proxies answer %v", a.question, a.question, a.said)
				}
				if a.answer(one) != a.said {
					t.Errorf("%T %v: the answer changes from %v to %v", a.question, a.question, a.said, a.answer(one))
				}
			}
		})
	}
}
