package explain

import (
	"strings"

	"sem.example/simulate"
	"sem.example/simulate/decision"
)

// Word puts the decisions of a trace in words: what was chosen at each step and why, what was rejected, what the call
// comes to, what the application sees, and what would help where it fails.
func Word(t *simulate.Trace) {
	for i := range t.Hops {
		h := &t.Hops[i]
		for j := range h.Steps {
			wordStep(&h.Steps[j])
		}
		wordInboundTLS(h)
		for j := range h.Policies {
			wordPolicy(&h.Policies[j])
		}
		for j := range h.Endpoints {
			if e := &h.Endpoints[j]; e.Outcome != nil {
				e.Because = summary(&e.Outcome.Hops[0])
			}
		}
	}
	for i := range t.Warnings {
		wordTrap(&t.Warnings[i])
	}
	wordOutcome(t)
	spell(t)
}

// spell takes addresses that only the cluster knows out of what a trace says in words.
func spell(t *simulate.Trace) {
	spell := t.Speller()
	if spell == nil {
		return
	}
	texts := []*string{&t.Summary, &t.Sees, &t.Fix, &t.AccessLog}
	for i := range t.Hops {
		for j := range t.Hops[i].Steps {
			s := &t.Hops[i].Steps[j]
			texts = append(texts, &s.Chose, &s.Because)
			for k := range s.Rejected {
				texts = append(texts, &s.Rejected[k].Candidate, &s.Rejected[k].Because)
			}
		}
		for j := range t.Hops[i].Endpoints {
			texts = append(texts, &t.Hops[i].Endpoints[j].Because)
		}
	}
	for _, text := range texts {
		*text = spell(*text)
	}
}

func wordStep(s *simulate.Step) {
	if s.Chose == "" {
		s.Chose = chosen(s.Reason)
	}
	s.Because = because(s)
	for i := range s.Rejected {
		s.Rejected[i].Because = rejection(s.Rejected[i].Reason)
	}
}

// chosen names what was chosen, where that is not the name of a resource.
func chosen(r decision.Reason) string {
	switch r := r.(type) {
	case decision.LocalResponse:
		return statusText(r.Status)
	case decision.Injected:
		return faultText(r.Fault)
	case decision.RouteRetries:
		return retriesText(r.Retries)
	case decision.HeadersMutated:
		return strings.Join(changeText(&r.Change), ", ")
	case decision.RateLimited:
		return rateText(&r.Limit)
	case decision.PathRewritten:
		return "path " + r.Change.From + " → " + r.Change.To
	case decision.AuthorityRewritten:
		return "authority " + r.Change.From + " → " + r.Change.To
	case decision.UpstreamTLS:
		return tlsText(r.TLS)
	case *decision.EndpointChoice:
		return endpointsText(r.Endpoints)
	case decision.ConnectionLimits:
		return settingsText(r.Settings)
	case decision.OutlierLimits:
		return settingsText(r.Settings)
	}
	return ""
}

// because is why the step decided as it did.
func because(s *simulate.Step) string {
	if r, ok := s.Reason.(decision.Unproxied); ok {
		return r.Words
	}
	for _, words := range []func(*simulate.Step) (string, bool){connectionReason, httpReason, filterReason, upstreamReason} {
		if text, ok := words(s); ok {
			return text
		}
	}
	return ""
}

// rejection is why a candidate was not chosen.
func rejection(r decision.Reason) string {
	switch r := r.(type) {
	case decision.RefusedListener:
		return "Envoy rejects it: " + r.Why
	case decision.BoundElsewhere:
		return "it is bound to " + r.Address
	case decision.UnmatchedProperty:
		if r.Closer {
			return "another filter chain matches the " + r.Property + " more specifically"
		}
		return "the " + r.Property + " does not match"
	case decision.RepeatedMatch:
		return "an earlier filter chain has the same match; Envoy refuses a listener with two such chains"
	case decision.OtherDomains:
		return "its domains are " + some(r.Domains, 4)
	case decision.EarlierMatch:
		return "an earlier route matches"
	case decision.FractionExcludes:
		return "its runtime fraction excludes the request"
	case decision.FailedCondition:
		return failedText(r)
	}
	return ""
}
