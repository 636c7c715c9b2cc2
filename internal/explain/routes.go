package explain

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"sem.example/internal/clustername"
	"sem.example/internal/credential"
	"sem.example/internal/diff"
	"sem.example/internal/pipeline"
	"sem.example/simulate"
	"sem.example/simulate/decision"
)

// Routes lists what classes of proxies of a world do with the requests that they send on. Classes that route alike are one
// group. What the limits leave out is undecided.
func Routes(w *pipeline.World, within diff.Limits, classes []pipeline.Class) (*diff.RouteList, error) {
	list := &diff.RouteList{APIVersion: "sem/v1", Kind: "RouteList", Groups: []diff.RouteGroup{}, Assuming: w.AssumedInShort()}
	at, search := map[string]int{}, diff.NewSearch(within)
	for _, c := range classes {
		if c.Direction == pipeline.Inbound {
			continue
		}
		g, err := routesOf(w, c, search)
		if err != nil {
			return nil, err
		}
		key := alike(g)
		if i, ok := at[key]; ok {
			list.Groups[i].Proxies = union(list.Groups[i].Proxies, g.Proxies)
			continue
		}
		at[key] = len(list.Groups)
		list.Groups = append(list.Groups, g)
	}
	for i := range list.Groups {
		slices.Sort(list.Groups[i].Proxies)
	}
	slices.SortStableFunc(list.Groups, func(a, b diff.RouteGroup) int {
		return cmp.Or(cmp.Compare(a.Direction, b.Direction), cmp.Compare(a.Proxies[0], b.Proxies[0]))
	})
	return list, nil
}

// alike is what groups that route alike have in common: all but the proxies and the commands that name one.
func alike(g diff.RouteGroup) string {
	g.Proxies, g.Routes = nil, slices.Clone(g.Routes)
	for i := range g.Routes {
		g.Routes[i].Command = ""
	}
	text, err := json.Marshal(g)
	if err != nil {
		panic(err) // it is text and numbers
	}
	return string(text)
}

func routesOf(w *pipeline.World, c pipeline.Class, search *diff.Search) (diff.RouteGroup, error) {
	g := diff.RouteGroup{Direction: c.Direction, Proxies: slices.Clone(c.Members), Routes: []diff.ListedRoute{}}
	side, err := sideOf(w, c)
	if err != nil {
		return g, err
	}
	for _, n := range side.Snapshot.NotModelled {
		if !slices.Contains(g.NotModelled, n.What) {
			g.NotModelled = append(g.NotModelled, n.What)
		}
	}
	seen := map[string]bool{} // several addresses of a host lead to the same route
	for _, r := range diff.Routes(c.Proxy, side, search) {
		one := listed(&r)
		if key := alike(diff.RouteGroup{Routes: []diff.ListedRoute{one}}); !seen[key] {
			seen[key] = true
			g.Routes = append(g.Routes, one)
		}
	}
	slices.SortStableFunc(g.Routes, func(a, b diff.ListedRoute) int {
		return cmp.Or(cmp.Compare(hostOrder(a.Host), hostOrder(b.Host)), cmp.Compare(a.Port, b.Port))
	})
	return g, nil
}

// hostOrder sorts wildcards behind the hosts that they do not cover, and "*" last.
func hostOrder(host string) string {
	if strings.HasPrefix(host, "*") {
		return "\xff" + strings.TrimPrefix(host, "*")
	}
	return host
}

// listed words a route.
func listed(r *diff.Route) diff.ListedRoute {
	one := diff.ListedRoute{Host: "*", Hosts: fullNames(r.Region.Hosts), Port: r.Region.Port, Never: r.None}
	if len(r.Region.Hosts) > 0 {
		one.Host = r.Region.Hosts[0]
	}
	for _, c := range r.Region.Conditions {
		one.Match = append(one.Match, testText(c))
	}
	if r.Otherwise {
		one.Match = []string{"anything else"}
	}
	one.Written = r.Written
	if r.Trace == nil {
		return one
	}
	t, h := r.Trace, &r.Trace.Hops[0]
	secrets := credential.Of(&r.Witness, t)
	one.Verdict, one.Response, one.Rewrite, one.Headers, one.Policy = t.Verdict, secrets.Response(h.Response), secrets.Rewrite(h.Rewrite), credential.Operations(h.Headers), h.Policy
	one.Destinations, one.Command = destinations(h), command(r.Witness)
	if one.Written == nil {
		one.Written = writtenAt(h)
	}
	return one
}

// fullNames are domains without the short forms of the first, which depend on the namespace of the client.
func fullNames(domains []string) []string {
	var out []string
	for _, d := range domains {
		if d == domains[0] || !strings.HasPrefix(domains[0]+".", strings.TrimSuffix(d, ".")+".") {
			out = append(out, d)
		}
	}
	return out
}

// writtenAt is the field behind a route, or behind what leads to it.
func writtenAt(h *simulate.Hop) *simulate.Place {
	stages := []string{"route", "virtualHost"}
	if h.RouteConfig == "" {
		stages = []string{"filterChain", "listener", "cluster"}
	}
	for _, stage := range stages {
		for _, s := range h.Steps {
			if s.Stage == stage && len(s.Origins) > 0 {
				return &s.Origins[0]
			}
		}
	}
	return nil
}

// destinations are where a hop sends requests, with their shares.
func destinations(h *simulate.Hop) []diff.RouteDestination {
	if len(h.Branches) == 0 && h.Cluster != "" {
		return []diff.RouteDestination{destination(1, h.Cluster, h.TLS, h.Endpoints)}
	}
	var out []diff.RouteDestination
	for _, b := range h.Branches {
		tls := b.TLS
		if tls == nil && b.Cluster == h.Cluster {
			tls = h.TLS
		}
		if b.Cluster != "" { // an injected fault has none
			out = append(out, destination(b.Share, b.Cluster, tls, endpointsOf(h, &b)))
		}
	}
	return out
}

// endpointsOf are the endpoints of a branch, which the likeliest one has in common with its hop.
func endpointsOf(h *simulate.Hop, b *simulate.Branch) []simulate.Endpoint {
	if len(b.Endpoints) == 0 && b.Cluster == h.Cluster {
		return h.Endpoints
	}
	return b.Endpoints
}

func destination(share float64, cluster string, tls *simulate.TLS, endpoints []simulate.Endpoint) diff.RouteDestination {
	d := diff.RouteDestination{Share: share, Cluster: cluster, Endpoints: endpoints}
	if name, ok := clustername.Parse(cluster); ok {
		d.Host, d.Port, d.Subset = name.Host, name.Port, name.Subset
	}
	if tls != nil {
		d.TLS, d.Passthrough = tls.Mode, tls.OriginatedBy == decision.ByApplication
	}
	return d
}
