package lsp

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sem.example/internal/pipeline"
)

func TestLenses(t *testing.T) {
	const text = `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews]
  http:
  - match: [{uri: {prefix: /v1}}]
    route: [{destination: {host: reviews}}]
  - match: [{uri: {prefix: /v1/a}}]
    route: [{destination: {host: reviews}}]
  - route: [{destination: {host: reviews}}]
`
	const tests = `tests:
- name: first
  request: {from: shop/web, url: http://reviews/v1/x}
  expect: {verdict: NO_ENDPOINTS}
- name: second
  request: {from: shop/web, url: http://reviews/v1/y}
  expect: {verdict: NO_ENDPOINTS}
`
	for _, test := range []struct {
		name  string
		files map[string]string
		want  []string
	}{
		{"without tests", nil, []string{"6: trace a request that matches", "8: unreachable (SEM221)", "10: trace a request that matches"}},
		{"with tests", map[string]string{"mesh_test.yaml": tests}, []string{
			"6: reached by 2 tests", "6: trace a request that matches", "8: unreachable (SEM221)", "10: reached by no test", "10: trace a request that matches"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := write(t, map[string]string{"service.yaml": reviews}, test.files)
			e := editorIn(t, dir, func(string) (Config, error) { return Config{Options: pipeline.Options{}, Tests: true}, nil })
			e.open("routes.yaml", text)
			var all []codeLens
			e.call("textDocument/codeLens", e.at("routes.yaml", position{}), &all)
			var got []string
			for _, l := range all {
				got = append(got, fmt.Sprintf("%d: %s", l.Range.Start.Line, l.Command.Title))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			var text string
			e.call("workspace/executeCommand", all[len(all)-1].Command, &text)
			if !strings.Contains(text, "reviews.shop.svc.cluster.local") || !strings.Contains(text, "routes.yaml:11") {
				t.Errorf("the trace:\n%s", text)
			}
		})
	}
}
