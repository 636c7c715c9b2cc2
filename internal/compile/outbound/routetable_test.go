package outbound

import (
	"testing"
)

func TestParseTable(t *testing.T) {
	for name, want := range map[string]tableKey{
		"80": {80, ""}, "a.example:8080": {8080, "a.example"}, "http_proxy": {}, "unix:///var/run/x.sock": {},
	} {
		if got, ok := parseTable(name); !ok || got != want {
			t.Errorf("%s: %v %v, want %v", name, got, ok, want)
		}
	}
	for _, name := range []string{"", "x", "a:b", "99999", "a:99999", "http.80"} {
		if got, ok := parseTable(name); ok {
			t.Errorf("%q is read as %v", name, got)
		}
	}
}
