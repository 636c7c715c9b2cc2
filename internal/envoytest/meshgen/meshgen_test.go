package meshgen_test

import (
	"bytes"
	"flag"
	"strconv"
	"testing"

	"sem.example/internal/diag"
	"sem.example/internal/envoytest/manifest"
	"sem.example/internal/envoytest/meshgen"
	"sem.example/internal/pipeline"
)

var seeds = flag.Uint64("seeds", 40, "how many meshes to generate")

// What is generated is accepted by admission and can be compiled for each of its proxies.
func TestNew(t *testing.T) {
	for seed := range *seeds {
		t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
			m := meshgen.New(seed)
			text, err := manifest.Write(m.Documents)
			if err != nil {
				t.Fatal(err)
			}
			accepted(t, text)
			world, err := pipeline.Load(input(text))
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range m.Proxies {
				compiler, err := world.Compile(p)
				if err != nil {
					t.Fatal(err)
				}
				if s := compiler.Snapshot(); p.Type == "sidecar" && len(s.Listeners) == 0 {
					t.Errorf("%s/%s has no listeners", p.Namespace, p.Name)
				}
			}
		})
	}
}

func input(text []byte) pipeline.Options {
	return pipeline.Options{Paths: []string{"-"}, Stdin: bytes.NewReader(text), Assume: pipeline.Assume{Nothing: true}}
}

func accepted(t *testing.T, text []byte) {
	t.Helper()
	report, err := pipeline.Validate(input(text), pipeline.ValidateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range report.Findings {
		if f.Admission == diag.Rejected {
			t.Errorf("%s %s/%s %s: %s", f.Check.ID, f.At.Doc.Kind, f.At.Doc.Name, f.At.Field, f.Message)
		}
	}
}

// Each kind is generated, and each seed makes another mesh.
func TestVariety(t *testing.T) {
	kinds, texts := map[any]int{}, map[string]bool{}
	for seed := range uint64(50) {
		m := meshgen.New(seed)
		text, err := manifest.Write(m.Documents)
		if err != nil {
			t.Fatal(err)
		}
		texts[string(text)] = true
		for _, d := range m.Documents {
			kinds[d["kind"]]++
		}
	}
	for _, kind := range []string{
		"Service", "Pod", "EndpointSlice", "ServiceEntry", "WorkloadEntry", "DestinationRule", "VirtualService", "Sidecar",
		"Gateway", "PeerAuthentication", "AuthorizationPolicy", "RequestAuthentication", "IstioOperator", "HTTPRoute", "EnvoyFilter",
		"GRPCRoute", "TLSRoute", "TCPRoute", "ListenerSet", "BackendTLSPolicy",
	} {
		if kinds[kind] == 0 {
			t.Errorf("no %s in 50 meshes", kind)
		}
	}
	if len(texts) != 50 {
		t.Errorf("%d different meshes from 50 seeds", len(texts))
	}
}
