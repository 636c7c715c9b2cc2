package config

import (
	"strings"
	"testing"

	"sem.example/internal/source"
)

func TestUnusableParameter(t *testing.T) {
	for data, want := range map[string]string{
		`{deployment: "spec: {replicas: 3}"}`:         "",
		`{deployment: "null", service: ""}`:           "",
		`{deployment: "spec: {replicas: 3}", hpa: x}`: "does not know the key hpa",
		`{service: "a: ["}`:                           "under the key service",
		`{deployment: "- a"}`:                         "under the key deployment",
		`{deployment: "5"}`:                           "under the key deployment",
	} {
		docs, _ := source.Parse(&source.File{Name: "a.yaml", Data: []byte("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: " + data + "\n")})
		objects, _, _ := Decode(docs, "default")
		if _, why := UnusableParameter(objects[0]); want == "" && why != "" || !strings.Contains(why, want) {
			t.Errorf("%s: %q, want %q", data, why, want)
		}
	}
}

func TestOverlay(t *testing.T) {
	for data, want := range map[string]bool{
		`{service: "spec: {type: ClusterIP}"}`: true,
		`{deployment: "spec: 5"}`:              true, // of another key
		`{service: "spec: 5"}`:                 false,
		`{service: "- a"}`:                     false,
	} {
		docs, _ := source.Parse(&source.File{Name: "a.yaml", Data: []byte("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: " + data + "\n")})
		objects, _, _ := Decode(docs, "default")
		var over struct{ Spec *ServiceSpec }
		if fits := Overlay(objects[0], "service", &over); fits != want {
			t.Errorf("%s: fits: %t, want %t", data, fits, want)
		}
	}
}
