package diag

import (
	"cmp"
	"slices"
)

// A Silenced counts the findings that one file keeps from failing a run.
type Silenced struct {
	By       string   // the file
	How      string   // disable, severity, ignore, baseline (of a settings file), comment (or annotation, of a document)
	Checks   []string // IDs, in order
	Findings int
}

// A silencer counts by file and way.
type silencer map[[2]string]*Silenced

func (s silencer) add(how, by string, d *Diagnostic) {
	key := [2]string{by, how}
	if s[key] == nil {
		s[key] = &Silenced{By: by, How: how}
	}
	s[key].Findings++
	if at, found := slices.BinarySearch(s[key].Checks, d.Check.ID); !found {
		s[key].Checks = slices.Insert(s[key].Checks, at, d.Check.ID)
	}
}

// list returns the counts by file, then by way.
func (s silencer) list() []Silenced {
	var out []Silenced
	for _, one := range s {
		out = append(out, *one)
	}
	slices.SortFunc(out, func(a, b Silenced) int { return cmp.Or(cmp.Compare(a.By, b.By), cmp.Compare(a.How, b.How)) })
	return out
}

// SilencedByBaseline counts the findings of a report that a baseline, which a settings file asks for, keeps from failing.
func (r *Report) SilencedByBaseline(settings string) {
	count := silencer{}
	for i := range r.Findings {
		if d := &r.Findings[i]; d.Unchanged {
			count.add("baseline", settings, d)
		}
	}
	r.Silenced = append(r.Silenced, count.list()...)
}
