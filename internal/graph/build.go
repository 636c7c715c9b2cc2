package graph

import (
	"fmt"
	"slices"
	"strings"

	"sem.example/internal/diff"
	"sem.example/internal/explain"
	"sem.example/internal/mesh"
	"sem.example/internal/pipeline"
	"sem.example/simulate"
)

// Build draws a list of routes of a world.
func Build(w *pipeline.World, title string, list *diff.RouteList) *Graph {
	b := &builder{
		world: w, graph: &Graph{APIVersion: "sem/v1", Kind: "Graph", Title: title, Nodes: []Node{}, Edges: []Edge{}, Assuming: list.Assuming, Unread: list.Unread},
		services: map[string]*mesh.Service{}, gateways: map[string]string{}, nodes: map[string]int{}, edges: map[[2]string]int{},
		routing: map[string]string{}, policies: map[string][]explain.AttachedPolicy{}, aside: map[string]int{},
	}
	for _, s := range w.Mesh.Services {
		if b.services[s.Host] == nil {
			b.services[s.Host] = s
		}
	}
	for i := range list.Groups {
		b.proxies(&list.Groups[i])
	}
	for i := range list.Groups {
		b.group(&list.Groups[i])
	}
	b.outside()
	b.sort()
	b.notes()
	return b.graph
}

// proxies adds the node of a group of proxies.
func (b *builder) proxies(g *diff.RouteGroup) string {
	kind := Client
	if g.Direction == pipeline.Gateway {
		kind = Gateway
	}
	n := Node{ID: string(kind) + ":" + strings.Join(g.Proxies, ","), Kind: kind, Namespace: commonNamespace(g.Proxies)}
	n.Name = g.Proxies[0]
	if n.Namespace != "" {
		_, n.Name, _ = strings.Cut(n.Name, "/")
	}
	if more := len(g.Proxies) - 1; more > 0 {
		n.Members = g.Proxies
		n.Name = fmt.Sprintf("%d clients", len(g.Proxies))
		n.Lines = some(g.Proxies, n.Namespace)
		if kind == Gateway {
			n.Name = fmt.Sprintf("%d gateways", len(g.Proxies))
		}
	}
	for _, p := range g.Proxies {
		ns, name, _ := strings.Cut(p, "/")
		for _, owner := range []string{"Deployment", "Pod", "StatefulSet", "DaemonSet", "WorkloadEntry", "Service"} {
			if kind == Gateway {
				n.About = append(n.About, Resource{Kind: owner, Namespace: ns, Name: name})
			}
		}
		if kind == Gateway {
			b.gateways[p] = n.ID
			n.About = append(n.About, explainedGateways(b.world, p)...)
		}
	}
	for _, what := range g.NotModelled {
		if !slices.Contains(b.graph.NotModelled, what) {
			b.graph.NotModelled = append(b.graph.NotModelled, what)
		}
	}
	return b.add(n)
}

func explainedGateways(w *pipeline.World, proxy string) []Resource {
	ns, name, _ := strings.Cut(proxy, "/")
	view, err := w.View(simulate.Proxy{Type: "gateway", Namespace: ns, Name: name})
	if err != nil {
		return nil
	}
	var out []Resource
	for _, g := range view.Gateways() {
		out = append(out, Resource{Kind: g.Object.Kind, Namespace: g.Object.Namespace, Name: g.Object.Name})
	}
	return out
}

// group adds what a group of proxies does with its requests.
func (b *builder) group(g *diff.RouteGroup) {
	from := b.proxies(g)
	for rest := g.Routes; len(rest) > 0; {
		n := 1
		for n < len(rest) && rest[n].Host == rest[0].Host && rest[n].Port == rest[0].Port {
			n++
		}
		b.host(from, rest[:n])
		rest = rest[n:]
	}
}

// host adds a host with its routes.
func (b *builder) host(from string, routes []diff.ListedRoute) {
	first := &routes[0]
	switch {
	case first.Host == "*" && first.Written == nil && first.Verdict == "":
		b.aside["requests to hosts that are not in the registry are not shown"]++
		return
	case first.Host == "*" && first.Written == nil:
		b.aside[fmt.Sprintf("requests to hosts that are not in the registry are not shown: %s", verdictWords(first.Verdict))]++
		return
	case b.plain(routes) && b.gatewayOnly(first):
		b.aside["hosts of gateways that no rule sends to are not shown"]++
		return
	}
	id := b.hostNode(from, routes)
	b.connect(Edge{From: from, To: id})
	if b.plain(routes) {
		b.destinations(id, first)
		return
	}
	for i := range routes {
		b.rule(id, i, &routes[i])
	}
}

// plain reports whether a host has no rules: its requests go where its Service or ServiceEntry says.
func (b *builder) plain(routes []diff.ListedRoute) bool {
	r := &routes[0]
	return len(routes) == 1 && len(r.Match) == 0 && len(r.Destinations) == 1 && r.Never == "" &&
		(r.Written == nil || r.Written.Kind == "Service" || r.Written.Kind == "ServiceEntry")
}

// gatewayOnly reports whether all endpoints of a route are gateways.
func (b *builder) gatewayOnly(r *diff.ListedRoute) bool {
	found := 0
	for _, d := range r.Destinations {
		for _, e := range d.Endpoints {
			if e.Origin == nil || b.gateways[e.Origin.Namespace+"/"+e.Origin.Name] == "" {
				return false
			}
			found++
		}
		if s := b.services[d.Host]; s != nil && len(d.Endpoints) == 0 && b.gateways[s.Namespace+"/"+s.Name] != "" {
			found++
		}
	}
	return found > 0
}

// hostNode adds the node of a host. Where clients reach it by different routes, it has a node for each.
func (b *builder) hostNode(from string, routes []diff.ListedRoute) string {
	first := &routes[0]
	name := address(first.Host, first.Port)
	key := name + "\x00" + sameRouting(routes)
	if strings.HasPrefix(from, string(Gateway)) {
		key = from + "\x00" + key
	}
	id, ok := b.routing[key]
	if ok {
		return id
	}
	id = "host:" + name
	for n := 2; b.taken(id); n++ {
		id = fmt.Sprintf("host:%s (%d)", name, n)
	}
	b.routing[key] = id
	n := Node{ID: id, Kind: Host, Name: name, Namespace: b.graph.Nodes[b.nodes[from]].Namespace}
	if first.Host == "*" {
		n.Name = address("any other host", first.Port)
	}
	if s := b.services[first.Host]; s != nil {
		n.Namespace, n.Name = s.Namespace, shortHost(b.world, s, first.Port)
		n.About = b.ofService(s)
		n.Lines = []string{s.Object.Kind}
		if n.Name != name {
			n.Lines = []string{first.Host}
		}
	} else if w := first.Written; w != nil {
		n.Namespace = w.Namespace
	}
	return b.add(n)
}

// sameRouting is what routes of a host have in common that treat requests alike.
func sameRouting(routes []diff.ListedRoute) string {
	var s strings.Builder
	for _, r := range routes {
		fmt.Fprintln(&s, r.Match, r.Never, r.Verdict, r.Response, r.Written)
		for _, d := range r.Destinations {
			fmt.Fprintln(&s, d.Share, d.Cluster, d.TLS, len(d.Endpoints))
		}
	}
	return s.String()
}
