package main

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"sem.example/internal/diff"
	"sem.example/internal/envoytest/manifest"
	"sem.example/internal/envoytest/mutation"
)

// A report counts what sem said of the pairs.
type report struct {
	pairs, neutral                   int
	equivalent, different, undecided int
	spent                            time.Duration
	kinds                            map[string]*count
	taken                            map[string]int // changes of each mesh that requests may show
	doubts                           map[string]int // what was undecided, by why
	examples                         map[string]string
	wrong                            []string
	kept                             int // pairs
}

// A count is what sem said of the pairs of one kind.
type count struct{ pairs, different, undecided int }

func newReport(kinds []mutation.Kind) *report {
	r := &report{kinds: map[string]*count{}, taken: map[string]int{}, doubts: map[string]int{}, examples: map[string]string{}}
	for _, k := range kinds {
		r.kinds[k.Name] = &count{}
	}
	return r
}

func (r *report) add(c change, got *diff.Report, took time.Duration) {
	r.pairs++
	r.spent += took
	k := r.kinds[c.name]
	if c.neutral {
		r.neutral++
		k = &count{}
	}
	k.pairs++
	compared := slices.DeleteFunc(slices.Clone(got.Undecided), func(u diff.ReportedDoubt) bool { return u.Why == diff.OnlyOld || u.Why == diff.OnlyNew })
	if len(got.Changes) > 0 {
		r.different++
		k.different++
	}
	switch {
	case len(compared) > 0:
		r.undecided++
		k.undecided++
	case len(got.Changes) == 0:
		r.equivalent++
	}
}

func (r *report) mistake(m mesh, c change, what string) {
	r.wrong = append(r.wrong, fmt.Sprintf("%s, %q: %s", m.name, c.name, what))
}

func (r *report) undecide(m mesh, c change, u diff.ReportedDoubt) {
	r.doubts[string(u.Why)]++
	r.examples[c.name+": "+string(u.Why)] = fmt.Sprintf("%s %s %v %s", m.name, u.Direction, u.Proxies[0], u.Region)
}

// keep writes both sides of a pair, and the kind of change, into a folder of their own.
func (r *report) keep(folder string, m mesh, c change, docs []manifest.Tree) {
	r.kept++
	dir := filepath.Join(folder, fmt.Sprintf("%03d-%s", r.kept, m.name))
	err := os.MkdirAll(dir, 0o755)
	for name, side := range map[string][]manifest.Tree{"old.yaml": m.docs, "new.yaml": docs} {
		text, marshalErr := manifest.Write(side)
		err = errors.Join(err, marshalErr, os.WriteFile(filepath.Join(dir, name), append([]byte("# "+c.name+"\n"), text...), 0o600))
	}
	if err != nil {
		r.wrong = append(r.wrong, err.Error())
	}
}

func (r *report) write(w io.Writer, verbose bool) {
	shown := 0
	var never []string
	for _, name := range slices.Sorted(maps.Keys(r.kinds)) {
		k := r.kinds[name]
		if k.different > 0 {
			shown++
		} else {
			never = append(never, fmt.Sprintf("%s (%d pairs)", name, k.pairs))
		}
		if verbose && k.pairs > 0 {
			fmt.Fprintf(w, "%4d pairs %4d different %4d undecided  %s\n", k.pairs, k.different, k.undecided, name)
		}
	}
	if verbose {
		for _, name := range slices.Sorted(maps.Keys(r.examples)) {
			fmt.Fprintf(w, "undecided: %s: %s\n", name, r.examples[name])
		}
		fmt.Fprintf(w, "never different: %s\n", strings.Join(never, "\n  "))
	}
	for _, text := range r.wrong {
		fmt.Fprintln(w, "WRONG", text)
	}
	fmt.Fprintf(w, "%d pairs of %d kinds of change, %d of them shown different at least once, and %d pairs that cannot differ: %d different, %d equivalent, %d undecided (%.2f%%), %d wrong; %v a comparison\n",
		r.pairs, len(r.kinds), shown, r.neutral, r.different, r.equivalent, r.undecided, 100*float64(r.undecided)/float64(max(r.pairs, 1)), len(r.wrong), (r.spent / time.Duration(max(r.pairs, 1))).Round(time.Millisecond))
	for _, why := range slices.Sorted(maps.Keys(r.doubts)) {
		fmt.Fprintf(w, "  %d undecided: %s\n", r.doubts[why], why)
	}
}
