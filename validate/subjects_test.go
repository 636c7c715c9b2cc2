package validate_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"sem.example/internal/diag"
	"sem.example/internal/pipeline"
	"sem.example/internal/source"
	"sem.example/validate"
)

// TestSubjects runs every check about chosen documents of many meshes: it has to find just what it finds about them among everything.
func TestSubjects(t *testing.T) {
	for name, dir := range meshes(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, err := pipeline.Load(pipeline.Options{Paths: []string{dir}})
			if err != nil {
				t.Fatal(err)
			}
			for _, registry := range []validate.Registry{"", validate.Closed} {
				everything := validate.Run(validate.Input{Mesh: w.Mesh, Objects: w.Objects, Registry: registry})
				for _, subjects := range choices(w) {
					got := validate.Run(validate.Input{Mesh: w.Mesh, Objects: w.Objects, Registry: registry, Only: subjects})
					if diff := cmp.Diff(about(subjects, everything), got, identical...); diff != "" {
						t.Fatalf("findings about %s (-of all +alone):\n%s", words(subjects), diff)
					}
				}
			}
		})
	}
}

// identical compares what is known by its address.
var identical = cmp.Options{
	cmp.Comparer(func(a, b *diag.Check) bool { return a == b }),
	cmp.Comparer(func(a, b *source.Document) bool { return a == b }),
	cmp.Comparer(func(a, b *source.File) bool { return a == b }),
}

// choices are the sets of documents to ask about: each alone, some pairs, and none.
func choices(w *pipeline.World) []map[*source.Document]bool {
	all := []map[*source.Document]bool{{}}
	for i, o := range w.Objects {
		all = append(all, map[*source.Document]bool{o.Doc: true})
		if other := w.Objects[(i*7+3)%len(w.Objects)]; i%3 == 0 {
			all = append(all, map[*source.Document]bool{o.Doc: true, other.Doc: true})
		}
	}
	return all
}

func about(subjects map[*source.Document]bool, found diag.List) diag.List {
	var kept diag.List
	for _, d := range found {
		if subjects[d.At.Doc] {
			kept = append(kept, d)
		}
	}
	return kept
}

func words(subjects map[*source.Document]bool) string {
	var all []string
	for doc := range subjects {
		all = append(all, fmt.Sprintf("%s %s/%s", doc.Kind, doc.Namespace, doc.Name))
	}
	return strings.Join(all, " and ")
}

