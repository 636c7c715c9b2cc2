package lsp

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const shop = `apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: shop}
spec: {ports: [{name: http, port: 80}], selector: {app: reviews}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: reviews, namespace: shop}
spec:
  selector: {matchLabels: {app: reviews, track: v2}}
  template: {metadata: {labels: {app: reviews, track: v2}}}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: net}
spec:
  hosts: ["*.example.com"]
  ports: [{number: 443, name: tls, protocol: TLS}]
  exportTo: ["."]
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: net}
spec:
  selector: {istio: ingressgateway}
  servers: [{hosts: ["*"], port: {number: 80, name: http, protocol: HTTP}}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: delegate, namespace: net}
spec:
  http:
  - route: [{destination: {host: reviews.shop.svc.cluster.local}}]
`

const routes = `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews]
  gateways: [mesh, net/edge]
  http:
  - match: [{uri: {prefix: /old}}]
    delegate: {name: delegate, namespace: net}
  - match: [{uri: {prefix: /out}}]
    route: [{destination: {host: api.example.com}}]
  - route: [{destination: {host: reviews, subset: v2}}]
`

// at is the position of a text in another, behind its first character.
func at(t *testing.T, text, part string) position {
	t.Helper()
	i := strings.Index(text, part)
	if i < 0 {
		t.Fatalf("there is no %q", part)
	}
	return linesOf([]byte(text)).position(i + 1)
}

func (e *editor) at(name string, p position) map[string]any {
	return map[string]any{"textDocument": map[string]any{"uri": e.folder.uri(name)}, "position": p, "context": map[string]any{"includeDeclaration": true}}
}

// lined are the lines of locations, each with its file.
func (e *editor) lined(texts map[string]string, all []location) []string {
	var out []string
	for _, l := range all {
		name, _ := e.folder.name(l.URI)
		out = append(out, name+": "+strings.TrimSpace(strings.Split(texts[name], "\n")[l.Range.Start.Line]))
	}
	return out
}

func TestDefinitionAndReferences(t *testing.T) {
	files := map[string]string{"shop.yaml": shop, "routes.yaml": routes, "rule.yaml": strings.Replace(rule, "name: v1, labels: {version: v1", "name: v2, labels: {version: v2", 1), "route.cue": `package x
x: {
	apiVersion: "networking.istio.io/v1"
	kind: "VirtualService"
	metadata: {name: "cue", namespace: "shop"}
	spec: hosts: ["cue.example.com"]
	spec: http: [{route: [{destination: host: "reviews"}]}]
}
`}
	e := openEditor(t, files)
	const service, subset = "shop.yaml: metadata: {name: reviews, namespace: shop}", "rule.yaml: subsets: [{name: v2, labels: {version: v2}}]"
	tests := map[string]struct {
		file, part  string
		definitions []string
		references  int // definitions included
	}{
		"a host":                    {"routes.yaml", "reviews]", []string{service}, 6},
		"a destination":             {"routes.yaml", "reviews, subset", []string{service}, 6},
		"by its full name":          {"shop.yaml", "reviews.shop.svc", []string{service}, 6},
		"of CUE":                    {"route.cue", `"reviews"`, []string{service}, 6},
		"the service itself":        {"shop.yaml", "reviews, namespace: shop}\nspec: {ports", []string{service}, 6},
		"a host that a wildcard is": {"routes.yaml", "api.example.com", []string{`shop.yaml: hosts: ["*.example.com"]`}, 1},
		"a subset":                  {"routes.yaml", "v2}}]", []string{subset}, 2},
		"a gateway":                 {"routes.yaml", "net/edge", []string{"shop.yaml: metadata: {name: edge, namespace: net}"}, 2},
		"a delegate":                {"routes.yaml", "delegate, namespace", []string{"shop.yaml: metadata: {name: delegate, namespace: net}"}, 2},
		"nothing":                   {"routes.yaml", "networking.istio", nil, 0},
		"all of the mesh":           {"routes.yaml", "mesh, net", nil, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var found, used []location
			where := e.at(test.file, at(t, files[test.file], test.part))
			e.call("textDocument/definition", where, &found)
			if diff := cmp.Diff(test.definitions, e.lined(files, found)); diff != "" {
				t.Errorf("definitions (-want +got):\n%s", diff)
			}
			if e.call("textDocument/references", where, &used); len(used) != test.references {
				t.Errorf("%d references, want %d: %v", len(used), test.references, e.lined(files, used))
			}
		})
	}
}

