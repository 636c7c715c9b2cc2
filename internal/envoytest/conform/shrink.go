package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/txtar"

	"sem.example/internal/envoytest/manifest"
	"sem.example/simulate"
)

// A shrinker looks for the smallest documents and call that show what a disagreement shows.
type shrinker struct {
	ctx      context.Context // out of time is out of disagreements
	options  options
	settings []byte
	what     string // the first thing that differs
}

// shrink writes each proxy's first disagreement into a folder, as an archive that the tests run.
func (r *report) shrink(ctx context.Context, folder string) error {
	for _, of := range r.results {
		if len(of.disagreements) == 0 {
			continue
		}
		d := of.disagreements[0]
		docs, err := manifest.Read(of.world.Input.Documents)
		if err != nil {
			return err
		}
		s := &shrinker{ctx: ctx, options: r.options, settings: of.world.settings, what: differingField(d.differences)}
		docs, call := s.least(docs, d.call)
		name := fmt.Sprintf("%s-%s.txtar", of.mesh, strings.ReplaceAll(of.proxy, "/", "-"))
		if err := s.write(filepath.Join(folder, name), d, docs, call); err != nil {
			return err
		}
	}
	return nil
}

// differingField is what the first difference is about: "cluster" of "cluster: trace a, Envoy b".
func differingField(differences []string) string {
	if len(differences) == 0 {
		return ""
	}
	what, _, _ := strings.Cut(differences[0], ":")
	return what
}

// least shrinks the documents, and then the call.
func (s *shrinker) least(docs []manifest.Tree, call simulate.Call) ([]manifest.Tree, simulate.Call) {
	docs = manifest.Shrink(docs, func(docs []manifest.Tree) bool { return s.shows(docs, call) })
	for _, simpler := range []func(*simulate.Call){
		func(c *simulate.Call) { c.Headers = nil },
		func(c *simulate.Call) { c.URL, _, _ = strings.Cut(c.URL, "?") },
		func(c *simulate.Call) { c.URL = hostOnly(c.URL) },
		func(c *simulate.Call) { c.Method = "" },
		func(c *simulate.Call) { c.ALPN = "" },
	} {
		candidate := call
		simpler(&candidate)
		if s.shows(docs, candidate) {
			call = candidate
		}
	}
	return docs, call
}

// hostOnly takes the path off a URL.
func hostOnly(url string) string {
	scheme, rest, _ := strings.Cut(url, "://")
	host, _, _ := strings.Cut(rest, "/")
	return scheme + "://" + host + "/"
}

// tries is how often a call is made, for what Envoy does by chance.
const tries = 8

// shows reports whether documents still disagree about a call in the same way.
func (s *shrinker) shows(docs []manifest.Tree, call simulate.Call) bool {
	text, err := manifest.Write(docs)
	if err != nil || s.ctx.Err() != nil {
		return false
	}
	built, err := s.options.load(text, s.settings)
	if err != nil {
		return false
	}
	calls := make([]simulate.Call, tries)
	for i := range calls {
		calls[i] = call
	}
	w := &world{World: built, calls: calls}
	r := compareProxy(s.ctx, s.options.only(), testedProxy{world: w, proxy: call.Proxy})
	return len(r.disagreements) > 0 && differingField(r.disagreements[0].differences) == s.what
}

// only has no calls made but those that a mesh brings along.
func (o options) only() options {
	o.limit = none
	return o
}

// write writes an archive.
func (s *shrinker) write(path string, d disagreement, docs []manifest.Tree, call simulate.Call) error {
	text, err := manifest.Write(docs)
	if err != nil {
		return err
	}
	line, err := json.Marshal(call)
	if err != nil {
		return err
	}
	a := &txtar.Archive{
		Comment: fmt.Appendf(nil, "The trace and Envoy disagree: %s.\n", strings.Join(d.differences, "; ")),
		Files:   []txtar.File{{Name: "mesh.yaml", Data: text}, {Name: "calls.jsonl", Data: append(bytes.TrimSpace(line), '\n')}},
	}
	if s.settings != nil {
		a.Files = append(a.Files, txtar.File{Name: "settings.yaml", Data: s.settings})
	}
	return os.WriteFile(path, txtar.Format(a), 0o644)
}
