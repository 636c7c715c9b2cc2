package compile

import (
	"go/types"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	meshconfig "istio.io/api/mesh/v1alpha1"

	"sem.example/internal/compile/compiletest"
	"sem.example/internal/mesh"
	"sem.example/internal/structure/typecheck"
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

// usedSettings are the fields of MeshConfig that the packages behind the resources of a proxy ask for, by their names in Go.
func usedSettings(t *testing.T) map[string]bool {
	packages, err := typecheck.Load(".", "./...", "../mesh/...")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]bool{}
	for _, p := range packages {
		for _, used := range p.Uses {
			switch used := used.(type) {
			case *types.Func:
				if of := used.Signature().Recv(); of != nil && strings.HasSuffix(of.Type().String(), "*"+meshConfigType) {
					out[strings.TrimPrefix(used.Name(), "Get")] = true
				}
			case *types.Var:
				if used.IsField() && isMeshConfig(used) {
					out[used.Name()] = true
				}
			}
		}
	}
	return out
}

const meshConfigType = "istio.io/api/mesh/v1alpha1.MeshConfig"

// isMeshConfig reports whether a field is one of MeshConfig.
func isMeshConfig(field *types.Var) bool {
	if field.Pkg() == nil || field.Pkg().Path() != "istio.io/api/mesh/v1alpha1" {
		return false
	}
	of, ok := field.Pkg().Scope().Lookup("MeshConfig").Type().Underlying().(*types.Struct)
	return ok && slices.Contains(slices.Collect(of.Fields()), field)
}

// TestSettings requires of every field of MeshConfig that the code asks for it, that NotModelled names it, or that it
// is listed above.
func TestSettings(t *testing.T) {
	used := usedSettings(t)
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
		asked := used[strings.ToUpper(name[:1])+name[1:]]
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
