package simulate

import (
	"sem.example/simulate/decision"
)

// A trap is a mistake that is no error of any document by itself but makes a call go wrong, or less safe than it
// looks. test returns nil where the call does not fall into it.
type trap struct {
	id   string // of the check that finds the same in the documents
	step string // the stage that the warning belongs to
	test func(*run, *decision.Outcome) *trapped
}

// trapped is what a trap says: the message, what would help, and the part of the configuration it is about.
type trapped struct {
	message, help string
	at            decision.Ref
}

// traps are all that are visible from the proxy's resources, in the order of their reports.
var traps = []trap{
	{"SEM124", "listener", serverFirst},
	{"SEM139", "cluster", noOriginalDestination},
	{"SEM140", "tls", doubleTLS},
	{"SEM142", "tls", plaintextToTLS},
	{"SEM145", "tls", noServerName},
	{"SEM146", "tls", wildcardServerName},
	{"SEM150", "tls", meshTLSOutside},
	{"SEM153", "tls", unverified},
	{"SEM224", "route", longerWord},
	{"SEM226", "rewrite", slashTrouble},
	{"SEM227", "cluster", foreignAuthority},
	{"SEM233", "route", idleFault},
	{"SEM236", "redirect", redirectToItself},
}

// warn reports the traps that the call falls into.
func (r *run) warn(o *decision.Outcome) {
	for _, t := range traps {
		if found := t.test(r, o); found != nil {
			r.out.Warnings = append(r.out.Warnings, decision.Warning{ID: t.id, Message: found.message, Help: found.help, Step: t.step, Origin: r.Places.OriginOf(found.at)})
		}
	}
}
