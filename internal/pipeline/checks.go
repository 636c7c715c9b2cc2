package pipeline

import (
	"cmp"
	"slices"

	"sem.example/internal/diag"
	"sem.example/internal/patch"
	"sem.example/schema"
	"sem.example/validate"
)

// Checks returns every check that sem knows, whichever stage looks for it, by ID.
func Checks() []*diag.Check {
	all := slices.Concat(diag.Input, schema.Checks(), validate.Checks(), patch.Checks)
	slices.SortFunc(all, func(a, b *diag.Check) int { return cmp.Compare(a.ID, b.ID) })
	return all
}
