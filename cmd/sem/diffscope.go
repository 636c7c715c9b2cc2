package main

import (
	"net/url"
	"slices"
	"strings"

	"sem.example/internal/diff"
	"sem.example/internal/quote"
	"sem.example/simulate"
)

// narrow leaves out the changes that --for and --only do not ask for. A dump has no proxies that --from and --gateway leave out.
func (c *diffCommand) narrow(r *diff.Report, ofDump bool) {
	r.Changes = slices.DeleteFunc(r.Changes, func(ch diff.ReportedChange) bool {
		return c.host != "" && hostOfCall(ch.Witness) != c.host && !strings.Contains(ch.Region, c.host) || len(c.only) > 0 && !slices.ContainsFunc(c.only, ch.Touches)
	})
	if c.host != "" {
		r.Undecided = slices.DeleteFunc(r.Undecided, func(u diff.ReportedDoubt) bool { return u.About != "" && !mentions(u.About, c.host) })
	}
	r.Summary.Narrowed = c.host != "" || len(c.only) > 0 || !ofDump && len(c.from)+len(c.gateway) > 0
	r.Summary.Changes, r.Summary.Undecided = len(r.Changes), len(r.Undecided)
}

// mentions reports whether a list of domains may cover a host: one names it, or has a wildcard.
func mentions(domains, host string) bool {
	return strings.Contains(domains, host) || strings.Contains(domains, "*")
}

func hostOfCall(c simulate.Call) string {
	u, err := url.Parse(c.URL)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// nameInput adds the input, with its flag, to the commands that trace the witnesses.
func nameInput(r *diff.Report, path, flag string) {
	for i := range r.Changes {
		if rest, ok := strings.CutPrefix(r.Changes[i].Command, "sem trace "); ok {
			r.Changes[i].Command = "sem trace " + flag + " " + quote.Shell(path) + " " + rest
		}
	}
}

// allow marks the changes that a list expects.
func allow(r *diff.Report, expected []string) {
	for i := range r.Changes {
		ch := &r.Changes[i]
		if ch.Expected = slices.Contains(expected, ch.Region); ch.Expected {
			r.Summary.Expected++
		}
	}
}
