package main

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sem.example/internal/callgen"
	"sem.example/internal/envoytest"
	"sem.example/internal/pipeline"
	"sem.example/internal/realenvoy"
	"sem.example/simulate"
)

// TestDump has Envoy run what the files come to, takes its configuration dump, and traces calls by the dump: the answer is
// that of the files.
func TestDump(t *testing.T) {
	path := envoytest.Required(t)
	examples, err := filepath.Glob("../../../examples/*/")
	if err != nil {
		t.Fatal(err)
	}
	archives, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	worlds, err := options{}.worldsOf(append(examples, archives...))
	if err != nil {
		t.Fatal(err)
	}
	for seed := range *random {
		w, err := options{}.generated(500 + seed)
		if err != nil {
			t.Fatal(err)
		}
		worlds = append(worlds, w)
	}
	for _, s := range proxiesOf(worlds) {
		t.Run(s.name+"/"+s.proxy.Name, func(t *testing.T) { compareDump(t, path, s) })
	}
}

func compareDump(t *testing.T, path string, s testedProxy) {
	compiler, err := s.Compile(s.proxy)
	if err != nil {
		t.Fatal(err)
	}
	snapshot := compiler.Snapshot()
	text, err := envoytest.Dump(t.Context(), snapshot, realenvoy.Options{Envoy: path, Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	dump, err := pipeline.LoadDump(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	differ := 0
	for _, call := range callgen.Calls(snapshot, s.proxy, 1, 200) {
		files, err := s.Trace(call, pipeline.TraceOptions{})
		if err != nil {
			t.Fatal(err)
		}
		live, err := dump.Trace(call, pipeline.TraceOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(plain(files), plain(live)); d != "" {
			if differ++; differ <= 3 {
				t.Errorf("%s (-files +dump):\n%s", describe(call), d)
			}
		}
	}
	if differ > 3 {
		t.Errorf("and %d more", differ-3)
	}
}

// decisions are the steps that a trace reports whether or not there is a document behind them.
var decisions = []string{"listener", "filterChain", "virtualHost", "route", "authorization", "cluster", "endpoint"}

// plain is what a trace says of the call, without what only documents tell (places, and steps that are there for them) or
// what a stock Envoy is not given: Istio's filter for ALPN, and the names of secrets other than the proxy's own.
func plain(t *simulate.Trace) *simulate.Trace {
	out := clone(t)
	out.Warnings, out.NotModelled, out.Fix = nil, nil, "" // help names documents
	out.Istio, out.Envoy, out.IstioBecause, out.IstioDefault = "", "", "", false
	if t.Verdict == simulate.NoCluster || t.Verdict == simulate.NoListener {
		out.Summary = "" // of what Envoy refused its dump does not know that it was there
	}
	for i := range out.Hops {
		h := &out.Hops[i]
		h.Steps = slices.DeleteFunc(h.Steps, func(s simulate.Step) bool { return !slices.Contains(decisions, s.Stage) })
		for j := range h.Steps {
			h.Steps[j] = simulate.Step{Stage: h.Steps[j].Stage, Chose: h.Steps[j].Chose}
		}
		for j := range h.Policies {
			h.Policies[j].Origin = nil
		}
		plainTLS(h.TLS)
		plainEndpoints(h.Endpoints)
		for _, b := range h.Branches {
			plainEndpoints(b.Endpoints)
			plainTLS(b.TLS)
		}
	}
	return out
}

func plainTLS(t *simulate.TLS) {
	if t != nil {
		t.ALPN, t.ClientCertificate, t.PrivateKey, t.CACertificates = nil, "", "", ""
	}
}

func plainEndpoints(list []simulate.Endpoint) {
	for i := range list {
		list[i].Origin = nil
	}
}

func clone(t *simulate.Trace) *simulate.Trace {
	text, err := json.Marshal(t)
	if err != nil {
		panic(err) // of strings and numbers
	}
	out := &simulate.Trace{}
	if err := json.Unmarshal(text, out); err != nil {
		panic(err)
	}
	return out
}
