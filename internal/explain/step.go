package explain

import (
	"slices"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/simulate"
)

// The steps of a trace at which documents that do not count are named.
const (
	atListener    = string(diag.AtListener)
	atVirtualHost = string(diag.AtVirtualHost)
	atRoute       = string(diag.AtRoute)
	atCluster     = string(diag.AtCluster)
	atEndpoint    = string(diag.AtEndpoint)
)

// add names places that do not count at the step of a stage, or at the last one. A document that some step names already is left
// out.
func (h *hop) add(stage string, ignored ...config.Ignored) {
	for _, l := range ignored {
		p := placeOf(l)
		if h.names(func(o simulate.Place) bool { return o.Role == overridden && sameDocument(o, p) }) {
			continue
		}
		if s := h.step(stage); s != nil {
			s.Origins = append(slices.Clip(s.Origins), p)
		}
	}
}

// names reports whether a place of some kind is behind a step of the hop.
func (h *hop) names(kind func(simulate.Place) bool) bool {
	return slices.ContainsFunc(h.Steps, func(s simulate.Step) bool { return slices.ContainsFunc(s.Origins, kind) })
}

// step is the hop's step of a stage, or the last. It is nil where the hop has no steps.
func (h *hop) step(stage string) *simulate.Step {
	for i := range h.Steps {
		if h.Steps[i].Stage == stage {
			return &h.Steps[i]
		}
	}
	if n := len(h.Steps); n > 0 {
		return &h.Steps[n-1]
	}
	return nil
}
