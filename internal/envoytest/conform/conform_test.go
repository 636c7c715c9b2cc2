package main

import (
	"path/filepath"
	"strings"
	"testing"

	"sem.example/internal/envoytest"
	"sem.example/simulate"
)

// TestConform holds the traces of some examples against Envoy with calls made out of their configuration. It is the
// short form of "make conform".
func TestConform(t *testing.T) {
	envoy := envoytest.Required(t)
	requests, err := filepath.Glob("../../../examples/*/requests.jsonl")
	if err != nil || len(requests) == 0 {
		t.Fatal("no examples", err)
	}
	var folders []string
	for _, r := range requests {
		folders = append(folders, filepath.Dir(r))
	}
	r, err := conform(t.Context(), options{envoy: envoy, seed: 1, limit: 40}, folders)
	if err != nil {
		t.Fatal(err)
	}
	if !r.agrees() {
		var out strings.Builder
		r.listDisagreements(&out)
		t.Error(out.String())
	}
}

func TestReport(t *testing.T) {
	one := result{mesh: "shop", proxy: "shop/web"}
	one.add(simulate.Call{Direction: "outbound", TLS: "plaintext", Protocol: "http", Method: "GET", URL: "http://web/", Address: "10.0.0.1", Port: 80, Headers: map[string][]string{"x": {"1"}}},
		envoytest.Observation{ResponseFlags: "UH", Status: 503}, []string{"status: trace 0, Envoy 503"})
	one.add(simulate.Call{Direction: "outbound", TLS: "plaintext", Protocol: "tcp", Address: "10.0.0.1", Port: 80}, envoytest.Observation{Upstream: &envoytest.Upstream{}}, nil)
	r := &report{options: options{seed: 1, limit: 2}, results: []result{one, {mesh: "shop", proxy: "shop/late", trouble: "not run: out of time"}}}
	var out strings.Builder
	if err := r.write(&out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"**1 of 2 calls agree**, to 2 proxies.",
		"| failed with UH | 1 |",
		"| shop | shop/web | 1 | 2 |",
		"- shop shop/web: `outbound plaintext http GET http://web/ to 10.0.0.1:80 x=\"1\"`\n  - status: trace 0, Envoy 503\n",
		"- shop shop/late: not judged to the end: not run: out of time\n",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the report does not hold %q:\n%s", want, out.String())
		}
	}
	if r.agrees() {
		t.Error("a report with a disagreement agrees")
	}
}
