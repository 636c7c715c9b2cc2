package suite

import (
	"fmt"
	"slices"
	"strings"

	"sem.example/simulate"
)

// expects reports whether the case says anything of what is expected.
func (c *Case) expects() bool {
	return c.expect != nil && len(c.expect.fields) > 0 || c.unwanted != nil && len(c.unwanted.fields) > 0
}

// check compares a trace with what is wanted and what is not.
func (c *Case) check(t *simulate.Trace) []Failure {
	var out []Failure
	if c.expect != nil {
		out = c.expect.misses(t, t.Value, "", out)
	}
	if c.unwanted != nil {
		out = c.unwanted.hits(t.Value, "", out)
	}
	for i := range out {
		out[i].Proxy, out[i].Step = decidedBy(t, out[i].Field)
	}
	return out
}

// destinationFields are what an expectation says of where a request goes.
var destinationFields = []string{"cluster", "destination", "endpoints", "tls"}

// speaksOf reports whether the expectation has a field of a hop, whichever the hop.
func (p *pattern) speaksOf(fields ...string) bool {
	return p != nil && slices.ContainsFunc(p.fields, func(e entry) bool { return slices.Contains(fields, hopField(e.name)) })
}

// hopField is the field of a hop in a path of a trace: "tls" of "hops.0.tls.mode".
func hopField(path string) string {
	parts := strings.Split(path, ".")
	if len(parts) > 2 && parts[0] == "hops" {
		parts = parts[2:]
	}
	return parts[0]
}

// aboutBranches reports whether the case says where all branches of a request go. One that says what the branches are speaks of the
// likeliest with its other fields.
func (c *Case) aboutBranches() bool {
	return (c.expect.speaksOf(destinationFields...) || c.unwanted.speaksOf(destinationFields...)) && !c.expect.speaksOf("branches")
}

// checkBranches compares what each branch of a request that meets its expectation does with what is expected of the destination.
func (c *Case) checkBranches(ways []weightedTrace) []Failure {
	for _, w := range ways {
		out := slices.DeleteFunc(c.check(w.trace), func(f Failure) bool { return !slices.Contains(destinationFields, hopField(f.Field)) })
		for i := range out {
			out[i].Got += fmt.Sprintf(" for %.4g%% of the requests: expect branches with their share, or set random in the request", 100*w.share)
			out[i].node = nil // an update would change what is right for the others
		}
		if len(out) > 0 {
			return out
		}
	}
	return nil
}
