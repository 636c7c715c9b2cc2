package lsp

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The position is where | is.
func TestCompletion(t *testing.T) {
	const head = "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: x, namespace: shop}\nspec:\n"
	subsets := strings.Replace(rule, "name: v1, labels: {version: v1}", "name: blue, labels: {track: v2}", 1)
	e := openEditor(t, map[string]string{"shop.yaml": shop, "rule.yaml": subsets})
	e.open("x.yaml", "")
	e.open("x.cue", "package x")
	const cue = "package x\nx: {\n\tapiVersion: \"networking.istio.io/v1\"\n\tkind: \"VirtualService\"\n\tmetadata: {name: \"x\", namespace: \"shop\"}\n\tspec: {\n"
	tests := map[string]struct {
		file, text string
		want       []string // are proposed
		not        []string // are not
		after      string   // the line once the first is taken
	}{
		"a field":               {"x.yaml", head + "  hosts: [a]\n  ht|\n", []string{"http", "tls", "exportTo"}, []string{"hosts"}, ""},
		"in a rule":             {"x.yaml", head + "  hosts: [a]\n  http:\n  - ti|\n    route: []\n", []string{"timeout", "retries"}, []string{"route"}, ""},
		"in braces":             {"x.yaml", head + "  http:\n  - route: [{destination: {h|}}]\n", []string{"host", "subset"}, nil, ""},
		"with a broken rest":    {"x.yaml", head + "  http:\n  - re|\nspec: [\n", []string{"redirect", "retries"}, nil, ""},
		"a field that is there": {"x.yaml", head + "  hos|: [a]\n", []string{"hosts"}, nil, "  hosts: [a]"},
		"a host":                {"x.yaml", head + "  http:\n  - route: [{destination: {host: re|}}]\n", []string{"reviews", "*.example.com"}, nil, ""},
		"a host with quotes":    {"x.yaml", head + "  http:\n  - route:\n    - destination:\n        host: \"|\"\n", []string{"reviews"}, nil, ""},
		"a subset":              {"x.yaml", head + "  http:\n  - route: [{destination: {host: reviews, subset: |}}]\n", []string{"blue"}, []string{"v1"}, "  - route: [{destination: {host: reviews, subset: blue}}]"},
		"a port":                {"x.yaml", head + "  http:\n  - route: [{destination: {host: reviews, port: {number: |}}}]\n", []string{"80"}, nil, ""},
		"a gateway":             {"x.yaml", head + "  gateways: [n|]\n", []string{"mesh", "net/edge"}, nil, ""},
		"a namespace":           {"x.yaml", "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: x, namespace: |}\n", []string{"net", "shop"}, nil, ""},
		"a delegate":            {"x.yaml", head + "  http:\n  - delegate: {name: |}\n", []string{"delegate"}, nil, ""},
		"an enum": {"x.yaml", "apiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: {name: x}\nspec:\n  resolution: |\n",
			[]string{"DNS", "NONE", "STATIC"}, nil, ""},
		"a kind":      {"x.yaml", "apiVersion: networking.istio.io/v1\nkind: |\n", []string{"Gateway", "Sidecar"}, []string{"KubernetesGateway"}, ""},
		"the outline": {"x.yaml", "ki|\n", []string{"kind", "spec"}, nil, ""},
		"a label": {"x.yaml", "apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: x}\nspec:\n  subsets:\n  - labels:\n      t|\n",
			[]string{"app", "track"}, nil, ""},
		"its value": {"x.yaml", "apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: x}\nspec:\n  subsets:\n  - labels: {track: |}\n",
			[]string{"v2"}, []string{"reviews"}, ""},
		"nowhere": {"x.yaml", "a: b\n|", nil, []string{"host"}, ""},
		"a value of CUE": {"x.cue", "package x\nx: {apiVersion: \"networking.istio.io/v1\", kind: \"VirtualService\", metadata: {name: \"x\", namespace: \"shop\"}\n" +
			"spec: {hosts: [\"a\"], http: [{route: [{destination: host: \"r|\"}]}]}}\n", []string{"reviews"}, nil, ""},
		"a field of CUE":            {"x.cue", cue + "\t\thosts: [\"a\"]\n\t\tht|\n\t}\n}\n", []string{"http", "exportTo"}, []string{"hosts"}, "\t\tgateways: "},
		"the first field of CUE":    {"x.cue", cue + "\t\t|\n\t}\n}\n", []string{"http", "hosts"}, nil, ""},
		"a field of CUE in a list":  {"x.cue", cue + "\t\thosts: [\"a\"], http: [{route: []}, {ti|}]\n\t}\n}\n", []string{"timeout", "route"}, []string{"hosts"}, ""},
		"a field of CUE with value": {"x.cue", cue + "\t\thosts: [\"a\"], http: [{route: [], ti|: \"5s\"}]\n\t}\n}\n", []string{"timeout"}, []string{"route"}, ""},
		"a field of CUE by template": {"x.cue", "package x\n#Rule: {apiVersion: \"networking.istio.io/v1\", kind: \"VirtualService\", ...}\nx: #Rule & {metadata: name: \"x\", spec: {hosts: [\"a\"], ht|}}\n",
			[]string{"http", "tls"}, []string{"hosts"}, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			i := strings.IndexByte(test.text, '|')
			text := strings.Replace(test.text, "|", "", 1)
			e.retype(test.file, text)
			p := linesOf([]byte(text)).position(i)
			var list completionList
			e.call("textDocument/completion", e.at(test.file, p), &list)
			var labels []string
			for _, item := range list.Items {
				labels = append(labels, item.Label)
			}
			for _, want := range test.want {
				if !slices.Contains(labels, want) {
					t.Errorf("%s is not proposed: %q", want, labels)
				}
			}
			for _, not := range test.not {
				if slices.Contains(labels, not) {
					t.Errorf("%s is proposed: %q", not, labels)
				}
			}
			if test.after == "" {
				return
			}
			item := list.Items[0]
			got := string(changed([]byte(text), []contentChange{{Range: &item.TextEdit.Range, Text: item.TextEdit.NewText}}))
			if diff := cmp.Diff(test.after, strings.Split(got, "\n")[p.Line]); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}
