package clustername

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Every form is taken apart, and put together again as it was.
func TestName(t *testing.T) {
	tests := map[string]Name{
		"outbound|80||reviews.default.svc.cluster.local":      Outbound(80, "", "reviews.default.svc.cluster.local"),
		"outbound|80|v1|reviews.default.svc.cluster.local":    Outbound(80, "v1", "reviews.default.svc.cluster.local"),
		"outbound|443||*.example.com":                         Outbound(443, "", "*.example.com"),
		"outbound_.80_._.reviews.default.svc.cluster.local":   {Direction: "outbound", Port: 80, Host: "reviews.default.svc.cluster.local", SNI: true},
		"outbound_.80_.v1_.reviews.default.svc.cluster.local": {Direction: "outbound", Port: 80, Subset: "v1", Host: "reviews.default.svc.cluster.local", SNI: true},
		"inbound|8080||":          Inbound(8080),
		"inbound-vip|80|http|web": {Direction: "inbound-vip", Port: 80, Subset: "http", Host: "web"},
	}
	for name, want := range tests {
		got, ok := Parse(name)
		if diff := cmp.Diff(want, got); diff != "" || !ok {
			t.Errorf("%s: %v %s", name, ok, diff)
		}
		if got.String() != name {
			t.Errorf("%s is written as %s", name, got)
		}
	}
	if got := Outbound(80, "v1", "web").ServerName(); got != "outbound_.80_.v1_.web" {
		t.Error(got)
	}
}

func TestNameWithoutParts(t *testing.T) {
	for _, name := range []string{"", "PassthroughCluster", "BlackHoleCluster", "www.example.com", "outbound|80|v1", "outbound|x||web", "outbound|65536||web", "outbound_.80_.web", "outbound|||web"} {
		if got, ok := Parse(name); ok {
			t.Errorf("%q is taken for %+v", name, got)
		}
	}
}
