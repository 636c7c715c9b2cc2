package main

import (
	"context"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"testing/fstest"
	"time"

	"sem.example/internal/diff"
	"sem.example/internal/envoytest/manifest"
	"sem.example/internal/envoytest/mutation"
	"sem.example/internal/explain"
	"sem.example/internal/pipeline"
)

type options struct {
	pairs   int
	first   uint64
	each    int
	calls   int
	verbose bool
	blind   bool   // forget what the comparison finds: a mistake to be found
	keep    string // a folder for the pairs that are wrong or undecided
}

// A change is a kind of change and whether requests may show it.
type change struct {
	name    string
	neutral bool
	apply   func([]manifest.Tree, *rand.Rand) ([]manifest.Tree, bool)
}

// run compares pairs until there are enough of them, or no time is left.
func (o options) run(ctx context.Context, paths []string) (*report, error) {
	kinds, err := mutation.Kinds()
	if err != nil {
		return nil, err
	}
	r := newReport(kinds)
	for i := uint64(0); r.pairs < o.pairs && ctx.Err() == nil; i++ {
		m, err := o.mesh(paths, i)
		if err != nil {
			return nil, err
		}
		chance := rand.New(rand.NewPCG(o.first, i))
		old, err := load(m.docs)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", m.name, err)
		}
		for _, c := range o.changes(kinds, chance) {
			if r.pairs >= o.pairs || ctx.Err() != nil {
				break
			}
			o.pair(r, m, old, c)
		}
	}
	return r, nil
}

// changes are those of one mesh.
func (o options) changes(kinds []mutation.Kind, chance *rand.Rand) []change {
	var out []change
	for _, n := range mutation.Neutrals() {
		out = append(out, change{n.Name, true, n.Apply})
	}
	chance.Shuffle(len(kinds), func(i, j int) { kinds[i], kinds[j] = kinds[j], kinds[i] })
	for _, k := range kinds {
		out = append(out, change{k.Name, false, k.Apply})
	}
	return out
}

// load builds the mesh of documents, without what admission rejects.
func load(docs []manifest.Tree) (*pipeline.World, error) {
	text, err := manifest.Write(docs)
	if err != nil {
		return nil, err
	}
	w, err := pipeline.Load(pipeline.Options{FS: fstest.MapFS{"mesh.yaml": {Data: text}}, Paths: []string{"mesh.yaml"}})
	if err != nil {
		return nil, err
	}
	w, _, err = w.Admitted()
	return w, err
}

// pair compares a mesh with what a change makes of it, and judges the answer.
func (o options) pair(r *report, m mesh, old *pipeline.World, c change) {
	h := fnv.New64a()
	fmt.Fprint(h, m.name, c.name)
	if !c.neutral && r.taken[m.name] >= o.each {
		return
	}
	docs, ok := c.apply(m.docs, rand.New(rand.NewPCG(o.first, h.Sum64())))
	if !ok {
		return
	}
	new, err := load(docs)
	if err != nil || len(new.Found.Unread()) > 0 || len(new.Objects) < len(docs)-2 {
		return // the change made a document that nothing reads
	}
	began := time.Now()
	got, err := explain.Compare(old, new, diff.DefaultLimits, func(pipeline.Class) bool { return true })
	if err != nil {
		r.mistake(m, c, "cannot be compared: "+err.Error())
		return
	}
	if o.blind {
		got.Changes, got.Undecided = nil, nil
	}
	if !c.neutral {
		r.taken[m.name]++
	}
	r.add(c, got, time.Since(began))
	before := len(r.wrong)
	j := judge{old: old, new: new, calls: o.calls, seed: o.first + h.Sum64()%1000}
	classes, err := pipeline.Classes(old, new)
	if err != nil {
		r.mistake(m, c, err.Error())
		return
	}
	for _, class := range classes {
		if !mentioned(got, class) {
			if call, what := j.difference(class); what != "" {
				r.mistake(m, c, fmt.Sprintf("%s (%s) is called equivalent, and is not: %s\n%s", class.Members[0], class.Direction, call, what))
			}
		}
	}
	for i := range got.Changes {
		if c.neutral {
			r.mistake(m, c, "differs: "+got.Changes[i].Region+" "+fmt.Sprint(got.Changes[i].Details)+" "+got.Changes[i].Command)
		} else if what := j.witness(&got.Changes[i]); what != "" {
			r.mistake(m, c, "has a witness that shows nothing: "+what)
		}
	}
	doubts := 0
	for _, u := range got.Undecided {
		if u.Why != diff.OnlyOld && u.Why != diff.OnlyNew {
			r.undecide(m, c, u)
			doubts++
		}
	}
	if o.keep != "" && (doubts > 0 || len(r.wrong) > before) {
		r.keep(o.keep, m, c, docs)
	}
}

// mentioned reports whether a report says that a class of proxies differs, or may.
func mentioned(r *diff.Report, class pipeline.Class) bool {
	has := func(direction string, proxies []string) bool {
		return direction == class.Direction && slices.Contains(proxies, class.Members[0])
	}
	return slices.ContainsFunc(r.Changes, func(c diff.ReportedChange) bool { return has(c.Direction, c.Proxies) }) ||
		slices.ContainsFunc(r.Undecided, func(u diff.ReportedDoubt) bool { return has(u.Direction, u.Proxies) })
}
