package pipeline

import (
	"slices"
	"strings"

	"sem.example/internal/config"
	"sem.example/internal/mesh"
	"sem.example/internal/world"
	"sem.example/simulate"
)

// othersOf are the other clusters of a mesh as the control plane of one reads them.
func (w *World) othersOf(in fileWorld, settings mesh.Settings, opts Options) []mesh.Cluster {
	var out []mesh.Cluster
	own := map[string]bool{}
	for file := range in.home {
		own[file.Name] = true
	}
	for _, other := range in.others {
		var objects []*config.Object
		for _, f := range other.files {
			objects = append(objects, f.objects...)
			for _, d := range f.docs {
				if !own[d.File.Name] {
					w.at(other, d.File.Name)
				}
			}
		}
		if !opts.Assume.Nothing {
			opts.Assume.cluster = other.cluster
			objects = completed(objects, settings, opts).Objects
		}
		out = append(out, mesh.Cluster{Name: other.cluster, Objects: objects})
	}
	return out
}

// at notes that a file is of another cluster.
func (w *World) at(other fileWorld, file string) {
	if w.remoteFiles == nil {
		w.remoteFiles = map[string]string{}
	}
	w.remoteFiles[file] = other.name
}

// across returns the world of the cluster that an endpoint is in, where that is another one; nil for an endpoint of this one.
func (w *World) across(to simulate.Endpoint) *World {
	if to.Origin == nil || to.Origin.Kind == "Service" {
		return nil
	}
	name := w.remoteFiles[to.Origin.File]
	if name == "" {
		return nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.neighbours[name] == nil {
		other, err := w.Other(name)
		if err != nil {
			return nil // it was built, as a part of this one
		}
		if w.neighbours == nil {
			w.neighbours = map[string]*World{}
		}
		w.neighbours[name] = other
	}
	return w.neighbours[name]
}

// acrossClusters says of a trace what depends on several clusters.
func (w *World) acrossClusters(t *simulate.Trace) {
	for i := range t.Hops {
		h := &t.Hops[i]
		for _, e := range h.Endpoints {
			if other := w.across(e); other != nil {
				x := involved{world: other, placeholders: map[*config.Object][]string{}}
				x.endpoints([]simulate.Endpoint{e})
				w.assumedElsewhere(t, &x, e.Address)
			}
			if e.Origin != nil && e.Origin.Kind == "Service" && strings.HasPrefix(e.Origin.Field, "status.loadBalancer") {
				note(&t.NotModelled, "what the gateway of another network does with the connection ("+e.Origin.Namespace+"/"+e.Origin.Name+")")
			}
		}
		if i == 0 && h.Destination != nil {
			w.onlyElsewhere(t, h.Destination.Host)
		}
	}
}

// assumedElsewhere adds what was assumed of the objects of another cluster.
func (w *World) assumedElsewhere(t *simulate.Trace, x *involved, address string) {
	if x.world.completed == nil {
		return
	}
	for _, a := range x.world.completed.About(x.objects...) {
		out := assumption(a)
		out.Message += ", in cluster " + x.world.Name
		if _, made := x.world.completed.Placeholder(address); made && a.What == world.Pods {
			out.Addresses = []string{address}
		}
		if !slices.ContainsFunc(t.Assumed, func(b simulate.Assumption) bool { return b.Message == out.Message }) {
			t.Assumed = append(t.Assumed, out)
		}
	}
}

// onlyElsewhere says that DNS of the client's cluster does not know a Service that only another one has.
func (w *World) onlyElsewhere(t *simulate.Trace, host string) {
	for _, s := range w.Mesh.ServicesOf(host) {
		if s.Cluster != "" {
			a := simulate.Assumption{
				What: "name", Message: host + " resolves in cluster " + w.Name,
				Because: "only cluster " + s.Cluster + " has the Service; DNS of a cluster knows its own, unless the sidecar answers DNS queries (DNS capture)",
			}
			a.Of = simulate.ObjectName{Kind: "Service", Namespace: s.Namespace, Name: s.Name}
			a.Origin = placeOf(s.Object, s.Field)
			t.Assumed = append(t.Assumed, a)
			return
		}
	}
}

func note(list *[]string, what string) {
	if !slices.Contains(*list, what) {
		*list = append(*list, what)
	}
}
