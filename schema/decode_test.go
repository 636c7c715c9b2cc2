package schema

import (
	"testing"

	networking "istio.io/api/networking/v1alpha3"
	security "istio.io/api/security/v1beta1"

	"sem.example/internal/source"
)

// decoders decode the spec of each kind with the decoder that istiod uses.
var decoders = map[string]interface{ UnmarshalJSON([]byte) error }{
	"AuthorizationPolicy": &security.AuthorizationPolicy{}, "PeerAuthentication": &security.PeerAuthentication{},
	"RequestAuthentication": &security.RequestAuthentication{}, "DestinationRule": &networking.DestinationRule{},
	"Gateway": &networking.Gateway{}, "ServiceEntry": &networking.ServiceEntry{}, "Sidecar": &networking.Sidecar{},
	"VirtualService": &networking.VirtualService{}, "WorkloadEntry": &networking.WorkloadEntry{}, "WorkloadGroup": &networking.WorkloadGroup{},
}

// FuzzDecode holds the schema against the decoder: what the schema accepts, the decoder must be able to read.
func FuzzDecode(f *testing.F) {
	for _, c := range Checks() {
		f.Add([]byte(c.Right))
		f.Add([]byte(c.Wrong))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		docs, _ := source.Parse(&source.File{Name: "fuzz.yaml", Data: text})
		for _, doc := range docs {
			to := decoders[Definition(doc)]
			spec := doc.Root.Get("spec")
			if to == nil || spec == nil || len(Check(doc)) > 0 {
				continue
			}
			if err := to.UnmarshalJSON(spec.AppendJSON(nil)); err != nil {
				t.Errorf("the schema accepts a %s that cannot be decoded: %v\n%s", doc.Kind, err, spec.AppendJSON(nil))
			}
		}
	})
}
