// Package callgen generates calls to a proxy from what the proxy runs: for each thing that its configuration tells apart,
// one call that matches, one that just matches and one that just does not.
//
// It reads listeners for connections (addresses, ports, server names, application protocols), route tables for requests
// (hosts, wildcards, paths, headers, methods, queries, origins), authorization rules for peers and requests, and providers
// for tokens. It does not predict what happens to a call: a trace and a real Envoy do, and a test compares them.
package callgen

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"

	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	hcmv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"

	"sem.example/internal/envoy"
	"sem.example/simulate"
)

// Calls returns calls to a proxy that runs the snapshot, at most limit of them (0 is all), each once. The same snapshot,
// proxy, seed and limit always give the same calls.
func Calls(s *envoy.Snapshot, p simulate.Proxy, seed uint64, limit int) []simulate.Call {
	return CallsUntil(func() bool { return false }, s, p, seed, limit)
}

// CallsUntil is [Calls], but generates no more when over reports so: the calls are then those of the first filter chains.
func CallsUntil(over func() bool, s *envoy.Snapshot, p simulate.Proxy, seed uint64, limit int) []simulate.Call {
	h := fnv.New64a()
	fmt.Fprint(h, p.Namespace, "/", p.Name)
	g := &generator{
		resources: envoy.NewIndex(s),
		proxy:     p,
		sampler:   sampler{rand.New(rand.NewPCG(seed, h.Sum64()))},
		seen:      map[string]bool{},
		over:      over,
	}
	for _, l := range s.Listeners {
		g.listener(l)
	}
	g.nowhere()
	return g.choose(limit)
}

// The bounds of the calls to one listener. Of more, which the ports of a workload and the rules for it may give when they are
// crossed, some are made that are evenly spread.
const (
	mostChains      = 200
	mostConnections = 20_000
	mostRequests    = 80_000 // that all chains tell apart
)

// listener adds the calls that one listener gives reason for. Each filter chain is entered by the connection that it
// asks for, with every request that it tells apart; every other connection gets a request or two.
func (g *generator) listener(l *listenerv3.Listener) {
	connections := g.connections(l)
	chains := l.GetFilterChains()
	if d := l.GetDefaultFilterChain(); d != nil {
		chains = append(chains[:len(chains):len(chains)], d)
	}
	chains = spread(chains, mostChains)
	g.most = mostRequests / max(len(chains), 1)
	var requests []request
	for _, chain := range chains {
		if g.over() {
			return
		}
		of := spread(g.requests(chain), g.most)
		requests = append(requests, of...)
		for _, w := range g.into(l, chain, connections) {
			g.send(w, of)
		}
	}
	for _, w := range connections {
		if g.over() {
			return
		}
		g.send(w, g.sampler.some(requests))
	}
}

// requests are those that the filters of a chain tell apart.
func (g *generator) requests(chain *listenerv3.FilterChain) []request {
	var out []request
	peers := g.sampler.rules(chain)
	for _, f := range chain.GetFilters() {
		h := &hcmv3.HttpConnectionManager{}
		if config := f.GetTypedConfig(); config == nil || !config.MessageIs(h) || config.UnmarshalTo(h) != nil {
			continue
		}
		table := h.GetRouteConfig()
		if rds := h.GetRds(); rds != nil {
			table = g.resources.Route(rds.GetRouteConfigName())
		}
		out = append(out, g.sampler.table(table)...)
	}
	return slices.Concat(out, g.sampler.ruled(peers, out, min(g.most, mostPairs)), g.sampler.tokens(chain, out), g.sampler.bodies(chain, out), g.sampler.learnt(chain, out), g.sampler.meeting(chain, out))
}

// nowhere adds calls that no listener was made for: a port that none has, and the proxy's own.
func (g *generator) nowhere() {
	requests := []request{{authority: nobody, path: "/"}, {authority: nobody, path: "/", method: "POST"}}
	if g.gateway() {
		return // the connection is refused
	}
	for _, port := range []uint32{strayPort, 15001} {
		g.send(connection{direction: "outbound", address: nobody4, port: port, tls: "plaintext"}, requests)
		g.send(connection{direction: "outbound", address: nobody4, port: port, tls: "tls", sni: nobody}, nil)
	}
	g.send(connection{direction: "inbound", address: g.own(), port: 15006, tls: "plaintext"}, nil)
}
