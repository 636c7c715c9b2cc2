package diag

import (
	"fmt"
	"slices"
	"strings"

	"sem.example/internal/source"
)

// A Suppressed says why a finding is not to be reported.
type Suppressed struct {
	Reason   string // as its author gave it; may be empty
	External bool   // in the settings of sem rather than in the document
}

// The annotations that suppress findings of their object. Those of istioctl and Kiali name their own codes, which the
// checks know as aliases.
var annotations = []string{"sem/ignore", "galley.istio.io/analyze-suppress", "kiali.io/ignore-validations"}

// An ignore is one wish to suppress: a comment, or an annotation.
type ignore struct {
	checks []string
	reason string
	at     Place
	line   int32 // the only line concerned; 0 is any
	ours   bool  // rather than another tool's
	used   bool
}

// Suppress marks the findings that comments of their files and annotations of their objects suppress, and returns the
// list with a finding more for each suppression that suppresses nothing.
func (l List) Suppress(in *source.Input) List {
	byFile, byDoc := ignores(in)
	for i := range l {
		d := &l[i]
		wishes := byDoc[d.At.Doc]
		if f := d.At.Source(); f != nil {
			wishes = append(slices.Clip(byFile[f]), wishes...)
		}
		for _, wish := range wishes {
			if wish.concerns(d) {
				wish.used = true
				d.Suppressed = &Suppressed{Reason: wish.reason}
			}
		}
	}
	for _, f := range in.Files {
		l = append(l, unused(byFile[f])...)
	}
	for _, doc := range in.Documents {
		l = append(l, unused(byDoc[doc])...)
	}
	return l
}

func ignores(in *source.Input) (map[*source.File][]*ignore, map[*source.Document][]*ignore) {
	byFile, byDoc := map[*source.File][]*ignore{}, map[*source.Document][]*ignore{}
	for _, f := range in.Files {
		for _, s := range f.Suppressions {
			byFile[f] = append(byFile[f], &ignore{checks: s.Checks, reason: s.Reason, at: Place{File: f, Exact: s.Range}, line: s.Line, ours: true})
		}
	}
	for _, doc := range in.Documents {
		notes := doc.Root.Get("metadata").Get("annotations")
		for i, key := range annotations {
			if value := notes.StringAt(key); value != "" {
				field := source.Join("metadata.annotations", key)
				byDoc[doc] = append(byDoc[doc], &ignore{checks: codes(value), at: Place{Doc: doc, Field: field}, ours: i == 0})
			}
		}
	}
	return byFile, byDoc
}

// codes are the codes of a list with commas.
func codes(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' })
}

// concerns says whether a wish is about a finding.
func (s *ignore) concerns(d *Diagnostic) bool {
	if s.line > 0 && d.At.Range().Line != s.line {
		return false
	}
	return slices.ContainsFunc(s.checks, func(code string) bool {
		return code == d.Check.ID || !s.ours && (code == "*" || slices.Contains(d.Check.Aliases, code))
	})
}

// unused are the findings for suppressions of ours that suppress nothing.
func unused(list []*ignore) List {
	var found List
	for _, s := range list {
		if s.ours && !s.used {
			found = append(found, Diagnostic{
				Check: uselessSuppression, At: s.at,
				Message: fmt.Sprintf("nothing here draws %s, so there is nothing to suppress", strings.Join(s.checks, " or ")),
			})
		}
	}
	return found
}
