package validate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"sem.example/internal/diag"
	"sem.example/internal/parallel"
	"sem.example/internal/source"
	"sem.example/validate/internal/facts"
)

// A rule is a check with the function that looks for it.
type rule struct {
	check *diag.Check
	find  func(*facts.Set, *reporter)
}

var rules []rule

// register adds a check to the list. It is called from package variables, so that a check is one value in one place.
func register(check diag.Check, find func(*facts.Set, *reporter)) *diag.Check {
	rules = append(rules, rule{check: &check, find: find})
	return &check
}

// Checks returns every check of the package, by ID.
func Checks() []*diag.Check {
	var all []*diag.Check
	for _, r := range rules {
		all = append(all, r.check)
	}
	slices.SortFunc(all, func(a, b *diag.Check) int { return cmp.Compare(a.ID, b.ID) })
	return all
}

// An Input is what is to be checked, and how.
type Input = facts.Input

// A Registry says what a host means that the input does not hold.
type Registry = facts.Registry

// The registries. The empty value decides namespace by namespace: one whose objects were read from a cluster is complete, of every
// other a missing host is unknown, and findings about it are information.
const (
	Open   = facts.Open   // unknown: no finding
	Closed = facts.Closed // wrong
)

// Run looks for everything that the checks know, and returns it sorted.
func Run(in Input) diag.List {
	return New(in).Some(in.Only, func(*diag.Check) bool { return true })
}

// A Checker checks one part of an input after the other, and works out once what the checks ask of the whole. It is safe for
// concurrent use.
type Checker struct{ base *facts.Base }

// New returns a Checker of an input.
func New(in Input) *Checker { return &Checker{facts.NewBase(in)} }

// Some runs the wanted checks side by side and returns their findings sorted. Findings about other documents than those of only are
// left out; nil stands for all.
func (c *Checker) Some(only map[*source.Document]bool, wanted func(*diag.Check) bool) diag.List {
	s := c.base.About(only)
	lists := make([]diag.List, len(rules))
	parallel.Each(len(rules), func(i int) {
		if r := rules[i]; wanted(r.check) {
			r.find(s, &reporter{docs: s.Documents, check: r.check, found: &lists[i]})
		}
	})
	found := slices.Concat(lists...)
	facts.DoubtNamespaces(s.Documents, found)
	found.Sort()
	return found
}

// A reporter collects what one check finds about the documents in question.
type reporter struct {
	docs  *facts.Documents
	check *diag.Check
	found *diag.List
}

// at reports a finding at a field of an object. One that is not wanted goes nowhere, whatever more is said of it.
func (r *reporter) at(p facts.Place, format string, args ...any) finding {
	if !r.docs.Wanted(p.Object) {
		return finding{&diag.Diagnostic{}}
	}
	*r.found = append(*r.found, diag.Diagnostic{Check: r.check, Message: fmt.Sprintf(format, args...), At: p.Source()})
	return finding{&(*r.found)[len(*r.found)-1]}
}

// A finding is a diagnostic to which its check has more to say. It must not be kept beyond the next report.
type finding struct{ *diag.Diagnostic }

// help returns what to do in this case.
func (f finding) help(format string, args ...any) finding {
	f.Help = fmt.Sprintf(format, args...)
	return f
}

// fix is the edit that fixes this finding and cannot change what works.
func (f finding) fix(changes ...diag.Change) finding {
	f.Edit = changes
	return f
}

// related notes a further place.
func (f finding) related(p facts.Place, format string, args ...any) finding {
	f.Related = append(f.Related, diag.Related{Place: p.Source(), Note: fmt.Sprintf(format, args...)})
	return f
}

// severity grades this finding otherwise than its check.
func (f finding) severity(s diag.Severity) finding {
	f.Severity = s
	return f
}

// infoUnless makes this finding information where the input may hold only a part of what the check compares with.
func (f finding) infoUnless(complete bool) finding {
	if complete {
		return f
	}
	if f.Check != nil && f.Help == "" {
		f.Help = fmt.Sprintf("%s; with --registry closed, this is %s", strings.TrimSuffix(f.Advice(), "."), oneOf(f.Level()))
	}
	return f.severity(diag.Info)
}

// oneOf words one finding of a severity.
func oneOf(s diag.Severity) string {
	if s == diag.Warning {
		return "a warning"
	}
	return "an error"
}

// rejected says that the API server or Istio's webhook rejects the document for this.
func (f finding) rejected() finding {
	f.Admission = diag.Rejected
	return f
}

// warned says that Istio's webhook warns of this when the document is applied.
func (f finding) warned() finding {
	f.Admission = diag.Warned
	return f
}

// warnedFor says the same of a setting of a policy: the webhook drops its warnings about policies for subsets and ports.
func (f finding) warnedFor(p facts.Policy) finding {
	if p.Whole {
		return f.warned()
	}
	return f
}
