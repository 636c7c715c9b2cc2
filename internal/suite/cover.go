package suite

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"sem.example/internal/envoy"
	"sem.example/internal/explain"
	"sem.example/internal/pipeline"
	"sem.example/simulate"
)

// Cover finds out what the requests of a report reached.
func (r *Report) Cover() *Coverage {
	all := map[string]*Item{}
	worlds := map[*pipeline.World]map[fieldKey]*Item{}
	for _, f := range r.Files {
		if f.World == nil {
			continue
		}
		at, known := worlds[f.World]
		if !known {
			at = itemsOf(f.World, all)
			worlds[f.World] = at
		}
		for i := range f.Results {
			if f.Results[i].Trace != nil {
				reach(f.World, &f.Results[i], at)
			}
		}
	}
	out := &Coverage{}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		out.Items = append(out.Items, *all[name])
	}
	slices.SortStableFunc(out.Items, func(a, b Item) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Range.Line, b.Range.Line), cmp.Compare(a.Range.Column, b.Range.Column))
	})
	return out
}

// itemsOf lists the items of a world. Those that another world has from the same file are the same.
func itemsOf(w *pipeline.World, all map[string]*Item) map[fieldKey]*Item {
	out := map[fieldKey]*Item{}
	for _, part := range w.Mesh.Parts() {
		o, field := part.At.Object, part.At.Field
		if o.Doc == nil {
			continue
		}
		item := &Item{
			What: string(part.Kind), Object: o.KindName() + " " + o.Namespace + "/" + o.Name, Field: field,
			File: part.At.Source().Position().File, Range: o.Doc.Lookup(field).Range,
		}
		identity := item.File + "\x00" + item.Object + "\x00" + field
		if all[identity] == nil {
			all[identity] = item
		}
		out[fieldKey{o.KindName(), o.Namespace, o.Name, field}] = all[identity]
	}
	return out
}

// reach counts the items of a world that a request reached, on every way that it may take.
func reach(w *pipeline.World, r *Result, at map[fieldKey]*Item) {
	hit := map[*Item]bool{}
	traces := []*simulate.Trace{r.Trace}
	for _, branch := range branchTraces(w, r) {
		traces = append(traces, branch.trace)
	}
	for _, t := range traces {
		for i := range t.Hops {
			for _, p := range origins(w, &t.Hops[i]) {
				for ; p.field != ""; p.field = p.field[:max(0, strings.LastIndexAny(p.field, ".["))] {
					if item := at[p]; item != nil {
						hit[item] = true
					}
				}
			}
		}
	}
	for item := range hit {
		item.Hits++
	}
}

// A weightedTrace is what happens to a share of the requests that weights spread.
type weightedTrace struct {
	share float64
	trace *simulate.Trace
}

// branchTraces are the traces of the branches that a request may take at the proxies that it passes. A request that takes one of them by
// itself has none.
func branchTraces(w explain.Tracer, r *Result) []weightedTrace {
	if r.Request.Call.Random != nil {
		return nil
	}
	var out []weightedTrace
	taken := map[int]bool{}
	for _, h := range r.Trace.Hops {
		before := 0.0
		for _, b := range h.Branches {
			n := min(99, int(100*(before+b.Share/2)))
			if before += b.Share; taken[n] {
				continue
			}
			taken[n] = true
			call := r.Request.Call
			call.Random = &n
			if t, err := w.Trace(call, pipeline.TraceOptions{Follow: !r.Case.Alone}); err == nil {
				out = append(out, weightedTrace{b.Share, t})
			}
		}
	}
	return out
}

// clusterParts are the parts of a cluster whose origins are looked up.
var clusterParts = []string{"subset", "balancer", "pool", "outlier", "retryBudget", "tls", "proxyProtocol"}

// routeKinds are the kinds whose rules route requests.
var routeKinds = []string{"VirtualService", "HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute"}

// origins are the fields behind what a proxy did with a request. A listener is often shared by several services, so that of
// services and their policies only those count that the cluster was made from.
func origins(w *pipeline.World, h *simulate.Hop) []fieldKey {
	var out []fieldKey
	for _, s := range h.Steps {
		for _, o := range s.Origins {
			if slices.Contains(routeKinds, o.Kind) && o.Role != string(envoy.Overridden) {
				out = append(out, fieldKey{o.Kind, o.Namespace, o.Name, o.Field})
			}
		}
	}
	c, err := w.Compile(h.Proxy)
	if err != nil || h.Cluster == "" || c.Cluster(h.Cluster) == nil {
		return out
	}
	at := envoy.Cluster(h.Cluster)
	out = append(out, places(c.OriginsOf(at))...)
	for _, part := range clusterParts {
		out = append(out, places(c.OriginsOf(at.Part(part)))...)
	}
	return out
}

// places are the fields of origins that were not overridden.
func places(origins []envoy.Origin) []fieldKey {
	var out []fieldKey
	for _, o := range origins {
		if o.Role != envoy.Overridden {
			out = append(out, fieldKey{o.Object.Kind, o.Object.Namespace, o.Object.Name, o.Field})
		}
	}
	return out
}
