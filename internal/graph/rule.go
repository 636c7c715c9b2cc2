package graph

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"sem.example/internal/diff"
	"sem.example/internal/mesh"
	"sem.example/simulate"
)

// rule adds a route of a host and where it leads.
func (b *builder) rule(host string, i int, r *diff.ListedRoute) {
	at := b.graph.Nodes[b.nodes[host]]
	n := Node{ID: fmt.Sprintf("rule:%s#%d", strings.TrimPrefix(host, "host:"), i+1), Kind: Rule, Namespace: at.Namespace, Written: r.Written}
	n.Name = strings.Join(r.Match, " and ")
	if n.Name == "" {
		n.Name = "any request"
	}
	if w := r.Written; w != nil {
		n.Namespace = cmp.Or(w.Namespace, n.Namespace)
		n.About = []Resource{{w.Kind, w.Namespace, w.Name, w.Field}}
		n.Lines = []string{strings.TrimSpace(w.Kind + " " + w.Name + " " + strings.TrimPrefix(w.Field, "spec."))}
	}
	n.Lines = append(n.Lines, changes(r)...)
	n.Unused = r.Never == diff.Impossible || r.Never == diff.Covered
	switch {
	case r.Never == diff.Impossible:
		n.Lines = append(n.Lines, "never: no request can match")
	case r.Never == diff.Covered:
		n.Lines = append(n.Lines, "never: earlier rules match first")
	case r.Never == diff.NotFound:
		n.Lines = append(n.Lines, "undecided: no matching request was found")
	case r.Response != nil:
		n.Lines = append(n.Lines, strings.TrimSpace(fmt.Sprintf("response %d %s", r.Response.Status, r.Response.Location)))
	}
	if len(r.Destinations) == 0 && r.Never == "" && !r.Verdict.Succeeded() {
		n.Fails = verdictWords(r.Verdict)
	}
	b.add(n)
	b.connect(Edge{From: host, To: n.ID})
	b.destinations(n.ID, r)
}

// changes are what a route does with requests on the way, in short.
func changes(r *diff.ListedRoute) []string {
	var out []string
	if w := r.Rewrite; w != nil && w.Path != nil {
		out = append(out, "path → "+w.Path.To)
	}
	if w := r.Rewrite; w != nil && w.Authority != nil {
		out = append(out, "host → "+w.Authority.To)
	}
	if p := r.Policy; p != nil {
		if p.Timeout != "" {
			out = append(out, "timeout "+p.Timeout)
		}
		if p.Fault != nil {
			out = append(out, "injected fault")
		}
		for _, m := range p.Mirrors {
			out = append(out, fmt.Sprintf("mirror %.4g%% to %s", 100*m.Share, m.Cluster))
		}
	}
	return out
}

// destinations adds where a route leads, from the node of the route or of a host without rules.
func (b *builder) destinations(from string, r *diff.ListedRoute) {
	for i := range r.Destinations {
		d := &r.Destinations[i]
		fails := ""
		if !r.Verdict.Succeeded() {
			fails = verdictWords(r.Verdict)
		}
		b.destination(from, r, d, fails)
	}
}

func (b *builder) destination(from string, r *diff.ListedRoute, d *diff.RouteDestination, fails string) {
	s := b.services[d.Host]
	way := Edge{From: from, Share: d.Share, TLS: d.TLS, Fails: fails}
	if d.Passthrough {
		way.TLS = passthrough
	}
	switch {
	case d.Host == "":
		way.To = b.add(Node{ID: "external:" + d.Cluster, Kind: External, Name: d.Cluster})
		b.connect(way)
		return
	case leaves(s, d):
		way.To = b.external(s, d)
		b.connect(way)
		return
	}
	at := from
	plain := b.graph.Nodes[b.nodes[from]].Kind == Host
	if d.Subset != "" || d.Host != r.Host || len(d.Endpoints) == 0 && !plain {
		at = b.subset(s, d)
		b.connect(Edge{From: from, To: at, Share: d.Share})
		way.Share = 0
	}
	if len(d.Endpoints) == 0 {
		b.graph.Nodes[b.nodes[at]].Fails = cmp.Or(fails, "no endpoints")
		return
	}
	for _, e := range d.Endpoints {
		way := way
		way.From, way.To = at, b.endpoint(&e)
		if e.TLS != "" {
			way.TLS = e.TLS
		}
		if e.Verdict != "" && !e.Verdict.Succeeded() {
			way.Fails = verdictWords(e.Verdict)
		}
		way.Policies = b.policyNames(&e)
		b.connect(way)
	}
}

// leaves reports whether a destination is outside the mesh.
func leaves(s *mesh.Service, d *diff.RouteDestination) bool {
	if s != nil && s.External {
		return true
	}
	return slices.ContainsFunc(d.Endpoints, func(e simulate.Endpoint) bool { return e.Origin == nil || e.Origin.Kind == "ServiceEntry" })
}

func (b *builder) external(s *mesh.Service, d *diff.RouteDestination) string {
	n := Node{ID: "external:" + address(d.Host, d.Port), Kind: External, Name: address(d.Host, d.Port)}
	if s != nil {
		n.About = b.ofService(s)
		n.Lines = []string{s.Object.Kind + " " + s.Object.Namespace + "/" + s.Object.Name}
		n.Written = placed(s.Object, s.Field)
	}
	if d.Subset != "" {
		n.ID += " " + d.Subset
		n.Lines = append(n.Lines, "subset "+d.Subset)
	}
	return b.add(n)
}

func (b *builder) subset(s *mesh.Service, d *diff.RouteDestination) string {
	n := Node{ID: "subset:" + address(d.Host, d.Port) + " " + d.Subset, Kind: Subset, Name: address(d.Host, d.Port)}
	if s != nil {
		n.Namespace, n.Name, n.About = s.Namespace, shortHost(b.world, s, d.Port), b.ofService(s)
	}
	if d.Subset != "" {
		n.Lines, n.Name = []string{"subset of " + n.Name}, d.Subset
	}
	return b.add(n)
}

// endpoint adds the workload of an endpoint: a gateway that is drawn as such, or a node at the end of the way.
func (b *builder) endpoint(e *simulate.Endpoint) string {
	o := e.Origin
	if id := b.gateways[o.Namespace+"/"+o.Name]; id != "" {
		return id
	}
	id := fmt.Sprintf("workload:%s/%s", o.Namespace, o.Name)
	if b.taken(id) {
		return id
	}
	return b.add(Node{
		ID: id, Kind: Workload, Namespace: o.Namespace, Name: o.Name, Lines: []string{b.kindOf(e)},
		Written: o, About: append([]Resource{{Kind: o.Kind, Namespace: o.Namespace, Name: o.Name}}, b.policyResources(e)...),
	})
}
