package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"sem.example/simulate"
)

// agreed returns the first of the answers that worlds give to one request, with a word about the others. Worlds that know the
// destination go before those that do not. It is an error where the answers differ.
func agreed(answers []*simulate.Trace, names []string) (*simulate.Trace, error) {
	if len(answers) == 1 {
		return answers[0], nil
	}
	var knowing []*simulate.Trace
	var of []string
	for i, t := range answers {
		if len(t.Hops) > 0 && t.Hops[0].Destination != nil && t.Hops[0].Destination.Host != "" {
			knowing, of = append(knowing, t), append(of, names[i])
		}
	}
	if len(knowing) > 0 {
		answers, names = knowing, of
	}
	if results := distinct(answers, names); len(results) > 1 {
		return nil, choose("the input has several worlds with different results", results)
	}
	if len(names) > 1 {
		t := *answers[0]
		t.Assumed = append(t.Assumed, simulate.Assumption{
			What: "world", Message: "the world is " + names[0], Because: "the result is the same in the other worlds: " + someOf(names[1:]),
		})
		return &t, nil
	}
	return answers[0], nil
}

// distinct words each of the different answers once, with the worlds that give it.
func distinct(answers []*simulate.Trace, names []string) []string {
	var gists, results []string
	of := map[string][]string{}
	for i, t := range answers {
		g := gist(t)
		if of[g] == nil {
			gists = append(gists, g)
			results = append(results, outcome(t))
		}
		of[g] = append(of[g], names[i])
	}
	for i, g := range gists {
		results[i] = someOf(of[g]) + " (" + results[i] + ")"
	}
	return results
}

// outcome is the verdict of an answer, and where the request went first.
func outcome(t *simulate.Trace) string {
	if len(t.Hops) == 0 || t.Hops[0].Destination == nil || t.Verdict != simulate.Delivered {
		return string(t.Verdict)
	}
	to := t.Hops[0].Destination
	return strings.TrimSpace(fmt.Sprintf("%s to %s %s", t.Verdict, to.Host, to.Subset))
}

// someOf lists the first of some worlds, and says how many more there are.
func someOf(names []string) string {
	const most = 3
	if n := len(names) - most; n > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), n)
	}
	return strings.Join(names, ", ")
}

// gist is what a request comes to, without the places of what decided it.
func gist(t *simulate.Trace) string {
	var b strings.Builder
	fmt.Fprint(&b, t.Verdict, t.Status, t.ResponseFlags)
	for i := range t.Hops {
		h := &t.Hops[i]
		fmt.Fprint(&b, "|", h.Cluster, h.Route, h.Error)
		for _, e := range h.Endpoints {
			of := e.Address
			if e.Origin != nil { // its address may be a stand-in, which is another one in each world
				of = e.Origin.Kind + " " + e.Origin.Namespace + "/" + e.Origin.Name
			}
			fmt.Fprint(&b, " ", of, e.Port, e.Weight)
		}
		for _, branch := range h.Branches {
			fmt.Fprint(&b, " ", branch.Cluster, branch.Share)
		}
		for _, part := range []any{h.Rewrite, h.TLS, h.Headers, h.Response} {
			text, _ := json.Marshal(part) // it has only values that JSON has
			b.Write(text)
		}
	}
	return b.String()
}
