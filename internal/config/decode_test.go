package config

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sem.example/internal/diag"
	"sem.example/internal/source"
)

// Every document of the reference meshes is read.
func TestReferenceMeshes(t *testing.T) {
	folder := os.Getenv("SEM_ORACLE")
	if folder == "" {
		t.Skip("SEM_ORACLE does not name the folder of the reference meshes")
	}
	meshes, _ := filepath.Glob(filepath.Join(folder, "cases", "*", "mesh.yaml"))
	if len(meshes) == 0 {
		t.Fatal("no meshes")
	}
	in, problems := source.Read(meshes, source.Options{})
	for _, d := range diag.Problems(problems) {
		t.Error(d.Message, d.At.Source().Name, d.At.Range())
	}
	objects, skipped, found := Decode(in.Documents, "default")
	if skipped > 0 || len(found) > 0 || len(objects) != len(in.Documents) {
		t.Errorf("%d documents: %d objects, %d skipped, %v", len(in.Documents), len(objects), skipped, found)
	}
}

// A value that does not fit is found where it stands, also within lists.
func TestMisfits(t *testing.T) {
	tests := map[string]struct{ text, want string }{
		"string for number":  {"apiVersion: v1\nkind: Service\nspec:\n  ports:\n  - port: 80\n  - {name: ü, port: eighty}\n", "6:21 the value must be a whole number, not a string"},
		"list for map":       {"apiVersion: v1\nkind: Service\nspec:\n  selector: [a]\n", "4:13 the value must be a map, not a list"},
		"map for string":     {"apiVersion: v1\nkind: Service\nspec: {type: {}}\n", "3:14 the value must be a string, not a map"},
		"fraction for port":  {"apiVersion: v1\nkind: Pod\nspec: {containers: [{ports: [{containerPort: 80.5}]}]}\n", "3:46 the value must be a whole number, not 80.5"},
		"within a CronJob":   {"apiVersion: batch/v1\nkind: CronJob\nspec: {jobTemplate: {spec: {template: {spec: {nodeName: 1}}}}}\n", "3:57 the value must be a string, not a number"},
		"string for weight":  {"apiVersion: networking.istio.io/v1\nkind: VirtualService\nspec: {http: [{route: [{weight: much}]}]}\n", "3:33 \"much\" is not a number of this type"},
		"unknown enum value": {"apiVersion: networking.istio.io/v1\nkind: ServiceEntry\nspec: {resolution: dns}\n", "3:20 \"dns\" is not a value of Resolution"},
		"number for host":    {"apiVersion: networking.istio.io/v1\nkind: ServiceEntry\nspec: {hosts: [a, 1]}\n", "3:19 a string belongs here, not a number; put 1 in quotes"},
		"null for message":   {"apiVersion: networking.istio.io/v1\nkind: ServiceEntry\nspec: {ports: [null]}\n", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, _, found := Decode([]*source.Document{parse(t, test.text)}, "default")
			got := ""
			for _, d := range found {
				r := d.At.Range()
				got += fmt.Sprintf("%d:%d %s", r.Line, r.Column, d.Message)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// What is not modelled is kept, under a kind that is not one of Istio's.
func TestKinds(t *testing.T) {
	docs, _ := source.Parse(&source.File{Name: "x.yaml", Data: []byte(`
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: a}
---
apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: b, namespace: ns}
---
apiVersion: v1
kind: Namespace
metadata: {name: c, labels: {l: "1", m: 2}, creationTimestamp: "2024-01-02T03:04:05Z"}
---
apiVersion: v1
kind: Secret
metadata: {name: d}
data: {tls.crt: eA==}
stringData: {tls.key: x}
---
apiVersion: example.com/v1
kind: Gateway
---
apiVersion: networking.istio.io/v2
kind: Gateway
---
apiVersion: networking.istio.io/v1
kind: Gatway
`)})
	objects, skipped, found := Decode(docs, "default")
	var got []string
	for _, o := range objects {
		got = append(got, fmt.Sprintf("%s %s/%s %v %v %d", o.Kind, o.Namespace, o.Name, o.Spec, o.Labels, o.CreationTimestamp.Year()))
	}
	for _, d := range found {
		got = append(got, d.Check.ID+" "+d.Message)
	}
	want := []string{
		"gateway.networking.k8s.io/Gateway default/a &{{ [] [] <nil> <nil> <nil>}} map[] 1", "EnvoyFilter ns/b  map[] 1",
		"Namespace /c &{} map[l:1] 2024", `Secret default/d &{ [tls.crt tls.key] {data["tls.crt"] tls.crt is not a PEM certificate 0001-01-01 00:00:00 +0000 UTC}} map[] 1`,
		"SEM016 Gateway has no version networking.istio.io/v2", "SEM016 networking.istio.io/v1 has no kind Gatway",
	}
	if diff := cmp.Diff(want, got); diff != "" || skipped != 1 {
		t.Error(diff, skipped)
	}
}
