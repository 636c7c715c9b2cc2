package upgrade

import (
	"sem.example/internal/diag"
	"sem.example/internal/diff"
	"sem.example/internal/explain"
	"sem.example/internal/pipeline"
	"sem.example/internal/release"
)

// A Side is a mesh as one of the releases takes it.
type Side struct {
	World    *pipeline.World
	Findings diag.List // of validation
}

// Compare returns what changes between two releases of a mesh.
func Compare(from, to Side) (*Report, error) {
	c := comparison{old: from.World, new: to.World, rows: release.Between(from.World.Release.Release, to.World.Release.Release)}
	c.report = &Report{
		APIVersion: "sem/v1", Kind: "UpgradeReport", From: named(from.World), To: named(to.World),
		Documents: []DocumentChange{}, Resources: []ResourceChange{}, Requests: []RequestChange{}, Undecided: []diff.ReportedDoubt{}, Untouched: []string{},
	}
	if err := c.documents(from.Findings, to.Findings); err != nil {
		return nil, err
	}
	if err := c.resources(); err != nil {
		return nil, err
	}
	if err := c.requests(); err != nil {
		return nil, err
	}
	c.count()
	return c.report, nil
}

func named(w *pipeline.World) diff.ReportedRelease {
	return diff.ReportedRelease{Istio: w.Release.String(), Envoy: w.Release.Envoy(), Because: w.Release.Because}
}

// requests compares the answers to requests, and finds the rows behind each that differs.
func (c *comparison) requests() error {
	found, err := explain.Compare(c.old, c.new, diff.DefaultLimits, func(pipeline.Class) bool { return true })
	if err != nil {
		return err
	}
	c.report.Summary.Classes = found.Summary.Classes
	for _, doubt := range found.Undecided {
		if doubt.Why == diff.Unshown {
			c.report.Summary.Unshown++ // what differs is among the resources
			continue
		}
		c.report.Undecided = append(c.report.Undecided, doubt)
	}
	for _, ch := range found.Changes {
		if !ch.Shown() {
			c.report.Summary.Unshown++
			continue
		}
		one := RequestChange{ReportedChange: ch, Rows: []string{}}
		variants, err := c.explained()
		if err != nil {
			return err
		}
		for _, v := range variants {
			changed, err := v.answers(c, ch)
			if err != nil {
				return err
			}
			if changed {
				one.Rows = append(one.Rows, v.row.String())
			}
		}
		c.report.Requests = append(c.report.Requests, one)
	}
	return nil
}

// answers reports whether the row changes the answer to the witness of a change, for the old release or for the new one.
func (v variant) answers(c *comparison, ch diff.ReportedChange) (bool, error) {
	for _, pair := range [][2]*pipeline.World{{c.old, v.world}, {c.new, v.reverted}} {
		a, err := pair[0].Trace(ch.Witness, pipeline.TraceOptions{})
		if err != nil {
			return false, err
		}
		b, err := pair[1].Trace(ch.Witness, pipeline.TraceOptions{})
		if err != nil {
			return false, err
		}
		if _, differs := diff.Differ(a, b); differs {
			return true, nil
		}
	}
	return false, nil
}

// count fills in the summary, and the rows that change nothing.
func (c *comparison) count() {
	r := c.report
	s := &r.Summary
	s.Documents, s.Requests, s.Undecided = len(r.Documents), len(r.Requests), len(r.Undecided)
	s.Decide = s.Requests + s.Undecided
	touched := map[string]bool{}
	note := func(rows []string) {
		for _, row := range rows {
			touched[row] = true
		}
	}
	for _, d := range r.Documents {
		note(d.Rows)
		if d.Decide {
			s.Decide++
		}
	}
	for _, ch := range r.Resources {
		note([]string{ch.Row})
	}
	for _, ch := range r.Requests {
		note(ch.Rows)
	}
	for _, row := range c.rows {
		if !touched[row.String()] {
			r.Untouched = append(r.Untouched, row.String())
		}
	}
}