// meshes are folders with meshes, by name: those of this package and of the traps, the examples of the repository and of the checks,
// of these some together, and some that chance has made.
func meshes(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	add := func(name string, files []txtar.File) {
		all[name] = t.TempDir()
		for _, f := range files {
			if err := os.WriteFile(filepath.Join(all[name], filepath.Base(f.Name)), f.Data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, name := range glob(t, "testdata/*.txtar", "../testdata/traps/*.txtar") {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		add(filepath.Base(name), archive.Files)
	}
	for _, name := range glob(t, "../examples/*/README.md") {
		all[filepath.Base(filepath.Dir(name))] = filepath.Dir(name)
	}
	var together []txtar.File
	for i, check := range validate.Checks() {
		wrong := txtar.File{Name: check.ID + ".yaml", Data: []byte(check.Wrong)}
		add(check.ID, []txtar.File{wrong})
		together = append(together, wrong)
		if i%8 == 7 {
			add("examples to "+check.ID, together)
			together = nil
		}
	}
	for seed := range uint64(12) {
		add(fmt.Sprint("by chance ", seed), []txtar.File{{Name: "mesh.yaml", Data: []byte(chance{rand.New(rand.NewPCG(seed, 0))}.mesh())}})
	}
	return all
}

func glob(t *testing.T, patterns ...string) []string {
	t.Helper()
	var all []string
	for _, p := range patterns {
		names, err := filepath.Glob(p)
		if err != nil || len(names) == 0 {
			t.Fatalf("%s: %v", p, err)
		}
		all = append(all, names...)
	}
	return all
}

// A chance makes meshes of few names, so that documents meet.
type chance struct{ *rand.Rand }

func (c chance) one(of ...string) string { return of[c.IntN(len(of))] }

func (c chance) host() string {
	return c.one("api.example.com", "www.example.com", "*.example.com", "a.b.example.com", "web", "web.shop.svc.cluster.local", "db.team.svc.cluster.local",
		"web.shop", "webb.shop.svc.cluster.local", "edge.team.svc.cluster.local")
}

func (c chance) port() string { return c.one("80", "443", "8080", "3306") }
func (c chance) label() string {
	return c.one("{app: web}", "{app: web, version: v1}", "{version: v1}", "{istio: edge}")
}

func (c chance) mesh() string {
	var text strings.Builder
	for range 40 {
		kind := c.one("VirtualService", "VirtualService", "DestinationRule", "DestinationRule", "ServiceEntry", "Service", "Gateway", "Sidecar", "PeerAuthentication",
			"Deployment", "Pod", "WorkloadEntry", "WorkloadGroup", "Namespace")
		group := map[string]string{"Service": "v1", "Pod": "v1", "Namespace": "v1", "Deployment": "apps/v1", "PeerAuthentication": "security.istio.io/v1"}[kind]
		if group == "" {
			group = "networking.istio.io/v1"
		}
		fmt.Fprintf(&text, "apiVersion: %s\nkind: %s\nmetadata: {name: %s, namespace: %s, labels: %s}\nspec:\n%s---\n",
			group, kind, c.one("web", "db", "edge", "api", "www"), c.one("shop", "team", "istio-system"), c.label(), c.spec(kind))
	}
	return text.String()
}

// spec is the content of an object of a kind.
func (c chance) spec(kind string) string {
	tls := c.one("", "    tls: {mode: SIMPLE}\n", "    tls: {mode: ISTIO_MUTUAL}\n", "    tls: {mode: MUTUAL, credentialName: web, sni: www.example.com}\n",
		"    tls: {mode: DISABLE}\n")
	own := ""
	if tls != "" && c.IntN(2) == 0 {
		own = "  " + tls // of the port
	}
	switch kind {
	case "VirtualService":
		return c.virtualService()
	case "DestinationRule":
		return fmt.Sprintf("  host: %q\n  exportTo: [%s]\n  trafficPolicy:\n    loadBalancer: {consistentHash: {httpHeaderName: x}}\n%s    portLevelSettings:\n    - port: {number: %s}\n%s  subsets:\n  - {name: %s, labels: %s}\n",
			c.host(), c.one(`"*"`, `"."`, "team"), tls, c.port(), own, c.one("v1", "v2"), c.label())
	case "ServiceEntry":
		return fmt.Sprintf("  hosts: [%q]\n  location: %s\n  addresses: [%s]\n  resolution: %s\n  ports:\n  - {number: %s, name: a, protocol: %s}\n%s",
			c.host(), c.one("MESH_EXTERNAL", "MESH_INTERNAL"), c.one("", "192.0.2.1", "192.0.2.0/24"), c.one("DNS", "STATIC", "NONE"), c.port(), c.one("HTTP", "TLS", "TCP", "MySQL"),
			c.one("", "  workloadSelector: {labels: "+c.label()+"}\n", "  endpoints: [{address: 192.0.2.7}]\n"))
	case "Service":
		return fmt.Sprintf("  selector: %s\n  ports:\n  - {port: %s, name: %s, targetPort: %s}\n", c.label(), c.port(), c.one("http", "tcp", "https", "x"), c.port())
	case "Gateway":
		return fmt.Sprintf("  selector: {istio: edge}\n  servers:\n  - {port: {number: %s, name: a, protocol: %s}, hosts: [%q], tls: %s}\n", c.port(), c.one("HTTP", "HTTPS", "TLS"),
			c.host(), c.one("{mode: PASSTHROUGH}", "{mode: SIMPLE, credentialName: web}", "{httpsRedirect: true}", "{mode: ISTIO_MUTUAL}"))
	case "Sidecar":
		return fmt.Sprintf("  workloadSelector: {labels: %s}\n  egress: [{hosts: [%q]}]\n", c.label(), c.one("./*", "*/*", "shop/*"))
	case "PeerAuthentication":
		return fmt.Sprintf("  selector: {matchLabels: %s}\n  mtls: {mode: %s}\n  portLevelMtls: {%s: {mode: STRICT}}\n", c.label(), c.one("STRICT", "DISABLE", "PERMISSIVE"), c.port())
	case "Deployment":
		return fmt.Sprintf("  template: {metadata: {labels: %s}, spec: {containers: [{name: a, ports: [{containerPort: %s}]}]}}\n", c.label(), c.port())
	case "WorkloadEntry":
		return fmt.Sprintf("  address: %s\n  labels: %s\n", c.one("192.0.2.9", "127.0.0.1", "vm.example.com"), c.label())
	case "WorkloadGroup":
		return fmt.Sprintf("  metadata: {labels: %s}\n  template: {serviceAccount: web}\n", c.label())
	}
	return "  {}\n"
}

func (c chance) virtualService() string {
	var text strings.Builder
	fmt.Fprintf(&text, "  hosts: [%q]\n  gateways: [%s]\n", c.host(), c.one("mesh", "edge", "team/edge", "mesh, shop/edge"))
	match := func() string {
		return c.one("", "match: [{uri: {prefix: /v1}}], ", "match: [{uri: {prefix: /v1/a}}, {uri: {exact: /v1/a/b}}], ", "match: [{port: "+c.port()+"}], ")
	}
	text.WriteString(c.one("", "  exportTo: [\".\"]\n") + "  http:\n")
	for range 1 + c.IntN(3) {
		if c.IntN(6) == 0 {
			fmt.Fprintf(&text, "  - {%sdelegate: {name: %s, namespace: %s}}\n", match(), c.one("web", "api"), c.one("shop", "team"))
			continue
		}
		fmt.Fprintf(&text, "  - {%sroute: [{destination: {host: %q, subset: %s, port: {number: %s}}}, {destination: {host: %q}, weight: 1}]}\n",
			match(), c.host(), c.one("v1", "v2", `""`), c.port(), c.host())
	}
	if c.IntN(3) == 0 {
		fmt.Fprintf(&text, "  tls:\n  - {match: [{sniHosts: [%q]}], route: [{destination: {host: %q}}]}\n", c.host(), c.host())
	}
	return text.String()
}
