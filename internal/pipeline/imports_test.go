package pipeline_test

import (
	"flag"
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const module = "sem.example/"

var update = flag.Bool("update", false, "rewrite goldens")

// mayImport is the table of CONTRIBUTING.md: which of our packages each package may import. An arrow that is missing here
// would point upward.
var mayImport = map[string][]string{
	"internal/lazy":       {},
	"internal/quote":      {},
	"internal/parallel":   {},
	"internal/subprocess": {},
	"internal/source":     {"internal/parallel", "internal/quote", "internal/subprocess"},
	"internal/diag":       {"internal/source"},
	"schema":              {"internal/source", "internal/diag"},
	"internal/gatewayapi": {},
	"internal/config":     {"internal/source", "internal/diag", "internal/parallel", "internal/gatewayapi"},
	"internal/world":      {"internal/config", "internal/gatewayapi"},
	"internal/mesh":       {"internal/quote", "internal/config", "internal/diag", "internal/release", "internal/source", "internal/mesh/apigateway", "internal/mesh/ingress", "internal/mesh/registry", "internal/mesh/routing", "internal/mesh/settings", "internal/mesh/trafficpolicy", "internal/mesh/visibility"},
	"internal/envoy":      {"internal/source"},
	"internal/patch":      {"internal/envoy", "internal/config", "internal/source", "internal/clustername", "internal/diag"},
	"internal/compile":    {"internal/compile/cluster", "internal/compile/extension", "internal/compile/gateway", "internal/compile/inbound", "internal/compile/origin", "internal/compile/outbound", "internal/compile/proxy", "internal/compile/security", "internal/compile/sharing", "internal/compile/xds", "internal/config", "internal/envoy", "internal/gatewayapi", "internal/mesh", "internal/parallel", "internal/release", "internal/source"},

	// The rooms of compile, each a part of what a proxy is sent.
	"internal/compile/extension":   {"internal/compile/origin", "internal/compile/xds", "internal/mesh"},
	"internal/compile/filterchain": {"internal/compile/extension", "internal/compile/origin", "internal/compile/proxy", "internal/compile/security", "internal/compile/tlscontext", "internal/compile/xds", "internal/config", "internal/envoy", "internal/mesh"},
	"internal/compile/security":    {"internal/compile/origin", "internal/compile/xds", "internal/config", "internal/envoy", "internal/mesh", "internal/source"},
	"internal/compile/tlscontext":  {"internal/compile/origin", "internal/compile/security", "internal/compile/xds", "internal/envoy", "internal/mesh"},
	"internal/compile/sharing":     {"internal/mesh"},
	"internal/compile/proxy":       {"internal/compile/origin", "internal/compile/xds", "internal/envoy", "internal/mesh", "internal/mesh/routing", "internal/release"},
	"internal/compile/origin":      {"internal/config", "internal/envoy", "internal/mesh", "internal/source"},
	"internal/compile/xds":         {"internal/config", "internal/mesh"},
	"internal/compile/cluster":     {"internal/compile/origin", "internal/compile/proxy", "internal/compile/tlscontext", "internal/compile/xds", "internal/config", "internal/envoy", "internal/mesh", "internal/mesh/trafficpolicy", "internal/release"},
	"internal/compile/route":       {"internal/compile/origin", "internal/compile/proxy", "internal/compile/xds", "internal/config", "internal/envoy", "internal/mesh", "internal/mesh/routing", "internal/release"},
	"internal/compile/gateway":     {"internal/compile/extension", "internal/compile/filterchain", "internal/compile/origin", "internal/compile/proxy", "internal/compile/route", "internal/compile/security", "internal/compile/tlscontext", "internal/compile/xds", "internal/config", "internal/envoy", "internal/mesh", "internal/mesh/routing", "internal/source"},
	"internal/compile/inbound":     {"internal/compile/cluster", "internal/compile/extension", "internal/compile/filterchain", "internal/compile/origin", "internal/compile/proxy", "internal/compile/route", "internal/compile/security", "internal/compile/tlscontext", "internal/compile/xds", "internal/config", "internal/envoy", "internal/mesh", "internal/mesh/trafficpolicy", "internal/source"},
	"internal/compile/outbound":    {"internal/compile/extension", "internal/compile/filterchain", "internal/compile/origin", "internal/compile/proxy", "internal/compile/route", "internal/compile/security", "internal/compile/xds", "internal/config", "internal/envoy", "internal/mesh", "internal/mesh/routing", "internal/parallel", "internal/source"},
	"internal/compile/compiletest": {"internal/config", "internal/mesh", "internal/source"},

	"render":   {"internal/envoy", "internal/parallel", "internal/source", "internal/selfsigned"},
	"simulate": {"internal/envoy", "simulate/call", "simulate/decision", "simulate/internal/hcm", "simulate/internal/listener", "simulate/internal/network", "simulate/internal/rbac", "simulate/internal/request", "simulate/internal/route", "simulate/internal/upstream"},
	"validate": {"validate/internal/facts", "internal/gatewayapi", "internal/mesh", "internal/config", "internal/diag", "internal/source", "internal/parallel", "internal/mesh/routing", "internal/mesh/trafficpolicy"},

	"validate/internal/facts": {"internal/automaton", "internal/mesh", "internal/mesh/routing", "internal/config", "internal/diag", "internal/source"},

	"internal/kubectl":    {"internal/config", "internal/convert", "internal/source", "internal/subprocess"},
	"internal/kustomize":  {"internal/source", "internal/subprocess"},
	"internal/pipeline":   {"internal/hostname", "internal/gatewayapi", "internal/kustomize", "internal/subprocess", "internal/parallel", "internal/source", "internal/diag", "schema", "internal/config", "internal/world", "internal/mesh", "internal/compile", "internal/envoy", "internal/patch", "simulate", "validate", "internal/release", "internal/installation"},
	"internal/diff":       {"internal/automaton", "internal/clustername", "internal/envoy", "internal/callgen", "simulate", "simulate/decision"},
	"internal/explain":    {"internal/credential", "internal/quote", "internal/compile/cluster", "internal/clustername", "internal/diff", "internal/source", "internal/diag", "internal/config", "internal/mesh", "internal/mesh/routing", "internal/envoy", "internal/pipeline", "simulate", "validate", "simulate/call", "simulate/decision"},
	"internal/suite":      {"internal/automaton", "internal/source", "internal/diag", "internal/pipeline", "internal/release", "internal/envoy", "simulate", "internal/explain"},
	"internal/lsp":        {"internal/config", "internal/diag", "internal/diff", "internal/explain", "internal/fix", "internal/mesh", "internal/output", "internal/pipeline", "internal/release", "internal/source", "internal/suite", "schema"},
	"internal/mcp":        {"internal/quote", "internal/subprocess"},
	"internal/migrate":    {"internal/config", "internal/convert", "internal/diff", "internal/explain", "internal/gatewayapi", "internal/hostname", "internal/mesh", "internal/mesh/routing", "internal/pipeline", "internal/release", "internal/source", "simulate"},
	"internal/output":     {"internal/credential", "internal/draw", "internal/graph", "internal/migrate", "internal/quote", "internal/diff", "internal/diag", "internal/source", "internal/suite", "internal/upgrade", "schema", "simulate"},
	"internal/graph":      {"internal/config", "internal/diag", "internal/diff", "internal/explain", "internal/mesh", "internal/pipeline", "simulate", "simulate/decision"},
	"internal/draw":       {"internal/graph"},
	"internal/serve":      {},
	"internal/credential": {"simulate"},
	"internal/request":    {"simulate", "internal/diag"},
	"internal/recipe":     {"schema"},
	"internal/fix":        {"internal/diag", "internal/source"},
	"internal/convert":    {"internal/quote", "internal/source", "schema"},
	"internal/archive":    {},
	"internal/automaton":  {},
	"internal/release":    {"internal/diag"},
	"internal/selfsigned": {},
	".":                   {"internal/source", "internal/diag", "internal/envoy", "internal/explain", "internal/output", "internal/pipeline", "render", "simulate", "validate"},
	"cmd/sem":             nil, // everything

	"internal/upgrade":      {"internal/diag", "internal/diff", "internal/envoy", "internal/explain", "internal/pipeline", "internal/release", "internal/source", "simulate"},
	"internal/installation": {"internal/config", "internal/diag", "internal/release", "internal/source"},

	// The layers of simulate, the lowest first.
	"simulate/call":                {},
	"simulate/decision":            {"internal/envoy", "simulate/call"},
	"simulate/internal/request":    {"simulate/call", "simulate/decision"},
	"simulate/internal/match":      {"internal/automaton", "simulate/decision", "simulate/internal/request"},
	"simulate/internal/rbac":       {"internal/envoy", "simulate/call", "simulate/decision", "simulate/internal/match", "simulate/internal/request"},
	"simulate/internal/jwt":        {"simulate/decision", "simulate/internal/match", "simulate/internal/request"},
	"simulate/internal/tlscontext": {},
	"simulate/internal/route":      {"internal/envoy", "simulate/call", "simulate/decision", "simulate/internal/match", "simulate/internal/rbac", "simulate/internal/request"},
	"simulate/internal/upstream":   {"internal/envoy", "simulate/call", "simulate/decision", "simulate/internal/match", "simulate/internal/request", "simulate/internal/tlscontext"},
	"simulate/internal/hcm":        {"internal/envoy", "simulate/call", "simulate/decision", "simulate/internal/jwt", "simulate/internal/match", "simulate/internal/rbac", "simulate/internal/request", "simulate/internal/route", "simulate/internal/upstream"},
	"simulate/internal/network":    {"internal/envoy", "simulate/decision", "simulate/internal/hcm", "simulate/internal/match", "simulate/internal/rbac", "simulate/internal/upstream"},
	"simulate/internal/listener":   {"internal/envoy", "simulate/call", "simulate/decision", "simulate/internal/match", "simulate/internal/network", "simulate/internal/tlscontext", "simulate/internal/upstream"},

	// The rooms of mesh.
	"internal/mesh/registry":      {"internal/config", "internal/gatewayapi", "internal/source", "internal/mesh/settings", "internal/mesh/visibility", "internal/release"},
	"internal/mesh/apigateway":    {"internal/config", "internal/gatewayapi", "internal/hostname", "internal/mesh/registry", "internal/mesh/routing", "internal/mesh/trafficpolicy", "internal/mesh/visibility", "internal/release"},
	"internal/mesh/ingress":       {"internal/config", "internal/mesh/registry", "internal/mesh/routing", "internal/mesh/visibility"},
	"internal/mesh/routing":       {"internal/config", "internal/mesh/visibility"},
	"internal/mesh/settings":      {"internal/config", "internal/diag", "internal/source", "internal/release"},
	"internal/mesh/trafficpolicy": {"internal/config"},
	"internal/mesh/visibility":    {},

	// The judges.
	"internal/envoytest":           {"internal/envoy", "render", "internal/envoytest/binary", "internal/realenvoy", "internal/realenvoy/process", "internal/realenvoy/rootless"},
	"internal/envoytest/binary":    {},
	"internal/envoytest/conform":   {"internal/compile", "internal/envoy", "internal/realenvoy", "internal/envoytest/binary", "internal/callgen", "internal/envoytest/manifest", "internal/envoytest/meshgen", "internal/pipeline", "internal/release", "internal/source", "internal/suite", "simulate"},
	"internal/envoytest/install":   {"internal/envoytest/binary"},
	"internal/envoytest/manifest":  {"internal/source"},
	"internal/callgen":             {"internal/envoy", "simulate"},
	"internal/structure":           {"internal/structure/typecheck"},
	"internal/structure/typecheck": {},
	"internal/terms":               {},

	// A real Envoy, which judges traces.
	"internal/realenvoy":               {"internal/envoy", "internal/selfsigned", "simulate", "render", "internal/realenvoy/accesslog", "internal/realenvoy/process", "internal/realenvoy/proxyprotocol", "internal/realenvoy/rootless", "internal/realenvoy/upstream"},
	"internal/realenvoy/accesslog":     {},
	"internal/realenvoy/process":       {},
	"internal/realenvoy/proxyprotocol": {},
	"internal/realenvoy/rootless":      {"internal/envoy", "internal/realenvoy/accesslog", "internal/realenvoy/upstream"},
	"internal/realenvoy/upstream":      {"internal/selfsigned", "internal/realenvoy/proxyprotocol"},

	"internal/envoytest/meshgen":     {"internal/envoytest/manifest", "internal/mesh", "simulate"},
	"internal/envoytest/mutation":    {"internal/envoytest/manifest"},
	"internal/envoytest/metamorphic": {"internal/callgen", "internal/diff", "internal/envoy", "internal/envoytest/manifest", "internal/envoytest/meshgen", "internal/envoytest/mutation", "internal/explain", "internal/pipeline", "internal/source", "simulate"},
}

// leaves are the packages that every package may import: each is the one home of a small thing, and imports nothing.
var leaves = []string{"internal/clustername", "internal/hostname", "internal/lazy"}

// homes says which of our packages may use an outside package, and why nobody else may.
var homes = []struct {
	outside string
	users   []string
	why     string
}{
	{"cuelang.org/go", []string{"internal/source", "schema", "internal/recipe", "internal/convert"}, "CUE reads files, says the shape of documents and writes new ones; everything after that works on typed objects"},
	{"sigs.k8s.io/yaml", []string{"internal/compile/compiletest", "internal/source", "internal/config", "internal/envoytest/manifest"}, "values are read in one place, so that there is one reading of YAML"},
	{"go.yaml.in/yaml", []string{"internal/source", "internal/recipe", "internal/convert"}, "only source knows lines; recipes and exports are written"},
	{"istio.io/api", []string{"internal/patch", "internal/config", "internal/world", "internal/mesh", "internal/mesh/trafficpolicy", "internal/mesh/settings", "internal/mesh/apigateway", "internal/mesh/ingress", "internal/mesh/routing", "internal/mesh/registry", "validate", "validate/internal/facts", "internal/compile/...", "schema", "internal/pipeline", "internal/explain", "internal/migrate"}, "simulate and render must be able to read any proxy's configuration, Istio's or not"},
	{"github.com/envoyproxy/go-control-plane", []string{"internal/diff", "internal/pipeline", "internal/envoy", "internal/patch", "internal/compile/...", "simulate", "simulate/decision", "simulate/internal/request", "simulate/internal/match", "simulate/internal/rbac", "simulate/internal/jwt", "simulate/internal/tlscontext", "simulate/internal/route", "simulate/internal/upstream", "simulate/internal/hcm", "simulate/internal/network", "simulate/internal/listener", "render", "internal/envoytest", "internal/callgen", "internal/realenvoy", "internal/realenvoy/accesslog", "internal/realenvoy/rootless"}, "validation must not depend on what is generated"},
	{"sigs.k8s.io/kustomize", []string{"internal/kustomize"}, "the library fetches and runs what its input names; one place decides what it sees"},
	{"github.com/spf13/cobra", []string{"cmd/sem"}, "a library has no flags"},
	{"github.com/sourcegraph/jsonrpc2", []string{"internal/lsp"}, "one package speaks with editors"},
	{"github.com/charmbracelet/lipgloss", []string{"internal/output"}, "looks are decided in one place"},
	{"github.com/charmbracelet/x", []string{"internal/output"}, "looks are decided in one place"},
	{"golang.org/x/image", []string{"internal/draw"}, "pictures are drawn in one place"},
	{"github.com/CycloneDX", []string{"internal/archive"}, "what is published is listed where it is built"},
}

func TestImports(t *testing.T) {
	for pkg, imports := range importsByPackage(t) {
		allowed, known := mayImport[pkg]
		switch {
		case slices.Contains(leaves, pkg):
			allowed, known = []string{}, true
		case allowed != nil:
			allowed = slices.Concat(allowed, leaves)
		}
		if !known {
			t.Errorf("package %s has no row in the import table", pkg)
			continue
		}
		for _, imp := range imports {
			checkImport(t, pkg, imp, allowed)
		}
	}
}

// TestProgram lists what the program is linked from: nothing that is for tests.
func TestProgram(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", module+"cmd/sem").Output()
	if err != nil {
		t.Fatal(err)
	}
	packages := strings.Fields(string(out))
	if !slices.Contains(packages, module+"internal/pipeline") {
		t.Fatalf("the list of packages lacks the pipeline: %q", packages)
	}
	for _, pkg := range packages {
		for _, forTests := range []string{"testing/...", module + "internal/envoytest/...", module + "internal/compile/compiletest", module + "internal/structure/..."} {
			if covers(forTests, pkg) {
				t.Errorf("the program is linked with %s, which is for tests", pkg)
			}
		}
	}
}

// TestImportPage compares the table of CONTRIBUTING.md with the one that is enforced.
func TestImportPage(t *testing.T) {
	const begin, end = "<!-- imports -->\n", "<!-- /imports -->"
	file := filepath.Join("..", "..", "CONTRIBUTING.md")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, begins := strings.Cut(string(text), begin)
	table, after, ends := strings.Cut(rest, end)
	if !begins || !ends {
		t.Fatalf("%s has no place for the table of imports", file)
	}
	want := importTable()
	if *update {
		if err := os.WriteFile(file, []byte(before+begin+want+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, table); diff != "" {
		t.Errorf("%s is stale: run 'make golden' (-want +have):\n%s", file, diff)
	}
}

// importTable is the table of what each package may import, in Markdown.
func importTable() string {
	var b strings.Builder
	b.WriteString("| package | may import of ours |\n| --- | --- |\n")
	for _, pkg := range slices.Sorted(maps.Keys(mayImport)) {
		name, imports := pkg, "nothing"
		if pkg == "." {
			name = strings.TrimSuffix(module, "/")
		}
		switch allowed := mayImport[pkg]; {
		case allowed == nil:
			imports = "everything"
		case len(allowed) > 0:
			sorted := slices.Sorted(slices.Values(allowed))
			imports = "`" + strings.Join(sorted, "`, `") + "`"
		}
		fmt.Fprintf(&b, "| `%s` | %s |\n", name, imports)
	}
	return b.String()
}

func checkImport(t *testing.T, pkg, imp string, allowed []string) {
	t.Helper()
	if ours, ok := strings.CutPrefix(imp, module); ok {
		if allowed != nil && !slices.Contains(allowed, ours) {
			t.Errorf("%s imports %s, which the import table does not allow", pkg, ours)
		}
		return
	}
	for _, h := range homes {
		if (imp == h.outside || strings.HasPrefix(imp, h.outside+"/")) && !slices.ContainsFunc(h.users, func(user string) bool { return covers(user, pkg) }) {
			t.Errorf("%s imports %s: %s", pkg, imp, h.why)
		}
	}
}

// covers reports whether a pattern names a package: itself, or with "/..." at the end also the packages below it.
func covers(pattern, pkg string) bool {
	tree, all := strings.CutSuffix(pattern, "/...")
	return pkg == tree || all && strings.HasPrefix(pkg, tree+"/")
}

// importsByPackage reads what each package of the module imports outside its tests.
func importsByPackage(t *testing.T) map[string][]string {
	t.Helper()
	root := filepath.Join("..", "..")
	found := map[string][]string{}
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			return skipped(name, root, d.Name())
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		rel, err := filepath.Rel(root, filepath.Dir(name))
		if err != nil {
			return err
		}
		pkg := path.Clean(filepath.ToSlash(rel))
		imports, err := importsOf(name)
		found[pkg] = append(found[pkg], imports...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func skipped(name, root, base string) error {
	if name != root && (strings.HasPrefix(base, ".") && base != ".." || base == "testdata" || base == "bin") {
		return fs.SkipDir
	}
	return nil
}

func importsOf(name string) ([]string, error) {
	f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
	if err != nil {
		return nil, err
	}
	var imports []string
	for _, spec := range f.Imports {
		imp, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return nil, err
		}
		imports = append(imports, imp)
	}
	return imports, nil
}
