package explain_test

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"sem.example/internal/diff"
	"sem.example/internal/explain"
	"sem.example/internal/pipeline"
)

// Changes that no request can show are equivalent, over all cases of the judges: documents in another order and in other files,
// other names of the rules, and a rule behind one that matches everything.
func TestCompareEquivalent(t *testing.T) {
	root := os.Getenv("SEM_ORACLE")
	if root == "" {
		t.Skip("SEM_ORACLE is not set")
	}
	meshes, err := filepath.Glob(filepath.Join(root, "cases", "*", "mesh.yaml"))
	if err != nil || len(meshes) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, mesh := range meshes {
		t.Run(filepath.Base(filepath.Dir(mesh)), func(t *testing.T) {
			t.Parallel()
			data, err := os.ReadFile(mesh)
			if err != nil {
				t.Fatal(err)
			}
			docs := strings.Split(string(data), "\n---\n")
			rand.New(rand.NewPCG(1, 2)).Shuffle(len(docs), func(i, j int) { docs[i], docs[j] = docs[j], docs[i] })
			dir := t.TempDir()
			for i, part := range [][]string{docs[:len(docs)/2], docs[len(docs)/2:]} {
				write(t, filepath.Join(dir, string(rune('a'+i))+".yaml"), strings.Join(part, "\n---\n"))
			}
			r := compare(t, mesh, dir)
			if len(r.Changes)+len(r.Undecided) > 0 || r.Summary.Equivalent != r.Summary.Classes {
				t.Errorf("%d changes, %d undecided, %d of %d classes equivalent", len(r.Changes), len(r.Undecided), r.Summary.Equivalent, r.Summary.Classes)
			}
		})
	}
}

// Removing a resource that a request of the judges depends on is never equivalent.
func TestCompareRemoved(t *testing.T) {
	dir := t.TempDir()
	const service = "apiVersion: v1\nkind: Service\nmetadata: {name: cart, namespace: shop}\nspec: {selector: {app: cart}, ports: [{name: http, port: 80}]}\n"
	const workloads = "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: cart, namespace: shop}\nspec: {selector: {matchLabels: {app: cart}}, template: {metadata: {labels: {app: cart}}, spec: {containers: [{name: c}]}}}\n"
	for name, rule := range map[string]string{
		"route":         "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: cart, namespace: shop}\nspec: {hosts: [cart], http: [{redirect: {uri: /gone}}]}\n",
		"policy":        "apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: cart, namespace: shop}\nspec: {host: cart, trafficPolicy: {tls: {mode: SIMPLE}}}\n",
		"authorization": "apiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: {name: cart, namespace: shop}\nspec: {selector: {matchLabels: {app: cart}}, action: DENY, rules: [{}]}\n",
		"endpoints":     "apiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: {name: out, namespace: shop}\nspec: {hosts: [api.example.com], ports: [{number: 80, name: http, protocol: HTTP}], resolution: DNS}\n",
	} {
		t.Run(name, func(t *testing.T) {
			old, new := filepath.Join(dir, name+"-old.yaml"), filepath.Join(dir, name+"-new.yaml")
			write(t, old, service+workloads+"---\n"+rule)
			write(t, new, service+workloads)
			if r := compare(t, old, new); len(r.Changes) == 0 {
				t.Errorf("no change is found; undecided: %v", r.Undecided)
			}
		})
	}
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// compare compares two paths, with the MeshConfig that is beside a case.
func compare(t *testing.T, old, new string) *diff.Report {
	t.Helper()
	var worlds []*pipeline.World
	for _, path := range []string{old, new} {
		opts := pipeline.Options{Paths: []string{path}}
		if settings := filepath.Join(filepath.Dir(old), "meshconfig.yaml"); exists(settings) {
			opts.MeshConfig = settings
		}
		w, err := pipeline.Load(opts)
		if err != nil {
			t.Fatal(err)
		}
		worlds = append(worlds, w)
	}
	r, err := explain.Compare(worlds[0], worlds[1], diff.DefaultLimits, func(pipeline.Class) bool { return true })
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

// FuzzCompare compares meshes that nobody would write: it ends, and a mesh is equivalent to itself.
func FuzzCompare(f *testing.F) {
	const service = "apiVersion: v1\nkind: Service\nmetadata: {name: cart, namespace: shop}\nspec: {clusterIP: 10.0.0.1, selector: {app: cart}, ports: [{name: http, port: 80}]}\n---\n"
	f.Add(service, service+"apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: cart, namespace: shop}\nspec: {hosts: [cart], http: [{match: [{uri: {regex: /a.*}}], redirect: {uri: /gone}}, {route: [{destination: {host: cart}}]}]}\n")
	f.Add(service, service+"apiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: {name: cart, namespace: shop}\nspec: {action: DENY, rules: [{to: [{operation: {paths: [/admin*]}}]}]}\n")
	f.Add("apiVersion: networking.istio.io/v1\nkind: Gateway\nmetadata: {name: edge, namespace: shop}\nspec: {selector: {istio: edge}, servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: [\"*\"]}]}\n", "")
	f.Fuzz(func(t *testing.T, old, new string) {
		var worlds []*pipeline.World
		for _, text := range []string{old, new, old} {
			w, err := pipeline.Load(pipeline.Options{FS: fstest.MapFS{"mesh.yaml": {Data: []byte(text)}}, Paths: []string{"mesh.yaml"}})
			if err != nil {
				return
			}
			worlds = append(worlds, w)
		}
		all := func(pipeline.Class) bool { return true }
		if _, err := explain.Compare(worlds[0], worlds[1], diff.DefaultLimits, all); err != nil {
			return
		}
		if r, err := explain.Compare(worlds[0], worlds[2], diff.DefaultLimits, all); err == nil && len(r.Changes)+len(r.Undecided) > 0 {
			t.Errorf("a mesh differs from itself: %v %v", r.Changes, r.Undecided)
		}
	})
}
