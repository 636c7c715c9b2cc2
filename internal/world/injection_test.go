package world_test

import (
	"fmt"
	"testing"

	"sem.example/internal/world"
)

// Whether a Pod gets a sidecar is decided by the labels of its namespace and its own, as by the selectors of Istio's webhooks
// and by its injector.
func TestInjection(t *testing.T) {
	const none = "-" // no Namespace in the input
	tests := map[string]struct {
		namespace string // labels of the Namespace
		live      bool   // the Namespace was read from a cluster
		meta      string // of the Pod's template
		spec      string // of the Pod's template, beside its container
		others    string // further documents
		want      world.Presence
		guess     bool
	}{
		"namespace enabled":                             {namespace: "istio-injection: enabled", want: world.HasSidecar},
		"namespace enabled, label true":                 {namespace: "istio-injection: enabled", meta: "labels: {sidecar.istio.io/inject: 'true'}", want: world.HasSidecar},
		"namespace enabled, label false":                {namespace: "istio-injection: enabled", meta: "labels: {sidecar.istio.io/inject: 'false'}", want: world.HasNone},
		"namespace enabled, annotation false":           {namespace: "istio-injection: enabled", meta: "annotations: {sidecar.istio.io/inject: 'false'}", want: world.HasNone},
		"namespace enabled, annotation false but label": {namespace: "istio-injection: enabled", meta: "labels: {sidecar.istio.io/inject: 'true'}, annotations: {sidecar.istio.io/inject: 'false'}", want: world.HasSidecar},
		"namespace enabled, label of neither value":     {namespace: "istio-injection: enabled", meta: "labels: {sidecar.istio.io/inject: 'no'}", want: world.HasSidecar},
		"namespace enabled, host network":               {namespace: "istio-injection: enabled", spec: "hostNetwork: true", want: world.HasNone},
		"namespace disabled":                            {namespace: "istio-injection: disabled", want: world.HasNone},
		"namespace disabled, label true":                {namespace: "istio-injection: disabled", meta: "labels: {sidecar.istio.io/inject: 'true'}", want: world.HasNone},
		"namespace disabled, revision too":              {namespace: "istio-injection: disabled, istio.io/rev: canary", want: world.HasNone},
		"namespace enabled, revision too":               {namespace: "istio-injection: enabled, istio.io/rev: canary", want: world.HasSidecar},
		"namespace with another value":                  {namespace: "istio-injection: 'true'", want: world.HasNone},
		"namespace with revision":                       {namespace: "istio.io/rev: canary", want: world.HasSidecar},
		"namespace with revision, label false":          {namespace: "istio.io/rev: canary", meta: "labels: {sidecar.istio.io/inject: 'false'}", want: world.HasNone},
		"Pod with revision":                             {live: true, meta: "labels: {istio.io/rev: canary}", want: world.HasSidecar},
		"Pod with revision, label false":                {live: true, meta: "labels: {istio.io/rev: canary, sidecar.istio.io/inject: 'false'}", want: world.HasNone},
		"Pod with label true":                           {live: true, meta: "labels: {sidecar.istio.io/inject: 'true'}", want: world.HasSidecar},
		"Pod with annotation true":                      {live: true, meta: "annotations: {sidecar.istio.io/inject: 'true'}", want: world.HasNone},
		"namespace of a cluster without labels":         {live: true, want: world.HasNone},
		"namespace without labels":                      {want: world.HasSidecar, guess: true},
		"namespace without labels, another with":        {others: "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: other, labels: {istio-injection: enabled}}\n", want: world.HasNone},
		"no namespace":                                  {namespace: none, want: world.HasSidecar, guess: true},
		"no namespace, another with labels":             {namespace: none, others: "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: other, labels: {istio-injection: enabled}}\n", want: world.HasSidecar, guess: true},
		"no namespace, label false":                     {namespace: none, meta: "labels: {sidecar.istio.io/inject: 'false'}", want: world.HasNone},
		"proxy as a container":                          {live: true, spec: "initContainers: [{name: init}], containers: [{name: app}, {name: istio-proxy, image: auto}]", want: world.HasSidecar},
		"proxy as a native sidecar":                     {live: true, spec: "initContainers: [{name: istio-proxy, restartPolicy: Always}], containers: [{name: app}]", want: world.HasSidecar},
		"proxy that ends before the application runs":   {live: true, spec: "initContainers: [{name: istio-proxy}], containers: [{name: app}]", want: world.HasNone},
		"label of the injector":                         {live: true, meta: "labels: {security.istio.io/tlsMode: istio}", want: world.HasSidecar},
		"gateway by its template":                       {live: true, meta: "annotations: {inject.istio.io/templates: gateway}", want: world.IsGateway},
		"gateway by its arguments":                      {spec: "containers: [{name: istio-proxy, args: [proxy, router]}]", want: world.IsGateway},
		"gateway by a Gateway":                          {meta: "labels: {istio: ingress}", others: "---\napiVersion: networking.istio.io/v1\nkind: Gateway\nmetadata: {name: g}\nspec: {selector: {istio: ingress}}\n", want: world.IsGateway},
		"ambient namespace":                             {namespace: "istio.io/dataplane-mode: ambient", want: world.InAmbient},
		"ambient namespace, Pod without":                {namespace: "istio.io/dataplane-mode: ambient", meta: "labels: {istio.io/dataplane-mode: none}", want: world.HasNone},
		"ambient namespace, sidecar as well":            {namespace: "istio.io/dataplane-mode: ambient, istio-injection: enabled", want: world.HasSidecar},
		"ambient Pod":                                   {live: true, meta: "labels: {istio.io/dataplane-mode: ambient}", want: world.InAmbient},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			text := ""
			if test.namespace != none {
				text = fmt.Sprintf("apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, %s labels: {%s}}\n---\n", map[bool]string{true: "uid: '1',"}[test.live], test.namespace)
			}
			spec := test.spec
			if spec == "" {
				spec = "containers: [{name: app}]"
			}
			text += fmt.Sprintf("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: shop}\nspec: {template: {metadata: {%s}, spec: {%s}}}\n", test.meta, spec)
			w := world.Complete(decode(t, text+test.others), world.Options{})
			got, ok := w.Proxy("shop", "web")
			if !ok || got.Presence != test.want || got.Guess != test.guess {
				t.Errorf("%v %+v, want %s, guess %v", ok, got, test.want, test.guess)
			}
			if got.Because == "" {
				t.Error("no reason")
			}
		})
	}
}

// What is stated takes precedence over what the input says, and a name over all names.
func TestStated(t *testing.T) {
	var stated []world.Stated
	for _, text := range []string{"no-sidecar:shop/web", "sidecar:shop/*", "ambient:other/web"} {
		s, err := world.ParseStated(text)
		if err != nil {
			t.Fatal(err)
		}
		stated = append(stated, s)
	}
	const text = `apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {security.istio.io/tlsMode: istio}}
spec: {containers: [{name: app}]}
---
apiVersion: v1
kind: Pod
metadata: {name: cart, namespace: shop, labels: {sidecar.istio.io/inject: "false"}}
spec: {containers: [{name: app}]}
`
	w := world.Complete(decode(t, text), world.Options{Stated: stated})
	for name, want := range map[string]world.Presence{"web": world.HasNone, "cart": world.HasSidecar} {
		if got, _ := w.Proxy("shop", name); got.Presence != want {
			t.Errorf("%s: %+v, want %s", name, got, want)
		}
	}
	for _, text := range []string{"", "sidecar", "sidecar:web", "sidecar:/web", "sidecar:a/b/c", "proxy:shop/web"} {
		if s, err := world.ParseStated(text); err == nil {
			t.Errorf("%q is read as %+v", text, s)
		}
	}
}
