package output

import (
	"fmt"
	"slices"
	"strings"

	"sem.example/simulate"
)

// notAdmitted names the resources that take no part, as admission rejects them.
func (p *tracePrinter) notAdmitted(t *simulate.Trace) {
	for _, w := range t.NotAdmitted {
		p.warning(t, w, table{p: p, indent: 2})
	}
	if len(t.NotAdmitted) > 0 {
		p.WriteByte('\n')
	}
}

// doubt is what a verdict is followed by where something was not modelled that may change it.
func doubt(t *simulate.Trace) string {
	if t.Qualification == "" {
		return ""
	}
	return ", " + t.Qualification
}

// assumed writes on one line what the input does not say and the answer depends on; with --why, each with its reason.
func (p *tracePrinter) assumed(t *simulate.Trace) {
	if len(t.Assumed) == 0 {
		return
	}
	if !p.look.Why {
		p.wrapped("assuming: "+strings.Join(assumptions(t.Assumed), "; "), 2, p.palette.warn)
		p.WriteByte('\n')
		return
	}
	p.wrapped("assuming:", 2, p.palette.warn)
	for _, a := range t.Assumed {
		line := a.Message
		if !strings.Contains(a.Message, a.Because) {
			line += ": " + a.Because
		}
		var place spot
		if a.Origin != nil {
			place = p.spot(a.Origin)
		}
		table{p: p, indent: 4}.reason(line, place)
	}
	p.WriteByte('\n')
}

// release names the release that the answer is for, where that is not plainly the newest.
func (p *tracePrinter) release(t *simulate.Trace) {
	if t.Istio == "" || t.IstioDefault && !p.look.Why {
		return
	}
	p.wrapped("Results are for "+releaseText(t)+".", 2, p.palette.dim)
}

// releaseText is the release of a trace, why it is that one, and where the input says so.
func releaseText(t *simulate.Trace) string {
	text := fmt.Sprintf("Istio %s (Envoy %s), %s", t.Istio, t.Envoy, t.IstioBecause)
	if t.IstioOrigin != nil {
		text += fmt.Sprintf(" (%s)", placeText(t.IstioOrigin, ""))
	}
	return text
}

// assumptions puts together what is assumed about one thing: "shop/cart has a ready Pod and a sidecar".
func assumptions(all []simulate.Assumption) []string {
	var names []string
	has := map[string][]string{}
	for _, a := range all {
		name, what, found := strings.Cut(a.Message, " has ")
		if !found {
			name = a.Message
		}
		name = name[strings.LastIndexByte(name, ' ')+1:]
		if !found {
			name = a.Message
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
		if found && !slices.Contains(has[name], what) {
			has[name] = append(has[name], what)
		}
	}
	var out []string
	for _, name := range names {
		if len(has[name]) > 0 {
			name += " has " + enumeration(has[name])
		}
		out = append(out, name)
	}
	return out
}

// enumeration joins words: "a, b and c".
func enumeration(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}

// readable returns a trace in which addresses that only the cluster knows are named by what has them, instead of by what
// stands for them.
func readable(t *simulate.Trace) *simulate.Trace {
	spell := t.Speller()
	if spell == nil {
		return t
	}
	return texts(t, spell)
}
