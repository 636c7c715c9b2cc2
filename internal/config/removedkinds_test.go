package config

import (
	"strings"
	"testing"

	"sem.example/internal/source"
)

func TestRemovedKinds(t *testing.T) {
	for document, want := range map[string]string{
		"apiVersion: config.istio.io/v1alpha2\nkind: handler\nmetadata: {name: a}\n":            "use AuthorizationPolicy to deny requests",
		"apiVersion: config.istio.io/v1alpha2\nkind: RouteRule\nmetadata: {name: a}\n":          "use VirtualService",
		"apiVersion: authentication.istio.io/v1alpha1\nkind: Policy\nmetadata: {name: a}\n":     "use PeerAuthentication",
		"apiVersion: rbac.istio.io/v1alpha1\nkind: ServiceRoleBinding\nmetadata: {name: a}\n":   "use AuthorizationPolicy",
		"apiVersion: networking.istio.io/v1\nkind: VirtualServices\nmetadata: {name: a}\n":      "orrect the spelling",
		"apiVersion: networking.istio.io/v1alpha2\nkind: VirtualService\nmetadata: {name: a}\n": "use one of the versions",
	} {
		docs, _ := source.Parse(&source.File{Name: "a.yaml", Data: []byte(document)})
		_, _, found := Decode(docs, "default")
		if len(found) != 1 || !strings.Contains(found[0].Advice(), want) {
			t.Errorf("%s%v, want %q", document, found, want)
		}
	}
}
