package suite

import (
	"strings"

	"sem.example/internal/envoy"
	"sem.example/internal/pipeline"
	"sem.example/simulate"
)

// reach counts the items of a world that a request reached, on every way that it may take.
func reach(w *pipeline.World, r *Result, at map[place]*Item) {
	hit := map[*Item]bool{}
	for _, t := range ways(w, r) {
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

// ways are the trace of a request and, where chance spreads it, one more for each branch.
func ways(w *pipeline.World, r *Result) []*simulate.Trace {
	out := []*simulate.Trace{r.Trace}
	if r.Request.Call.Random != nil {
		return out
	}
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
				out = append(out, t)
			}
		}
	}
	return out
}

// clusterParts are the parts of a cluster whose origins are looked up.
var clusterParts = []string{"subset", "balancer", "pool", "outlier", "retryBudget", "tls", "proxyProtocol"}

// origins are the fields behind what a proxy did with a request. A listener is often shared by several services, so that of
// services and their policies only those count that the cluster was made from.
func origins(w *pipeline.World, h *simulate.Hop) []place {
	var out []place
	for _, s := range h.Steps {
		for _, o := range s.Origins {
			if o.Kind == "VirtualService" && o.Role != string(envoy.Overridden) {
				out = append(out, place{o.Kind, o.Namespace, o.Name, o.Field})
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
func places(origins []envoy.Origin) []place {
	var out []place
	for _, o := range origins {
		if o.Role != envoy.Overridden {
			out = append(out, place{o.Object.Kind, o.Object.Namespace, o.Object.Name, o.Field})
		}
	}
	return out
}