func TestHover(t *testing.T) {
	files := map[string]string{"shop.yaml": shop, "routes.yaml": routes, "rule.yaml": strings.Replace(rule, "  subsets", "  trafficPolicy: {retryBudget: {minRetryConcurrency: 3}, outlierDetection: {failurePercentageThreshold: 5}}\n  subsets", 1)}
	e := openEditor(t, files)
	tests := map[string]struct {
		file, part string
		want       []string
	}{
		"a field":    {"routes.yaml", "prefix: /old", []string{"**VirtualService.spec.http.match.uri.prefix**"}},
		"its values": {"shop.yaml", "protocol: TLS", []string{"ServiceEntry.spec.ports.protocol", "An application protocol"}},
		"since when": {"rule.yaml", "failurePercentageThreshold", []string{"since Istio 1.32"}},
		"a service": {"routes.yaml", "reviews]", []string{"`reviews.shop.svc.cluster.local`: Service `shop/reviews`",
			"ports: `80 http (HTTP)`", "every namespace", "VirtualService.spec.hosts"}},
		"an entry":  {"routes.yaml", "api.example.com", []string{"ServiceEntry `net/api`, by the wildcard `*.example.com`", "visible to clients in `net`"}},
		"a finding": {"routes.yaml", "v2}}]", []string{"**SEM105** subset is not defined", "Fix: "}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var got *hover
			e.call("textDocument/hover", e.at(test.file, at(t, files[test.file], test.part)), &got)
			if got == nil {
				t.Fatal("no hover")
			}
			for _, want := range test.want {
				if !strings.Contains(got.Contents.Value, want) {
					t.Errorf("%q is not in:\n%s", want, got.Contents.Value)
				}
			}
		})
	}
	var none *hover
	if e.call("textDocument/hover", e.at("routes.yaml", position{7, 1}), &none); none != nil {
		t.Error(none)
	}
	if e.call("textDocument/hover", e.at("../x.yaml", position{0, 0}), &none); none != nil {
		t.Error(none)
	}
}

// applied is a text after the one edit of an action.
func (e *editor) applied(name, text string, a codeAction) string {
	e.t.Helper()
	edits := a.Edit.Changes[e.folder.uri(name)]
	if len(a.Edit.Changes) != 1 || len(edits) != 1 {
		e.t.Fatalf("%s: edits %+v", a.Title, a.Edit)
	}
	return string(changed([]byte(text), []contentChange{{Range: &edits[0].Range, Text: edits[0].NewText}}))
}

func TestActions(t *testing.T) {
	text := "# é😀\n" + routes + `---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: reviews, namespace: shop}
spec:
  rules:
  - to: [{operation: {methods: [get]}}]
`
	e := openEditor(t, map[string]string{"shop.yaml": shop, "routes.yaml": text})
	ask := func(part string, only ...string) map[string]codeAction {
		p := at(t, text, part)
		var all []codeAction
		e.call("textDocument/codeAction", map[string]any{"textDocument": map[string]any{"uri": e.folder.uri("routes.yaml")},
			"range": textRange{p, p}, "context": map[string]any{"only": only, "diagnostics": []any{}}}, &all)
		byTitle := map[string]codeAction{}
		for _, a := range all {
			byTitle[a.Title] = a
		}
		return byTitle
	}
	tests := map[string]struct{ part, title, want string }{
		"fix": {"get]}}", "Fix SEM302: method never matches", strings.Replace(text, "[get]", "[GET]", 1)},
		"suppress": {"get]}}", "Suppress SEM302 here, with a reason",
			strings.Replace(text, "  - to:", "  # sem:ignore SEM302 -- TODO: say why\n  - to:", 1)},
		"create": {"v2}}]", "Create the missing DestinationRule of reviews.shop.svc.cluster.local",
			text + "---\napiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata:\n  name: reviews\n  namespace: shop\nspec:\n  host: reviews.shop.svc.cluster.local\n" +
				"  subsets:\n  - name: v2\n    labels: {track: v2}\n"},
		"all": {"gateways", "Fix all findings of this file that have one safe fix", strings.Replace(text, "[get]", "[GET]", 1)},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			all := ask(test.part)
			a, ok := all[test.title]
			if !ok {
				t.Fatalf("no action %q among %+v", test.title, all)
			}
			if diff := cmp.Diff(test.want, e.applied("routes.yaml", text, a)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
	if all := ask("get]}}", "source.fixAll"); len(all) != 1 {
		t.Errorf("asked for one kind: %+v", all)
	}
	e.open("routes.yaml", tests["create"].want)
	if all := ask("v2}}]"); all[tests["create"].title].Edit != nil {
		t.Error("what is there is created again")
	}
}
