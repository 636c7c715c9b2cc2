package pipeline

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"sem.example/internal/config"
	"sem.example/internal/gatewayapi"
	"sem.example/internal/mesh"
	"sem.example/internal/world"
	"sem.example/simulate"
)

// complete adds to the objects of the input what a cluster would, and returns the objects that a mesh is built of.
func (w *World) complete(settings mesh.Settings, opts Options) []*config.Object {
	if opts.Assume.Nothing {
		return w.Objects
	}
	w.completed = completed(w.Objects, settings, opts)
	w.Objects = w.completed.Objects[:len(w.Objects)]
	return w.completed.Objects
}

// completed are objects with what their cluster would add.
func completed(objects []*config.Object, settings mesh.Settings, opts Options) *world.World {
	return world.Complete(objects, world.Options{
		RootNamespace: settings.Config.GetRootNamespace(), Stated: opts.Assume.stated, Everything: opts.Assume.Everything,
		Cluster: opts.Assume.cluster,
	})
}

// assumed adds to a trace what was assumed of the objects on its way.
func (w *World) assumed(t *simulate.Trace, opts TraceOptions) {
	if w.completed == nil {
		return
	}
	if a := w.unknown(t.Call.Proxy); a != nil {
		t.Assumed = append(t.Assumed, *a)
	}
	if a := oneOfSeveral(w, t.Call.Proxy); a != nil {
		t.Assumed = append(t.Assumed, *a)
	}
	x := involved{world: w, placeholders: map[*config.Object][]string{}, follow: opts.Follow}
	for i := range t.Hops {
		x.hop(&t.Hops[i])
	}
	x.named(t)
	for _, a := range w.completed.About(x.objects...) {
		out := assumption(a)
		if a.What == world.Address || a.What == world.Pods {
			out.Addresses = x.placeholders[a.Object]
		}
		t.Assumed = append(t.Assumed, out)
	}
	t.NotModelled = append(x.notModelled(t), t.NotModelled...)
}

// notModelled names what is on the way, and acts on it beside what the proxies are configured with.
func (x *involved) notModelled(t *simulate.Trace) []string {
	out := []string{}
	for _, a := range x.world.completed.About(x.objects...) {
		if a.What == world.Ambient {
			out = append(out, "the ambient mesh ("+a.Message+": "+a.Because+")")
		}
	}
	for _, o := range x.objects {
		annotations := annotationsOf(o)
		for _, name := range slices.Sorted(maps.Keys(annotations)) {
			if acts(name, annotations[name], o, t, x.follow) {
				out = append(out, fmt.Sprintf("the annotation %s of %s %s/%s", name, o.Kind, o.Namespace, o.Name))
			}
		}
	}
	return out
}

// involved collects the objects of the input that have to do with a trace.
type involved struct {
	world        *World
	objects      []*config.Object
	placeholders map[*config.Object][]string // addresses that the trace names
	follow       bool                        // the trace goes on to the server
}

func (x *involved) add(o *config.Object) {
	if o != nil && !slices.Contains(x.objects, o) {
		x.objects = append(x.objects, o)
	}
}

// named takes the objects whose placeholder addresses a trace names anywhere, be it as what was rejected.
func (x *involved) named(t *simulate.Trace) {
	if !x.world.completed.HasPlaceholders() {
		return
	}
	text, err := json.Marshal(t)
	if err != nil {
		return
	}
	for _, a := range world.FindPlaceholders(string(text)) {
		o, ok := x.world.completed.Placeholder(a)
		if ok && !slices.Contains(x.placeholders[o], a) {
			x.placeholders[o] = append(x.placeholders[o], a)
			x.add(o)
		}
	}
}

func (x *involved) hop(h *simulate.Hop) {
	if p, ok := x.world.completed.Proxy(h.Proxy.Namespace, h.Proxy.Name); ok {
		x.add(p.Object)
	}
	if h.Destination != nil {
		x.host(h.Destination.Host)
	}
	x.endpoints(h.Endpoints)
	for i := range h.Steps {
		x.gateways(h.Steps[i].Origins)
	}
	for i := range h.Branches {
		cluster := h.Branches[i].Cluster // outbound|80|v1|reviews.shop.svc.cluster.local
		x.host(cluster[strings.LastIndexByte(cluster, '|')+1:])
		x.endpoints(h.Branches[i].Endpoints)
	}
}

// gateways takes the Gateways and ListenerSets among places.
func (x *involved) gateways(at []simulate.Place) {
	for _, p := range at {
		if p.Kind == "Gateway" || p.Kind == "ListenerSet" {
			x.add(x.world.Mesh.Object(gatewayapi.Group+"/"+p.Kind, p.Namespace, p.Name))
		}
	}
}

func (x *involved) host(name string) {
	for _, s := range x.world.Mesh.ServicesOf(name) {
		x.add(x.world.completed.Origin(s.Object))
	}
}

func (x *involved) endpoints(list []simulate.Endpoint) {
	for i := range list {
		x.add(x.world.completed.At(list[i].Address))
	}
}

// AssumedInShort counts what is assumed of the whole input: "addresses of 3 Services, Pods of 2 workloads"; "" for nothing.
func (w *World) AssumedInShort() string {
	if w.completed == nil {
		return ""
	}
	count := map[world.What]int{}
	for _, a := range w.completed.Assumptions {
		count[a.What]++
	}
	var parts []string
	for _, p := range []struct {
		what      world.What
		one, many string
	}{
		{world.Address, "the address of 1 Service", "addresses of %d Services"},
		{world.Pods, "the Pods of 1 workload", "Pods of %d workloads"},
		{world.Sidecar, "sidecar injection of 1 workload", "sidecar injection of %d workloads"},
		{world.Secret, "the certificate of 1 Secret", "certificates of %d Secrets"},
	} {
		switch n := count[p.what]; n {
		case 0:
		case 1:
			parts = append(parts, p.one)
		default:
			parts = append(parts, fmt.Sprintf(p.many, n))
		}
	}
	return strings.Join(parts, ", ")
}

// assumption is an assumption in the words of the trace document.
func assumption(a world.Assumption) simulate.Assumption {
	out := simulate.Assumption{What: string(a.What), Message: a.Message, Because: a.Because}
	if o := a.Object; o != nil {
		out.Of = simulate.ObjectName{Kind: o.KindName(), Namespace: o.Namespace, Name: o.Name}
		out.Origin = placeOf(o, a.Field)
	}
	return out
}

// placeOf is where a field of an object is written.
func placeOf(o *config.Object, field string) *simulate.Place {
	p := &simulate.Place{Kind: o.KindName(), Namespace: o.Namespace, Name: o.Name, Field: field}
	if o.Doc == nil {
		return p
	}
	at := o.Doc.At(field)
	p.Line, p.Column = int(at.Line), int(at.Column)
	if o.Doc.File != nil {
		p.File = o.Doc.File.Name
	}
	return p
}
