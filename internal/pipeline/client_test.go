package pipeline

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sem.example/simulate"
)

const namedInput = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec: {template: {metadata: {labels: {app: web}}, spec: {containers: [{name: c}]}}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: shop}
spec: {template: {metadata: {labels: {app: db}}, spec: {containers: [{name: c}]}}}
---
apiVersion: v1
kind: Pod
metadata: {name: twin, namespace: shop}
spec: {containers: [{name: c}]}
---
apiVersion: v1
kind: Pod
metadata: {name: twin, namespace: deploy}
spec: {containers: [{name: c}]}
---
apiVersion: v1
kind: Pod
metadata: {name: a.b, namespace: deploy}
spec: {containers: [{name: c}]}
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: g, namespace: edge}
spec: {selector: {app: ingress}, servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ["*"]}]}
---
apiVersion: v1
kind: Service
metadata: {name: ingress, namespace: edge}
spec: {selector: {app: ingress}, ports: [{port: 80}]}
`

// People name workloads as they do to kubectl and istioctl; what the input does not have is said, with what was meant.
func TestNamed(t *testing.T) {
	w, err := Load(Options{Paths: []string{"-"}, Stdin: strings.NewReader(namedInput)})
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		proxy     simulate.Proxy
		text      string
		namespace string
		want      string
		assumed   string
	}{
		"namespace and name":           {text: "shop/web", want: "shop/web"},
		"kind and namespace by -n":     {text: "deploy/web", namespace: "shop", want: "shop/web"},
		"kind, name and namespace":     {text: "deploy/web.shop", want: "shop/web"},
		"kind in full":                 {text: "StatefulSet/db.shop", want: "shop/db"},
		"kind, namespace and name":     {text: "deployment/shop/web", want: "shop/web"},
		"name and namespace":           {text: "web.shop", want: "shop/web"},
		"name alone":                   {text: "web", namespace: "shop", want: "shop/web"},
		"name of a Pod":                {text: "pod/db-0.shop", want: "shop/db-0"},
		"name with a dot":              {text: "a.b", namespace: "deploy", want: "deploy/a.b"},
		"namespace named as a kind":    {text: "deploy/a.b", want: "deploy/a.b"},
		"gateway by its Service":       {proxy: simulate.Proxy{Type: "gateway"}, text: "svc/ingress.edge", want: "edge/ingress"},
		"mistyped":                     {text: "shop/webb", want: "shop/webb", assumed: "shop/webb has a sidecar and no labels (no workload shop/webb in the input; did you mean shop/web?)"},
		"the only one of the name":     {text: "web", want: "shop/web"},
		"the only one of the kind":     {text: "deploy/web", want: "shop/web"},
		"the only gateway of the name": {proxy: simulate.Proxy{Type: "gateway"}, text: "ingress", want: "edge/ingress"},
		"one of two":                   {text: "twin", want: "error"},
		"one of two, by -n":            {text: "twin", namespace: "shop", want: "shop/twin"},
		"of another kind":              {text: "sts/web.shop", want: "shop/web"},
		"unlike any":                   {text: "shop/frontend", want: "shop/frontend", assumed: "shop/frontend has a sidecar and no labels (no workload shop/frontend in the input)"},
		"described by its labels":      {proxy: simulate.Proxy{Labels: map[string]string{"app": "x"}}, text: "shop/webb", want: "shop/webb"},
		"nobody":                       {want: "default/application", assumed: "the client is default/application, with a sidecar and without labels"},
		"gateway that is not there":    {proxy: simulate.Proxy{Type: "gateway"}, text: "edge/ingres", want: "edge/ingres", assumed: "edge/ingres has no labels (no workload edge/ingres in the input; did you mean edge/ingress?)"},
		"no name of a workload at all": {text: "a/b/c/d", want: "error"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if test.namespace == "" {
				test.namespace = "default"
			}
			p, err := w.Named(test.proxy, test.text, test.namespace)
			got, assumed := p.Namespace+"/"+p.Name, ""
			if err != nil {
				got = "error"
			}
			if a := w.unknown(p); err == nil && a != nil {
				assumed = a.Message
			}
			if diff := cmp.Diff([]string{test.want, test.assumed}, []string{got, assumed}); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Without --from, or with a name that no workload has, the client is in the namespace of the workloads, if they have one only.
func TestHome(t *testing.T) {
	tests := map[string]struct{ namespaces, text, namespace, want string }{
		"all in one":            {"shop shop", "", "default", "shop/application"},
		"in two":                {"shop edge", "", "default", "default/application"},
		"one in the given":      {"shop default", "", "default", "default/application"},
		"none":                  {"", "", "default", "default/application"},
		"a name that none has":  {"shop", "wbe", "default", "shop/wbe"},
		"a full name":           {"shop", "default/wbe", "default", "default/wbe"},
		"given by -n, with one": {"shop edge", "", "edge", "edge/application"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			input := "apiVersion: v1\nkind: Namespace\nmetadata: {name: default}\n"
			for i, ns := range strings.Fields(test.namespaces) {
				input += fmt.Sprintf("---\napiVersion: v1\nkind: Pod\nmetadata: {name: w%d, namespace: %s}\nspec: {containers: [{name: c}]}\n", i, ns)
			}
			w, err := Load(Options{Paths: []string{"-"}, Stdin: strings.NewReader(input)})
			if err != nil {
				t.Fatal(err)
			}
			p, err := w.Named(simulate.Proxy{}, test.text, test.namespace)
			if got := p.Namespace + "/" + p.Name; got != test.want || err != nil {
				t.Errorf("%s, %v; want %s", got, err, test.want)
			}
		})
	}
}
