package schema

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	networking "istio.io/api/networking/v1alpha3"
	security "istio.io/api/security/v1beta1"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"sem.example/internal/source"
)

var messages = map[string]proto.Message{
	"AuthorizationPolicy":   &security.AuthorizationPolicy{},
	"DestinationRule":       &networking.DestinationRule{},
	"Gateway":               &networking.Gateway{},
	"PeerAuthentication":    &security.PeerAuthentication{},
	"RequestAuthentication": &security.RequestAuthentication{},
	"ServiceEntry":          &networking.ServiceEntry{},
	"Sidecar":               &networking.Sidecar{},
	"VirtualService":        &networking.VirtualService{},
	"WorkloadEntry":         &networking.WorkloadEntry{},
	"WorkloadGroup":         &networking.WorkloadGroup{},
}

// formerNames are fields that the API server knows by their former name, too.
var formerNames = map[string]bool{"mirror_percent": true, "jwks_uri": true}

// TestFields holds the schema to the fields of the API: each of them, and no other.
func TestFields(t *testing.T) {
	for _, kind := range Kinds() {
		if !strings.HasSuffix(groupOf(kind), istioGroups) {
			continue // its fields are compared with the CRDs, by the verdicts
		}
		t.Run(kind, func(t *testing.T) {
			if messages[kind] == nil {
				t.Fatal("no message is known for this kind")
			}
			spec := fieldOf(named{define("#" + kind)}, "spec")
			compareFields(t, "spec", spec, messages[kind].ProtoReflect().Descriptor())
		})
	}
}

func compareFields(t *testing.T, path string, term term, m protoreflect.MessageDescriptor) {
	t.Helper()
	s := structural(term)
	if s == nil {
		t.Fatalf("%s: the schema has no struct for %s", path, m.FullName())
	}
	var want, got []string
	for i := range m.Fields().Len() {
		want = append(want, m.Fields().Get(i).JSONName())
	}
	for _, f := range s.fields {
		if f.text == "" {
			t.Errorf("%s has no comment", source.Join(path, f.name))
		}
		if !formerNames[f.name] {
			got = append(got, f.name)
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("fields of %s (-API +schema):\n%s", path, diff)
	}
	for i := range m.Fields().Len() {
		compareField(t, path, s, m.Fields().Get(i))
	}
}

// compareField descends into fields that hold messages.
func compareField(t *testing.T, path string, s *structure, f protoreflect.FieldDescriptor) {
	t.Helper()
	path = source.Join(path, f.JSONName())
	inner := fieldOf(s, f.JSONName())
	switch {
	case f.IsMap():
		if f.MapValue().Message() != nil {
			compareFields(t, path+"[]", structural(inner).patterns[0].value, f.MapValue().Message())
		}
	case f.Message() == nil || f.Message().ParentFile().Package() == "google.protobuf":
	case f.IsList():
		compareFields(t, path+"[]", itemOf(inner), f.Message())
	default:
		compareFields(t, path, inner, f.Message())
	}
}
