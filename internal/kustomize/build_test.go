package kustomize

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"sem.example/internal/source"
)

func folder(files map[string]string) fstest.MapFS {
	out := fstest.MapFS{}
	for name, text := range files {
		out[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return out
}

const virtualService = "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata:\n  name: web\nspec:\n  hosts: [a.example]\n  http:\n  - name: one\n    route:\n    - destination: {host: web}\n"

// Each value of what is built is at the place that it was written at: in the resource, in a patch, or around it.
func TestPlaces(t *testing.T) {
	tree := NewTree(folder(map[string]string{
		"base/vs.yaml":            virtualService,
		"base/kustomization.yaml": "resources: [vs.yaml]\n",
		"top/patch.yaml":          "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: web}\nspec:\n  hosts: [b.example]\n  http:\n  - name: one\n    timeout: 3s\n    route:\n    - destination: {host: web}\n",
		"top/kustomization.yaml":  "namePrefix: x-\nnamespace: prod\npatches:\n- path: patch.yaml\n- target: {kind: VirtualService}\n  patch: '[{op: add, path: /spec/gateways, value: [gw]}]'\nresources: [../base]\n",
	}))
	b := tree.Plan("top").Build()
	if b.Failed || len(b.Documents) != 1 {
		t.Fatalf("%+v", b)
	}
	doc := b.Documents[0]
	have := map[string]string{}
	for _, field := range []string{"metadata.name", "metadata.namespace", "spec.hosts[0]", "spec.http[0].timeout", "spec.http[0].route[0].destination.host", "spec.gateways[0]"} {
		p := source.Place{Doc: doc, Field: field}.Position()
		have[field] = fmt.Sprintf("%s %s:%d", doc.Lookup(field).Text, p.File, p.Line)
	}
	want := map[string]string{
		"metadata.name": "x-web base/vs.yaml:4", "metadata.namespace": "prod base/vs.yaml:3", "spec.hosts[0]": "b.example top/patch.yaml:5",
		"spec.http[0].timeout": "3s top/patch.yaml:8", "spec.http[0].route[0].destination.host": "web top/patch.yaml:10", "spec.gateways[0]": "gw base/vs.yaml:5",
	}
	if diff := cmp.Diff(want, have); diff != "" {
		t.Error(diff)
	}
	if doc.Lookup("metadata.annotations") != nil {
		t.Error("the marks are left in what was built")
	}
}

// Whatever a kustomization names is a copy of a file of the tree by the time the library sees it, or it is left out.
func TestNothingBeyondTheTree(t *testing.T) {
	vs := map[string]string{"vs.yaml": virtualService}
	tests := map[string]struct{ kustomization, want string }{
		"remote base":           {"resources: [vs.yaml, 'https://example.com/org/repo//base?ref=v1']", "are not fetched"},
		"remote base of GitHub": {"resources: [vs.yaml, github.com/org/repo/base]", "are not fetched"},
		"remote by ssh":         {"resources: [vs.yaml, 'git@example.com:org/repo.git']", "are not fetched"},
		"remote component":      {"resources: [vs.yaml]\ncomponents: ['https://example.com/org/repo']", "are not fetched"},
		"remote patch":          {"resources: [vs.yaml]\npatches: [{path: 'https://example.com/p.yaml'}]", "there is no such file"},
		"remote old patch":      {"resources: [vs.yaml]\npatchesStrategicMerge: ['https://example.com/p.yaml']", "there is no such file"},
		"remote generator":      {"resources: [vs.yaml]\nconfigMapGenerator: [{name: a, files: ['x=https://example.com/p']}]", "taken as empty"},
		"remote configuration":  {"resources: [vs.yaml]\nconfigurations: ['https://example.com/p']", "there is no such file"},
		"remote replacement":    {"resources: [vs.yaml]\nreplacements: [{path: 'https://example.com/p'}]", "there is no such file"},
		"remote schema":         {"resources: [vs.yaml]\nopenapi: {path: 'https://example.com/p'}", "a schema is not read"},
		"key in other letters":  {"Resources: [vs.yaml, 'https://example.com/org/repo']", "are not fetched"},
		"key twice":             {"resources: [vs.yaml]\nResources: ['https://example.com/org/repo']", `"resources" is set twice`},
		"unknown key":           {"resource: [vs.yaml]", `no field "resource"`},
		"item in other letters": {"resources: [vs.yaml]\npatches: [{Path: 'https://example.com/p.yaml'}]", "no field Path"},
		"absolute path":         {"resources: [/etc/passwd]", "not a relative path"},
		"folder above":          {"resources: [../x.yaml]", "leads out of the folder"},
		"generator above":       {"configMapGenerator: [{name: a, files: [../../etc/passwd]}]", "leads out of the folder"},
		"chart":                 {"resources: [vs.yaml]\nhelmCharts: [{name: a, repo: 'https://example.com'}]", "not rendered"},
		"plugin":                {"resources: [vs.yaml]\ngenerators: ['./run.yaml']", "plugins are not run"},
		"circle":                {"resources: [.]", "cycle detected"},
		"bomb in a patch":       {"resources: [vs.yaml]\npatches:\n- patch: |\n    a: &a [x,x,x,x,x,x,x,x,x,x]\n    b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\n    c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\n    d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\n    e: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\n    f: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e,*e]\n", "the patch:"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			files := folder(vs)
			files["kustomization.yaml"] = &fstest.MapFile{Data: []byte(test.kustomization)}
			b := NewTree(files).Plan(".").Build()
			for _, p := range b.Problems {
				if strings.Contains(p.Message, test.want) {
					return
				}
			}
			t.Errorf("%+v, want %q", b.Problems, test.want)
		})
	}
}

// What is used twice at every level is as much as it comes to, not as it is written.
func TestBounds(t *testing.T) {
	for want, base := range map[string]string{
		"the build has more than 20000 resources":        strings.Repeat(virtualService+"\n---\n", 100),
		"the build uses more than 1000 kustomizations, ": "# nothing\n",
	} {
		files := map[string]string{"k0/base.yaml": base, "k0/kustomization.yaml": "resources: [base.yaml]"}
		for i := 1; i < 25; i++ {
			for _, side := range []string{"a", "b"} {
				below := []string{fmt.Sprintf("../k%da", i-1), fmt.Sprintf("../k%db", i-1)}
				if i == 1 {
					below = []string{"../k0"}
				}
				files[fmt.Sprintf("k%d%s/kustomization.yaml", i, side)] = fmt.Sprintf("namePrefix: %s-\nresources: [%s]", side, strings.Join(below, ", "))
			}
		}
		b := NewTree(folder(files)).Plan("k24a").Build()
		if !b.Failed || !strings.Contains(b.Problems[0].Message, want) {
			t.Errorf("%+v, want %q", b.Problems, want)
		}
	}
}

// What is left out leaves out its patches, and the rest is built.
func TestPatchOfWhatIsLeftOut(t *testing.T) {
	const base = "https://example.com/org/repo//base?ref=v1"
	patch := strings.Replace(virtualService, "name: web", "name: other", 1)
	tests := map[string]struct {
		kustomization string
		failed        bool
	}{
		"remote base, patch in a file": {"resources: [vs.yaml, '" + base + "']\npatches: [{path: patch.yaml}]", false},
		"remote base, inline patch":    {"resources: [vs.yaml, '" + base + "']\npatchesStrategicMerge:\n- |\n  " + strings.ReplaceAll(patch, "\n", "\n  "), false},
		"whole":                        {"resources: [vs.yaml]\npatches: [{path: patch.yaml}]", true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			b := NewTree(folder(map[string]string{"vs.yaml": virtualService, "patch.yaml": patch, "kustomization.yaml": test.kustomization})).Plan(".").Build()
			if b.Failed != test.failed || !b.Failed && len(b.Documents) != 1 {
				t.Errorf("%+v", b)
			}
		})
	}
}

// The schemas of custom types are left out, unless a patch is about one.
func TestSchemasOfTypes(t *testing.T) {
	const definition = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: a.example.com}\nspec:\n  group: example.com\n  versions:\n  - name: v1\n    schema: {openAPIV3Schema: {type: object}}\n"
	const patch = "\npatches: [{target: {kind: CustomResourceDefinition}, patch: '[{op: replace, path: /spec/versions/0/schema/openAPIV3Schema/type, value: array}]'}]"
	for kustomization, want := range map[string]string{"resources: [crd.yaml]": "", "resources: [crd.yaml]" + patch: "array"} {
		b := NewTree(folder(map[string]string{"crd.yaml": definition, "kustomization.yaml": kustomization})).Plan(".").Build()
		if b.Failed {
			t.Fatalf("%+v", b.Problems)
		}
		if have := b.Documents[0].Tree().Get("spec").Get("versions").Items[0].Get("schema").Get("openAPIV3Schema").StringAt("type"); have != want {
			t.Errorf("%s: the schema has the type %q, want %q", kustomization, have, want)
		}
	}
}
