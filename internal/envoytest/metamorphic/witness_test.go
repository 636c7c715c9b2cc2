package main

import (
	"context"
	"flag"
	"math/rand/v2"
	"strings"
	"testing"

	"sem.example/internal/diff"
	"sem.example/internal/envoytest"
	"sem.example/internal/envoytest/mutation"
	"sem.example/internal/explain"
	"sem.example/internal/pipeline"
	"sem.example/internal/realenvoy"
	"sem.example/simulate"
)

var witnesses = flag.Int("witnesses", 8, "how many witnesses to ask a real Envoy about")

// TestWitnesses sends witnesses of changes through Envoy, once with the configuration of each side. Both do what the traces say,
// and where a response or a destination changes, the new one does not do what the old trace says.
func TestWitnesses(t *testing.T) {
	path := envoytest.Required(t)
	kinds, err := mutation.Kinds()
	if err != nil {
		t.Fatal(err)
	}
	asked, otherwise := 0, 0
	o := options{first: 1}
	for i := uint64(0); asked < *witnesses; i++ {
		m, err := o.mesh(nil, i)
		if err != nil {
			t.Fatal(err)
		}
		old, err := load(m.docs)
		if err != nil {
			t.Fatal(err)
		}
		chance := rand.New(rand.NewPCG(1, i))
		for _, k := range chance.Perm(len(kinds))[:20] {
			docs, ok := kinds[k].Apply(m.docs, chance)
			if !ok {
				continue
			}
			new, err := load(docs)
			if err != nil {
				continue // nothing reads the changed document
			}
			r, err := explain.Compare(old, new, diff.DefaultLimits, func(pipeline.Class) bool { return true })
			if err != nil {
				t.Fatal(err)
			}
			if c := shownToServers(r); c != nil {
				asked++
				if observedOtherwise(t, path, c, old, new) {
					otherwise++
				}
				break
			}
		}
	}
	t.Logf("%d witnesses, %d with another response or destination", asked, otherwise)
	if otherwise == 0 {
		t.Error("no witness has another response or destination in Envoy")
	}
}

// shownToServers is the first change of a report of what a client or a server gets to see.
func shownToServers(r *diff.Report) *diff.ReportedChange {
	for i := range r.Changes {
		c := &r.Changes[i]
		for _, d := range c.Details {
			if strings.HasPrefix(d, "verdict") || strings.HasPrefix(d, "response") || strings.HasPrefix(d, "rewrite") || strings.HasPrefix(d, "headers") {
				return c
			}
		}
	}
	return nil
}

// observedOtherwise sends a witness through Envoy on both sides, and reports whether Envoy shows the change.
func observedOtherwise(t *testing.T, path string, c *diff.ReportedChange, old, new *pipeline.World) bool {
	t.Helper()
	before, seenBefore := observe(t, path, c.Witness, old)
	after, seenAfter := observe(t, path, c.Witness, new)
	for _, what := range append(realenvoy.Differences(before, seenBefore), realenvoy.Differences(after, seenAfter)...) {
		t.Errorf("%s: %s", c.Command, what)
	}
	return len(realenvoy.Differences(before, seenAfter)) > 0
}

func observe(t *testing.T, path string, call simulate.Call, w *pipeline.World) (*simulate.Trace, realenvoy.Observation) {
	t.Helper()
	trace, err := w.Trace(call, pipeline.TraceOptions{})
	if err != nil {
		t.Fatal(err)
	}
	compiler, err := w.Compile(call.Proxy)
	if err != nil {
		t.Fatal(err)
	}
	p, err := realenvoy.Start(context.Background(), compiler.Resources(), realenvoy.Options{Envoy: path, Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	seen, err := p.Do(context.Background(), trace.Call)
	if err != nil {
		t.Fatal(err)
	}
	return trace, seen
}
