package compile

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	meshconfig "istio.io/api/mesh/v1alpha1"

	"sem.example/internal/compile/compiletest"
	"sem.example/internal/mesh"
)

// settingsWithoutEffect are the fields of MeshConfig that change none of the resources, by why they do not.
var settingsWithoutEffect = map[string][]string{
	"it only logs, traces or counts": {
		"enableTracing", "accessLogFile", "accessLogFormat", "accessLogEncoding", "enableEnvoyAccessLogService", "disableEnvoyListenerLog",
		"inboundClusterStatName", "outboundClusterStatName", "enablePrometheusMerge", "defaultProviders",
	},
	"it is for ambient mode":                {"hboneIdleTimeout", "serviceScopeConfigs"},
	"it is for those who sign certificates": {"ca", "certificates"},
}

// TestSettings requires of every field of MeshConfig that the code asks for it, that NotModelled names it, or that it
// is listed above.
func TestSettings(t *testing.T) {
	used := strings.Builder{}
	for _, folder := range []string{".", "./*", "../mesh", "../mesh/*", "../config"} {
		files, _ := filepath.Glob(filepath.Join(folder, "*.go"))
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") || strings.HasSuffix(file, "config/meshconfig.go") {
				continue
			}
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			used.Write(text)
		}
	}
	var listed []string
	for _, fields := range settingsWithoutEffect {
		listed = append(listed, fields...)
	}
	for _, u := range untranslatedSettings {
		listed = append(listed, u.field)
	}
	fields := (&meshconfig.MeshConfig{}).ProtoReflect().Descriptor().Fields()
	for i := range fields.Len() {
		name := fields.Get(i).JSONName()
		asked := regexp.MustCompile(`(?i)(\.Get|config(\(\))?\.)` + name + `\b`).MatchString(used.String())
		switch stated := slices.Contains(listed, name); {
		case asked && stated:
			t.Errorf("MeshConfig %s is in use, and listed as without effect or not modelled", name)
		case !asked && !stated:
			t.Errorf("MeshConfig %s is neither in use nor listed", name)
		}
	}
}

// TestUntranslatedSettings requires the answer to name such settings with their place.
func TestUntranslatedSettings(t *testing.T) {
	ar := txtar.Parse([]byte("-- mesh.yaml --\n-- settings.yaml --\ntrustDomain: td\nverifyCertificateAtClient: true\n"))
	got := New(compiletest.Mesh(t, ar).View(mesh.Proxy{Type: mesh.Sidecar, Namespace: "app"})).NotModelled()
	if len(got) != 1 || got[0].What != "MeshConfig verifyCertificateAtClient" || got[0].Origin.Doc.At(got[0].Origin.Field).Line != 2 {
		t.Errorf("got %v", got)
	}
}
