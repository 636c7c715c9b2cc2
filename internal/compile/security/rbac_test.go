package security

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	rbacv3 "github.com/envoyproxy/go-control-plane/envoy/config/rbac/v3"
	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"google.golang.org/protobuf/encoding/protojson"
	security "istio.io/api/security/v1beta1"
	"sem.example/internal/compile/compiletest"
	"sigs.k8s.io/yaml"
)

// TestRuleset translates the rule of each archive for the action of its name, as a rule about requests and as one
// about connections.
func TestRuleset(t *testing.T) {
	files, err := filepath.Glob("testdata/rbac/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no archives", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			ar, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			rule := &security.Rule{}
			if err := protojson.Unmarshal(compiletest.JSON(t, compiletest.Section(ar, "rule.yaml")), rule); err != nil {
				t.Fatal(err)
			}
			for _, tcp := range []bool{false, true} {
				r := ruleset{domains: trustDomains{"cluster.local"}, tcp: tcp, action: rbacv3.RBAC_ALLOW}
				if strings.HasPrefix(filepath.Base(file), "deny") {
					r.action = rbacv3.RBAC_DENY
				}
				name := map[bool]string{false: "requests.yaml", true: "connections.yaml"}[tcp]
				compiletest.Check(t, ar, name, printDraft(t, r.translate(rule, "ns", "spec.rules[0]")))
			}
			if *compiletest.Update {
				if err := os.WriteFile(file, txtar.Format(ar), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

func printDraft(t *testing.T, d translatedRule) string {
	var b strings.Builder
	for _, l := range d.lost {
		b.WriteString("# " + l.field + ": " + l.why + "\n")
	}
	if d.policy == nil {
		return b.String()
	}
	raw, err := protojson.Marshal(d.policy)
	if err != nil {
		t.Fatal(err)
	}
	text, err := yaml.JSONToYAML(raw)
	if err != nil {
		t.Fatal(err)
	}
	return b.String() + string(text)
}

func TestNestedNames(t *testing.T) {
	for _, tt := range []struct {
		key  string
		want []string
		ok   bool
	}{
		{"request.auth.claims[a]", []string{"a"}, true},
		{"request.auth.claims[a][b]", []string{"a", "b"}, true},
		{"request.auth.claims[a[b]]", []string{"a[b]"}, true},
		{"request.auth.claims.a", nil, false},
	} {
		got, err := nested(tt.key, "request.auth.claims")
		if (err == nil) != tt.ok {
			t.Errorf("%s: %v", tt.key, err)
		}
		if diff := cmp.Diff(tt.want, got); tt.ok && diff != "" {
			t.Errorf("%s: %s", tt.key, diff)
		}
	}
}
