package pipeline

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sem.example/internal/diag"
	"sem.example/internal/source"
)

const service = "apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop}\nspec: {ports: [{name: http, port: 80}]}\n"

const entry = "apiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: {name: api}\nspec:\n  hosts: [api.example.com]\n  ports: [{number: 443, name: tls, protocol: TLS}]\n  resolution: DNS\n"

func TestLoad(t *testing.T) {
	tests := map[string]struct {
		archive string
		change  func(*Options)
		objects []string
		found   []string
		skipped int
		root    string // the root namespace of the mesh
	}{
		"files of a folder": {
			archive: "-- a.yaml --\n" + service + "-- sub/b.yaml --\n" + entry,
			objects: []string{"Service shop/web", "ServiceEntry default/api"},
		},
		"a namespace for documents without one": {
			archive: "-- b.yaml --\n" + entry,
			change:  func(o *Options) { o.Namespace = "edge" },
			objects: []string{"ServiceEntry edge/api"},
		},
		"documents of others are counted": {
			archive: "-- a.yaml --\napiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: x}\n---\n" + service,
			objects: []string{"Service shop/web"},
			skipped: 1,
		},
		"a file that is not YAML is a finding": {
			archive: "-- a.yaml --\na: [\n-- b.yaml --\n" + service,
			objects: []string{"Service shop/web"},
			found:   []string{"SEM004 a.yaml:1"},
		},
		"settings of the mesh in the input": {
			archive: "-- a.yaml --\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: istio, namespace: istio-system}\ndata:\n  mesh: |\n    rootNamespace: control\n",
			objects: []string{"ConfigMap istio-system/istio"},
			root:    "control",
		},
		"settings of the mesh in a file": {
			archive: "-- a.yaml --\n" + service + "-- mesh/config.yaml --\nrootNamespace: control\n",
			change:  func(o *Options) { o.Paths, o.MeshConfig = []string{"a.yaml"}, "mesh/config.yaml" },
			objects: []string{"Service shop/web"},
			root:    "control",
		},
		"patches of a kustomization are not resources": {
			archive: "-- a.yaml --\n" + service + "-- patch.yaml --\n" + service + "-- kustomization.yaml --\npatches: [{path: patch.yaml}]\n",
			objects: []string{"Service shop/web"},
			found:   []string{"SEM346 patch.yaml:3"},
			skipped: 2,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			opts := input(test.archive)
			if test.change != nil {
				test.change(&opts)
			}
			w := loaded(t, opts)
			if diff := cmp.Diff(test.objects, names(w.Objects)); diff != "" {
				t.Errorf("objects (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.found, places(w.Found)); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
			if w.Skipped != test.skipped {
				t.Errorf("%d documents are skipped, want %d", w.Skipped, test.skipped)
			}
			if root := w.Mesh.Settings.Config.GetRootNamespace(); test.root != "" && root != test.root {
				t.Errorf("the root namespace is %q, want %q", root, test.root)
			}
		})
	}
}

// What the file system refuses of the arguments is an error: the question is wrong.
func TestLoadErrors(t *testing.T) {
	tests := map[string]struct {
		change func(*Options)
		want   string
	}{
		"a file that is not there":          {func(o *Options) { o.Paths = []string{"none.yaml"} }, "none.yaml"},
		"settings that are not there":       {func(o *Options) { o.MeshConfig = "none.yaml" }, "none.yaml"},
		"settings without a document of it": {func(o *Options) { o.MeshConfig = "empty.yaml" }, "empty.yaml holds no settings of a mesh"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			opts := input("-- a.yaml --\n" + service + "-- empty.yaml --\n\n")
			test.change(&opts)
			if _, err := Load(opts); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want an error that names %q", err, test.want)
			}
		})
	}
}

