package schema_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"sem.example/schema"
)

func TestExplain(t *testing.T) {
	tests := []struct {
		path string
		want schema.Field
	}{{
		path: "serviceentry.spec.resolution",
		want: schema.Field{
			Path: "ServiceEntry.spec.resolution", Name: "resolution", Type: "string", Default: "NONE",
			Values: []string{"NONE", "STATIC", "DNS", "DNS_ROUND_ROBIN", "DYNAMIC_DNS"},
		},
	}, {
		path: "VS.spec.http[0].timeout",
		want: schema.Field{
			Path: "VirtualService.spec.http.timeout", Name: "timeout", Type: "string", Default: "no limit",
			Form: "A duration of at least 1ms in whole milliseconds, such as 500ms, 1.5s or 1h30m.",
		},
	}, {
		path: "destinationrules.spec.trafficPolicy.portLevelSettings.port.number",
		want: schema.Field{Path: "DestinationRule.spec.trafficPolicy.portLevelSettings.port.number", Name: "number", Type: "integer"},
	}, {
		path: "pa.spec.portLevelMtls.8080",
		want: schema.Field{Path: "PeerAuthentication.spec.portLevelMtls.8080", Name: "8080", Type: "map"},
	}, {
		path: "se.spec.hosts",
		want: schema.Field{
			Path: "ServiceEntry.spec.hosts", Name: "hosts", Type: "list of strings", Required: true,
			Form: "A host name, whose first label may be or begin with the wildcard *, such as api.example.com or *.example.com.",
		},
	}, {
		path: "gateway.spec.servers",
		want: schema.Field{Path: "Gateway.spec.servers", Name: "servers", Type: "list of maps", Required: true},
	}}
	for _, test := range tests {
		got, err := schema.Explain(test.path)
		if err != nil {
			t.Errorf("%s: %v", test.path, err)
			continue
		}
		if got.Text == "" {
			t.Errorf("%s has no text", test.path)
		}
		if diff := cmp.Diff(test.want, got, cmpopts.IgnoreFields(schema.Field{}, "Text", "Fields")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.path, diff)
		}
	}
}

func TestExplainFields(t *testing.T) {
	f, err := schema.Explain("workloadentry.spec")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, sub := range f.Fields {
		names = append(names, sub.Name)
	}
	want := []string{"address", "ports", "labels", "network", "locality", "weight", "serviceAccount"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("fields (-want +got):\n%s", diff)
	}
}

func TestExplainUnknown(t *testing.T) {
	tests := []struct{ path, want string }{
		{"", "no field is named"},
		{"deployment", `no kind is called "deployment"`},
		{"serviceentry.spec.resolutoin", `ServiceEntry.spec has no field "resolutoin"; did you mean "resolution"?`},
		{"serviceentry.spec.location.x", "ServiceEntry.spec.location has no fields"},
	}
	for _, test := range tests {
		_, err := schema.Explain(test.path)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%q: %v, want %q", test.path, err, test.want)
		}
	}
}

// TestExplainAll holds every field of every kind to a text and a type.
func TestExplainAll(t *testing.T) {
	for _, kind := range schema.Kinds() {
		explainAll(t, kind)
	}
}

func explainAll(t *testing.T, path string) {
	t.Helper()
	f, err := schema.Explain(path)
	if err != nil {
		t.Error(err)
		return
	}
	if f.Type == "" || f.Type == "value" || f.Text == "" && f.Name != "kind" && f.Name != "metadata" {
		t.Errorf("%s: type %q, text %q", f.Path, f.Type, f.Text)
	}
	for _, sub := range f.Fields {
		explainAll(t, sub.Path)
	}
}
