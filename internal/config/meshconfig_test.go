package config

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	meshconfig "istio.io/api/mesh/v1alpha1"

	"sem.example/internal/source"
)

// The settings are the same whatever holds them, and their places are those of the file.
func TestReadMeshConfig(t *testing.T) {
	tests := map[string]struct {
		text, place string // of rootNamespace
	}{
		"bare":     {"trustDomain: td\nrootNamespace: root\ndefaultConfig: {concurrency: 3}\n", "2:16"},
		"operator": {"apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nspec:\n  meshConfig:\n    trustDomain: td\n    rootNamespace: root\n    defaultConfig: {concurrency: 3}\n", "6:20"},
		"values":   {"pilot: {}\nmeshConfig:\n  trustDomain: td\n  rootNamespace: root\n  defaultConfig: {concurrency: 3}\n", "4:18"},
		"literal":  {"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: istio}\ndata:\n  mesh: |-\n    trustDomain: td\n    defaultConfig:\n      concurrency: 3\n    rootNamespace: root\n", "9:20"},
		"quoted":   {"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: istio}\ndata:\n  mesh: \"trustDomain: td\\nrootNamespace: root\\ndefaultConfig: {concurrency: 3}\"\n", "5:9"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			o, found := ReadMeshConfig(parse(t, test.text))
			if len(found) > 0 {
				t.Fatal(found)
			}
			c := Spec[*meshconfig.MeshConfig](o)
			at := o.Doc.At("rootNamespace")
			got := []any{c.TrustDomain, c.RootNamespace, c.DefaultConfig.Concurrency.GetValue(), c.DefaultConfig.StatusPort, c.ProxyListenPort, fmt.Sprintf("%d:%d", at.Line, at.Column)}
			want := []any{"td", "root", int32(3), int32(15020), int32(15001), test.place}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestMeshConfigMistakes(t *testing.T) {
	o, found := ReadMeshConfig(parse(t, "connectTimeout: fast\naccessLogFormat: x\nrootNamspace: x\nextensionProviders:\n- {name: envoy, zipkin: {service: z, port: 1}}\n- {name: mine}\n"))
	var got []string
	for _, d := range found {
		r := d.At.Range()
		got = append(got, fmt.Sprintf("%d:%d %s %s", r.Line, r.Column, d.Check.ID, d.Message))
	}
	for _, p := range Spec[*meshconfig.MeshConfig](o).ExtensionProviders {
		got = append(got, p.Name)
	}
	want := []string{
		`1:17 SEM017 "fast" is not a duration; write a number with a unit, such as 5s or 250ms`,
		`3:1 SEM019 MeshConfig has no field rootNamspace`,
		"prometheus", "stackdriver", "envoy", "mine",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func parse(t *testing.T, text string) *source.Document {
	t.Helper()
	docs, problems := source.Parse(&source.File{Name: "test.yaml", Data: []byte(text)})
	if len(docs) != 1 || len(problems) > 0 {
		t.Fatal(len(docs), problems)
	}
	return docs[0]
}

func TestReadMeshNetworks(t *testing.T) {
	for name, text := range map[string]string{
		"bare":      "networks:\n  one:\n    gateways: [{address: 1.1.1.1, port: 15443}]\n",
		"configmap": "apiVersion: v1\nkind: ConfigMap\ndata:\n  meshNetworks: 'networks: {one: {gateways: [{address: 1.1.1.1, port: 15443}]}}'\n",
		"values":    "global: {meshNetworks: {one: {gateways: [{address: 1.1.1.1, port: 15443}]}}}\n",
	} {
		networks, found := ReadMeshNetworks(parse(t, text))
		if len(found) > 0 || networks.GetNetworks()["one"].GetGateways()[0].GetPort() != 15443 {
			t.Errorf("%s: %v %v", name, networks, found)
		}
	}
	if networks, _ := ReadMeshNetworks(parse(t, "trustDomain: x")); networks != nil {
		t.Error(networks)
	}
}
