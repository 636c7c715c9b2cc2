package output

import (
	"fmt"
	"slices"

	"sem.example/simulate"
)

// shownUnused is how many documents that do not count a trace for people lists below a step, without --why.
const shownUnused = 4

// unused lists the documents that might have decided, and why they do not. One that loses at several stages is named once.
func (p *tracePrinter) unused(t *simulate.Trace, h *simulate.Hop, s *simulate.Step, below table) {
	shown, more := 0, 0
	for i := range s.Origins {
		at := &s.Origins[i]
		name := unusedName(h, at)
		if at.Role != "overridden" || at.Note == "" || p.lost[name] {
			continue
		}
		p.lost[name] = true
		warned := func(w simulate.Warning) bool {
			return w.Origin != nil && documentName(w.Origin) == documentName(at) && (w.Step == s.Stage || unusedName(h, w.Origin) == name)
		}
		if slices.ContainsFunc(t.Warnings, warned) {
			continue
		}
		if shown == shownUnused && !p.look.Why {
			more++
			continue
		}
		shown++
		below.reason(fmt.Sprintf("✗ %s is not used: %s", name, at.Note), p.spot(at))
	}
	if more > 0 {
		p.wrapped(fmt.Sprintf("✗ %d more are not used; --why lists them", more), below.indent, p.palette.dim)
	}
}

// unusedName names what does not count: a field of a document that decides with others, else the document.
func unusedName(h *simulate.Hop, at *simulate.Place) string {
	counts := func(o simulate.Place) bool { return o.Role != "overridden" && documentName(&o) == documentName(at) }
	takesPart := slices.ContainsFunc(h.Steps, func(s simulate.Step) bool { return slices.ContainsFunc(s.Origins, counts) })
	if takesPart && at.Field != "" {
		return at.Field + " of " + documentName(at)
	}
	return documentName(at)
}

func documentName(at *simulate.Place) string {
	return fmt.Sprintf("%s %s/%s", at.Kind, at.Namespace, at.Name)
}
