package callgen

import (
	"fmt"
	"slices"

	"sem.example/internal/envoy"
	"sem.example/simulate"
)

// A generator collects calls to one proxy.
type generator struct {
	resources envoy.Resources
	proxy     simulate.Proxy
	sampler   sampler
	seen      map[string]bool
	most      int         // requests of a filter chain
	over      func() bool // nothing more is wanted
	calls     []simulate.Call
}

// add keeps a call unless there is one like it.
func (g *generator) add(c simulate.Call) {
	key := fmt.Sprint(c)
	if g.seen[key] {
		return
	}
	g.seen[key] = true
	c.Proxy = g.proxy
	c.ID = fmt.Sprint(len(g.calls))
	g.calls = append(g.calls, c)
}

// choose returns limit calls at random, in their order.
func (g *generator) choose(limit int) []simulate.Call {
	if limit <= 0 || len(g.calls) <= limit {
		return g.calls
	}
	left := make([]int32, len(g.calls)) // their numbers: to delete a call from the middle of thousands would move as many
	for i := range left {
		left[i] = int32(i)
	}
	for len(left) > limit {
		i := g.sampler.random.IntN(len(left))
		left = slices.Delete(left, i, i+1)
	}
	var out []simulate.Call
	for _, i := range left {
		out = append(out, g.calls[i])
	}
	return out
}

// spread returns at most so many of a list, evenly spread.
func spread[T any](all []T, most int) []T {
	if len(all) <= most {
		return all
	}
	var out []T
	for i := range most {
		out = append(out, all[i*len(all)/most])
	}
	return out
}

// send adds a connection: with bytes that are not HTTP, and with requests.
func (g *generator) send(w connection, requests []request) {
	call := w.call()
	call.Protocol = "tcp"
	g.add(call)
	for _, r := range requests {
		if r.writable() {
			g.add(r.over(w))
		}
	}
}
