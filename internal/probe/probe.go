// Package probe makes calls out of what a proxy runs: for each thing that its configuration tells apart, one call that
// fits, one that just fits and one that just does not.
//
// It reads listeners for the ways in (addresses, ports, server names, application protocols), route tables for requests
// (hosts, wildcards, paths, headers, methods, queries, origins), authorization rules for peers and requests that they
// speak of, and providers for tokens. It does not foretell what becomes of a call: that is for a trace and for a real Envoy to say, and for a test to
// compare.
package probe

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"

	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	hcmv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	"google.golang.org/protobuf/proto"

	"sem.example/internal/envoy"
	"sem.example/simulate"
)

// Calls returns calls to a proxy that runs the snapshot, at most limit of them (0 is all), each once. The same snapshot,
// proxy, seed and limit always give the same calls.
func Calls(s *envoy.Snapshot, p simulate.Proxy, seed uint64, limit int) []simulate.Call {
	h := fnv.New64a()
	fmt.Fprint(h, p.Namespace, "/", p.Name)
	g := &generator{
		resources: envoy.NewIndex(s),
		proxy:     p,
		random:    rand.New(rand.NewPCG(seed, h.Sum64())),
		seen:      map[string]bool{},
	}
	for _, l := range s.Listeners {
		g.listener(l)
	}
	g.nowhere()
	return g.choose(limit)
}

type generator struct {
	resources envoy.Resources
	proxy     simulate.Proxy
	random    *rand.Rand
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
		i := g.random.IntN(len(g.calls))
		g.calls = slices.Delete(g.calls, i, i+1)
	}
	return g.calls
}

// listener adds the calls that one listener gives reason for. Each filter chain is entered by the connection that it
// asks for, with every request that it tells apart; every other way in gets a request or two.
func (g *generator) listener(l *listenerv3.Listener) {
	ways := g.ways(l)
	chains := l.GetFilterChains()
	if d := l.GetDefaultFilterChain(); d != nil {
		chains = append(chains[:len(chains):len(chains)], d)
	}
	var requests []request
	for _, chain := range chains {
		of := g.requests(chain)
		requests = append(requests, of...)
		for _, w := range g.into(l, chain, ways) {
			g.send(w, of)
		}
	}
	for _, w := range ways {
		g.send(w, g.some(requests))
	}
}

// some returns two requests, or one to a host that nobody knows.
func (g *generator) some(requests []request) []request {
	if len(requests) == 0 {
		return []request{{authority: "unknown.example.net", path: "/"}}
	}
	return []request{requests[g.random.IntN(len(requests))], requests[g.random.IntN(len(requests))]}
}

// send adds a way in: with bytes that are no HTTP, and with requests.
func (g *generator) send(w way, requests []request) {
	call := w.call()
	call.Protocol = "tcp"
	g.add(call)
	for _, r := range requests {
		if r.writable() {
			g.add(r.over(w))
		}
	}
}

// requests are those that the filters of a chain tell apart.
func (g *generator) requests(chain *listenerv3.FilterChain) []request {
	var out []request
	peers := g.rules(chain)
	for _, f := range chain.GetFilters() {
		h := &hcmv3.HttpConnectionManager{}
		if config := f.GetTypedConfig(); config == nil || !config.MessageIs(h) || config.UnmarshalTo(h) != nil {
			continue
		}
		table := h.GetRouteConfig()
		if rds := h.GetRds(); rds != nil {
			table = g.resources.Route(rds.GetRouteConfigName())
		}
		out = append(out, g.table(table)...)
	}
	return slices.Concat(out, g.ruled(peers, out), g.tokens(chain, out))
}

// within calls f for each message of type T inside a message, extensions included.
func within[T proto.Message](m proto.Message, f func(T)) {
	envoy.Edit(proto.Clone(m), func(part proto.Message) {
		if t, ok := part.(T); ok {
			f(t)
		}
	})
}
