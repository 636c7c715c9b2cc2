package lsp

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"sem.example/internal/diff"
	"sem.example/internal/explain"
	"sem.example/internal/mesh"
	"sem.example/internal/output"
	"sem.example/internal/pipeline"
	"sem.example/internal/source"
	"sem.example/internal/suite"
)

// traceRule is the command that traces a request which takes a rule.
const traceRule = "sem.traceRule"

// A ruleAt names a rule of a VirtualService: the place of its route.
type ruleAt struct {
	File string
	Line int
}

// traceParams name a rule to an editor.
type traceParams struct {
	URI  string `json:"uri"`
	Line int    `json:"line"`
}

// lenses are what is said above each rule of a file: that no request reaches it, how many tests do, and the offer to trace one.
func lenses(ctx context.Context, s *snapshot, name string) []codeLens {
	out := []codeLens{}
	w := s.worldOf(name)
	if w == nil {
		return out
	}
	for _, at := range rules(w, name) {
		where := s.rangeIn(at.Source(), at.Range())
		where.End = where.Start
		add := func(c command) { out = append(out, codeLens{Range: where, Command: c}) }
		if id := s.unreachable(at); id != "" {
			add(command{Title: "unreachable (" + id + ")"})
			continue
		}
		if title := s.reached(ctx, at); title != "" {
			add(command{Title: title})
		}
		add(command{Title: "trace a request that matches", Command: traceRule, Arguments: []any{traceParams{URI: s.uri(at.Source()), Line: at.Position().Line}}})
	}
	return out
}

// rules are the places of the routes of a file.
func rules(w *pipeline.World, name string) []source.Place {
	var out []source.Place
	for _, part := range w.Mesh.Parts() {
		at := part.At.Source()
		if part.Kind == mesh.RoutePart && at.Doc != nil && at.Source() != nil && at.Source().Name == name {
			out = append(out, at)
		}
	}
	return out
}

// The checks whose findings say that no request takes a rule, and those that say it of one match of it.
var (
	deadRules   = []string{"SEM220"}
	deadMatches = []string{"SEM123", "SEM221", "SEM222", "SEM225", "SEM239", "SEM277", "SEM313"}
)

// unreachable is the check that reports that no request takes a rule; "" where none does.
func (s *snapshot) unreachable(at source.Place) string {
	dead, last := map[string]bool{}, ""
	for _, d := range s.reported() {
		if d.At.Doc.Original() != at.Doc.Original() || !strings.HasPrefix(d.At.Field, at.Field) {
			continue
		}
		rest := strings.TrimPrefix(d.At.Field, at.Field)
		match, _, _ := strings.Cut(strings.TrimPrefix(rest, ".match"), "]")
		switch {
		case slices.Contains(deadRules, d.Check.ID):
			return d.Check.ID
		case slices.Contains(deadMatches, d.Check.ID) && strings.HasPrefix(rest, ".match"):
			dead[match], last = true, d.Check.ID
		}
	}
	if matches := at.Doc.Lookup(at.Field + ".match"); matches != nil && len(matches.Items) > 0 && len(dead) == len(matches.Items) {
		return last
	}
	return ""
}

// hits are how many requests of tests reach a part of the configuration; nil where there are no tests, or they could not be run.
type hits map[ruleAt]int

// reached says how many tests reach a rule; "" where there are no tests.
func (s *snapshot) reached(ctx context.Context, at source.Place) string {
	all := s.tests.Get(func() (all hits) {
		_ = s.inside(func() { all = s.cover(ctx) })
		return all
	})
	if all == nil {
		return ""
	}
	p := at.Position()
	switch n := all[ruleAt{p.File, p.Line}]; n {
	case 0:
		return "reached by no test"
	case 1:
		return "reached by 1 test"
	default:
		return fmt.Sprintf("reached by %d tests", n)
	}
}

// cover runs the tests of the workspace.
func (s *snapshot) cover(ctx context.Context) hits {
	if !s.config.Tests {
		return nil
	}
	o := s.config.Options
	names, _ := source.FindTests(o.Paths)
	if len(names) == 0 {
		return nil
	}
	runner := suite.NewRunner(suite.Options{
		Namespace: cmp.Or(o.Namespace, "default"), MeshConfig: o.MeshConfig, Release: o.Release, ReleaseBy: o.ReleaseBy, Assume: o.Assume,
		CUE: o.CUE, Builder: o.Builder, World: o.World, Worlds: o.Worlds, Edited: s.edited(), Within: s.folder.holds,
	})
	report, err := runner.Run(ctx, names)
	if err != nil {
		return nil
	}
	out := hits{}
	for _, item := range report.Cover().Items {
		if item.What == string(mesh.RoutePart) {
			out[ruleAt{item.File, int(item.Range.Line)}] = item.Hits
		}
	}
	return out
}

// holds reports whether a path is in the folder, links resolved.
func (f folder) holds(path string) bool {
	if !filepath.IsAbs(path) {
		path = filepath.Join(f.path, path)
	}
	_, ok := f.name(f.uri(path))
	return ok
}

// errNoRequest is for rules that no request takes.
var errNoRequest = errors.New("no request was found that takes this rule: another one takes precedence, no proxy of the input uses it, or the search reached its limit")

// traced is the trace of a request that takes a rule, as "sem trace" prints it.
func traced(s *snapshot, of ruleAt) (string, error) {
	w := s.worldOf(of.File)
	if w == nil {
		return "", errNoRequest
	}
	all := rules(w, of.File)
	i := slices.IndexFunc(all, func(at source.Place) bool { return at.Position().Line == of.Line })
	if i < 0 {
		return "", errNoRequest
	}
	classes, err := pipeline.Classes(w, w)
	if err != nil {
		return "", err
	}
	classes = slices.DeleteFunc(classes, func(c pipeline.Class) bool { return c.Direction == pipeline.Inbound })
	t, ok, err := explain.RequestFor(w, diff.DefaultLimits, classes, all[i])
	if err != nil {
		return "", err
	}
	if !ok {
		return "", errNoRequest
	}
	var text bytes.Buffer
	err = output.Trace(&text, t, output.Look{Width: 100})
	return text.String(), err
}
