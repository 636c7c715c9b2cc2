package release

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	meshconfig "istio.io/api/mesh/v1alpha1"
	networking "istio.io/api/networking/v1alpha3"
	security "istio.io/api/security/v1beta1"
	telemetry "istio.io/api/telemetry/v1alpha1"

	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
)

var update = flag.Bool("update", false, "rewrite goldens")

// TestPage compares docs/releases.md with the table.
func TestPage(t *testing.T) {
	file := filepath.Join("..", "..", "docs", "releases.md")
	if *update {
		if err := os.WriteFile(file, []byte(Page()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Page(), string(have)); diff != "" {
		t.Errorf("%s is stale: run 'make golden' (-want +have):\n%s", file, diff)
	}
}

// TestTable requires of each row an identifier, a known release and a field that the API has.
func TestTable(t *testing.T) {
	_ = []any{&meshconfig.MeshConfig{}, &networking.DestinationRule{}, &security.JWTRule{}, &telemetry.Tracing{}} // registers their fields
	seen := map[string]bool{}
	for _, c := range table {
		if c.ID == "" || seen[c.ID] || c.Text == "" {
			t.Errorf("row %q: the identifier is missing or taken, or there is no sentence", c.ID)
		}
		seen[c.ID] = true
		if !slices.Contains(names, c.Since) || c.Ignored != "" && !slices.Contains(names, c.Ignored) {
			t.Errorf("row %s: no release %q or %q", c.ID, c.Since, c.Ignored)
		}
		for _, f := range c.Fields {
			d, err := protoregistry.GlobalFiles.FindDescriptorByName(protoreflect.FullName(f))
			if _, ok := d.(protoreflect.FieldDescriptor); err != nil || !ok {
				t.Errorf("row %s: the API has no field %s", c.ID, f)
			}
		}
	}
}

func TestHas(t *testing.T) {
	tests := []struct {
		release string
		env     []string
		ask     Behaviour
		want    bool
	}{
		{"1.32", nil, InboundRetryPolicy, true},
		{"1.31", nil, InboundRetryPolicy, false},
		{"1.31.4", nil, SendUnhealthy, true},
		{"1.30", nil, SendUnhealthy, false},
		{"1.30", []string{"PILOT_AUTO_SEND_UNHEALTHY_ENDPOINTS=true"}, SendUnhealthy, true},
		{"1.32", []string{"DISABLE_TRACK_REMAINING_CB_METRICS=false"}, NoTrackRemaining, false},
		{"1.29", nil, NoTrackRemaining, true},
		{"v1.28", nil, NoTrackRemaining, false},
	}
	for _, test := range tests {
		r, err := Parse(test.release)
		if err != nil {
			t.Fatal(err)
		}
		if r, err = r.With(test.env); err != nil {
			t.Fatal(err)
		}
		if got := r.Has(test.ask); got != test.want {
			t.Errorf("%s with %v: %s is %t, want %t", test.release, test.env, test.ask, got, test.want)
		}
	}
}

func TestReads(t *testing.T) {
	const codes = "istio.networking.v1alpha3.OutlierDetection.outlier_detection_http_error_codes"
	for release, want := range map[string]Reading{"1.32": Honoured, "1.31": Ignored, "1.30": Unknown} {
		r, err := Parse(release)
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := r.Reads(codes); got != want {
			t.Errorf("%s reads the field as %d, want %d", release, got, want)
		}
	}
}

func TestRefused(t *testing.T) {
	if _, err := Parse("1.12"); err == nil {
		t.Error("1.12 is accepted")
	}
	for _, env := range []string{"PILOT_NOTHING=true", "PILOT_AUTO_SEND_UNHEALTHY_ENDPOINTS", "PILOT_AUTO_SEND_UNHEALTHY_ENDPOINTS=perhaps"} {
		if _, err := (Release{}).With([]string{env}); err == nil {
			t.Errorf("%s is accepted", env)
		}
	}
}
