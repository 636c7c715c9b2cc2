package validate

import (
	"cmp"
	"slices"

	"sem.example/internal/diag"
)

// A rule is a check with the function that looks for it.
type rule struct {
	check *diag.Check
	find  func(*Scope, *reporter)
}

var rules []rule

// register adds a check to the list. It is called from package variables, so that a check is one value in one place.
func register(check diag.Check, find func(*Scope, *reporter)) *diag.Check {
	rules = append(rules, rule{check: &check, find: find})
	return &check
}

// Checks returns every check of the package, by ID.
func Checks() []*diag.Check {
	seen := map[*diag.Check]bool{}
	var all []*diag.Check
	for _, r := range rules {
		if !seen[r.check] {
			seen[r.check] = true
			all = append(all, r.check)
		}
	}
	slices.SortFunc(all, func(a, b *diag.Check) int { return cmp.Compare(a.ID, b.ID) })
	return all
}

// Run looks for everything that the checks know, and returns it sorted.
func Run(s *Scope) diag.List {
	var found diag.List
	for _, r := range rules {
		r.find(s, &reporter{check: r.check, found: &found})
	}
	found.Sort()
	return found
}

// A reporter collects what one check finds.
type reporter struct {
	check *diag.Check
	found *diag.List
}

// at reports a finding at a field of an object and returns it, for those who have more to say.
func (r *reporter) at(w place, message string) *diag.Diagnostic {
	*r.found = append(*r.found, diag.Diagnostic{Check: r.check, Message: message, At: w.diag()})
	return &(*r.found)[len(*r.found)-1]
}
