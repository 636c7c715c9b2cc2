package upgrade

import (
	"slices"

	"sem.example/internal/diag"
	"sem.example/internal/pipeline"
	"sem.example/internal/release"
)

type comparison struct {
	old, new *pipeline.World
	rows     []release.Behaviour // that only one of the releases has
	variants []variant
	report   *Report
}

// A variant is the mesh as the old release takes it with one row of the new one.
type variant struct {
	row      release.Behaviour
	world    *pipeline.World
	reverted *pipeline.World // as the new release takes it, without the row
}

// explained returns the variants, built at the first call. A row that is a field changes nothing where no document has a field that
// one of the releases lacks.
func (c *comparison) explained() ([]variant, error) {
	if c.variants != nil {
		return c.variants, nil
	}
	fields := slices.ContainsFunc(slices.Concat(c.old.Found, c.new.Found), ofRelease)
	for _, row := range c.rows {
		if len(row.Change().Fields) > 0 && !fields {
			continue
		}
		v := variant{row: row}
		has := c.new.Release.Has(row)
		var err error
		if v.world, err = c.old.As(c.old.Release.Set(row, has), c.old.Release.Because); err != nil {
			return nil, err
		}
		if v.reverted, err = c.new.As(c.new.Release.Set(row, !has), c.new.Release.Because); err != nil {
			return nil, err
		}
		c.variants = append(c.variants, v)
	}
	return c.variants, nil
}

// ofRelease reports whether a finding is about what a release makes of a document.
func ofRelease(d diag.Diagnostic) bool {
	return d.Check == diag.NewerThanRelease || d.Check == diag.WithoutEffect
}
