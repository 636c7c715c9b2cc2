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
	for limit > 0 && len(g.calls) > limit {
		i := g.sampler.random.IntN(len(g.calls))
		g.calls = slices.Delete(g.calls, i, i+1)
	}
	return g.calls
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