// A world can be built again without some documents, and the first one stays as it is.
func TestWithout(t *testing.T) {
	w := loaded(t, input("-- a.yaml --\n"+service+"---\n"+entry))
	less, err := w.Without(map[*source.Document]bool{w.Input.Documents[0]: true})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"ServiceEntry default/api"}, names(less.Objects)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if len(less.Mesh.ServicesOf("web.shop.svc.cluster.local")) != 0 || len(w.Mesh.ServicesOf("web.shop.svc.cluster.local")) != 1 {
		t.Error("the Service is still in the mesh, or gone from the first one")
	}
	again, err := less.Without(map[*source.Document]bool{w.Input.Documents[1]: true})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"Service shop/web"}, names(again.Objects)); diff != "" {
		t.Errorf("without the other one (-want +got):\n%s", diff)
	}
}

// Admission rejects what the schema does, and what checks in Go do.
func TestAdmitted(t *testing.T) {
	for name, test := range map[string]struct {
		entry string
		want  []string
		line  int
	}{
		"by the schema": {strings.Replace(entry, "number: 443", "number: 70000", 1), []string{"Service shop/web"}, 11},
		"by a check": {
			strings.Replace(entry, "protocol: TLS}", "protocol: TLS}, {number: 444, name: tls, protocol: TLS}", 1), []string{"Service shop/web"}, 11,
		},
	} {
		t.Run(name, func(t *testing.T) {
			admitted, found, err := loaded(t, input("-- a.yaml --\n"+service+"---\n"+test.entry)).Admitted()
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, names(admitted.Objects)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if len(found) != 1 || found[0].At.Position().Line != test.line {
				t.Errorf("the reason is at %v", places(found))
			}
		})
	}
	whole := loaded(t, input("-- a.yaml --\n"+service+"---\n"+entry))
	if same, found, err := whole.Admitted(); err != nil || same != whole || len(found) > 0 {
		t.Errorf("a valid input is built again: %v, %v", places(found), err)
	}
}

// Of the findings about a document the first one for which admission rejects it counts.
func TestRejections(t *testing.T) {
	a, b, c := &source.Document{}, &source.Document{}, &source.Document{}
	finding := func(doc *source.Document, level diag.Admission, message string) diag.Diagnostic {
		return diag.Diagnostic{Check: diag.NewerThanRelease, Admission: level, At: source.Place{Doc: doc}, Message: message}
	}
	var got []string
	for _, d := range Rejections(diag.List{
		finding(a, diag.Warned, "a warned"), finding(a, diag.Rejected, "a first"), finding(b, "", "b"), finding(a, diag.Rejected, "a second"),
		finding(c, diag.Rejected, "c"), finding(nil, diag.Rejected, "no document"),
	}) {
		got = append(got, d.Message)
	}
	if diff := cmp.Diff([]string{"a first", "c"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestRead(t *testing.T) {
	opts := input("-- a.yaml --\n" + service + "---\nkind: VirtualService\napiVersion: networking.istio.io/v1\nmetadata: {name: v, namespace: shop}\nspec: {hosts: 3}\n-- b.yaml --\na: [\n")
	plain, err := Read(opts)
	if err != nil {
		t.Fatal(err)
	}
	shaped, err := ReadShaped(opts)
	if err != nil {
		t.Fatal(err)
	}
	if plain.Files != 2 || plain.Documents != 2 {
		t.Errorf("%d files, %d documents", plain.Files, plain.Documents)
	}
	if diff := cmp.Diff([]string{"SEM004 b.yaml:1"}, places(plain.Findings)); diff != "" {
		t.Errorf("read (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"SEM022 a.yaml:9", "SEM021 a.yaml:9", "SEM004 b.yaml:1"}, places(shaped.Findings)); diff != "" {
		t.Errorf("with shapes (-want +got):\n%s", diff)
	}
	if _, err := ReadShaped(Options{FS: opts.FS, Paths: []string{"none"}}); err == nil {
		t.Error("a path that is not there is no error")
	}
}
