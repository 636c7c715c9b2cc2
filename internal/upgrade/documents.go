package upgrade

import (
	"cmp"
	"slices"

	"sem.example/internal/diag"
	"sem.example/internal/source"
	"sem.example/simulate"
)

// A spot is where a finding is, and what about; its message names the release, and does not count.
type spot struct {
	at    source.Position
	field string
	check string
}

// documents compares the findings of the two releases.
func (c *comparison) documents(old, new diag.List) error {
	before, after := bySpot(old), bySpot(new)
	for at, d := range before {
		if _, there := after[at]; !there {
			if err := c.document(d, after, true); err != nil {
				return err
			}
		}
	}
	for at, d := range after {
		if _, there := before[at]; !there {
			if err := c.document(d, before, false); err != nil {
				return err
			}
		}
	}
	slices.SortFunc(c.report.Documents, func(a, b DocumentChange) int {
		return cmp.Or(cmp.Compare(a.Origin.File, b.Origin.File), a.Origin.Line-b.Origin.Line, a.Origin.Column-b.Origin.Column, cmp.Compare(a.Check, b.Check))
	})
	return nil
}

func bySpot(found diag.List) map[spot]diag.Diagnostic {
	out := map[spot]diag.Diagnostic{}
	for _, d := range found {
		if d.Check != diag.ReleaseDisagrees && d.Check != diag.VariableNotModelled && d.Suppressed == nil {
			out[spot{d.At.Position(), d.At.Field, d.Check.ID}] = d
		}
	}
	return out
}

// document adds a finding that only one release has; gone, that is the old one.
func (c *comparison) document(d diag.Diagnostic, others map[spot]diag.Diagnostic, gone bool) error {
	at := d.At.Position()
	if ofRelease(d) {
		other := diag.NewerThanRelease
		if d.Check == other {
			other = diag.WithoutEffect
		}
		if _, both := others[spot{at, d.At.Field, other.ID}]; both && d.Check == diag.WithoutEffect {
			return nil // it is reported with what rejects it
		}
	}
	one := DocumentChange{
		Change: changeOf(d, gone), Rows: []string{}, Check: d.Check.ID, Message: d.Message,
		Origin: simulate.Place{File: at.File, Line: at.Line, Column: at.Column, Field: d.At.Field},
	}
	if other, there := others[spot{at, d.At.Field, diag.WithoutEffect.ID}]; there && d.Check == diag.NewerThanRelease {
		one.Message += "; " + other.Message
	}
	if doc := d.At.Doc; doc != nil {
		one.Origin.Kind, one.Origin.Namespace, one.Origin.Name = cmp.Or(doc.Kind, "MeshConfig"), doc.Namespace, doc.Name
	}
	one.Decide = one.Change.decide() || one.Change == NewFinding && d.Level() == diag.Error
	variants, err := c.explained()
	if err != nil {
		return err
	}
	had := holds(c.old.Found, d)
	for _, v := range variants {
		if ofRelease(d) && holds(v.world.Found, d) != had {
			one.Rows = append(one.Rows, v.row.String())
		}
	}
	c.report.Documents = append(c.report.Documents, one)
	return nil
}

// holds reports whether a list has a finding at the place of another one, of its check.
func holds(found diag.List, d diag.Diagnostic) bool {
	return slices.ContainsFunc(found, func(o diag.Diagnostic) bool {
		return o.Check == d.Check && o.At.Field == d.At.Field && o.At.Position() == d.At.Position()
	})
}

func changeOf(d diag.Diagnostic, gone bool) Change {
	pair := [2]Change{NewFinding, FindingGone}
	switch {
	case d.Check == diag.WithoutEffect:
		pair = [2]Change{Ceases, Begins}
	case d.Admission == diag.Rejected:
		pair = [2]Change{BecomesInvalid, BecomesValid}
	case d.Admission == diag.Warned:
		pair = [2]Change{Deprecated, Cleared}
	}
	if gone {
		return pair[1]
	}
	return pair[0]
}
