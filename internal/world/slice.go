package world

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"sem.example/internal/config"
)

// labelService names the Service that an EndpointSlice belongs to.
const labelService = "kubernetes.io/service-name"

// A listedPod is a Pod that an EndpointSlice or Endpoints object names and the input does not have.
type listedPod struct {
	namespace, name, address string

	by      *config.Object // the slice
	service *config.Object // nil where the input has none
}

type listedPods struct {
	all  []listedPod
	used map[string]bool // by namespace/name: those that a workload makes
}

// listedPods returns the Pods that slices list in namespaces of which the input has no Pod at all. Where it has some, one
// that is missing does not exist.
func (c *completer) listedPods() *listedPods {
	found := &listedPods{used: map[string]bool{}}
	seen := map[string]bool{}
	for _, o := range c.inputs.slices {
		service := c.inputs.named[key{"Service", o.Namespace, cmp.Or(o.Labels[labelService], o.Name)}]
		for _, l := range listedBy(o) {
			if at := l.namespace + "/" + l.name; len(c.inputs.podsOf[l.namespace]) == 0 && !seen[at] {
				seen[at] = true
				l.by, l.service = o, service
				found.all = append(found.all, l)
			}
		}
	}
	return found
}

// listedBy returns the Pods that an EndpointSlice or Endpoints object refers to.
func listedBy(o *config.Object) []listedPod {
	var out []listedPod
	take := func(ref *config.ObjectReference, address string) {
		if ref != nil && ref.Kind == "Pod" && ref.Name != "" {
			out = append(out, listedPod{namespace: cmp.Or(ref.Namespace, o.Namespace), name: ref.Name, address: address})
		}
	}
	switch spec := o.Spec.(type) {
	case *config.EndpointSlice:
		for _, e := range spec.Endpoints {
			if len(e.Addresses) > 0 {
				take(e.TargetRef, e.Addresses[0])
			}
		}
	case *config.Endpoints:
		for _, s := range spec.Subsets {
			for _, a := range slices.Concat(s.Addresses, s.NotReadyAddresses) {
				take(a.TargetRef, a.IP)
			}
		}
	}
	return out
}

// of returns the Pods that a workload makes, by their names: they begin with its own.
func (l *listedPods) of(o *config.Object) []listedPod {
	var out []listedPod
	for _, p := range l.all {
		if at := p.namespace + "/" + p.name; p.namespace == o.Namespace && strings.HasPrefix(p.name, o.Name+"-") && p.selectedFrom(o) && !l.used[at] {
			l.used[at] = true
			out = append(out, p)
		}
	}
	return out
}

// selectedFrom reports whether the Service of the slice selects what a workload makes.
func (p listedPod) selectedFrom(o *config.Object) bool {
	if p.service == nil {
		return true
	}
	return selects(config.Spec[*config.Service](p.service).Spec.Selector, config.Spec[*config.Workload](o).Spec.Template.Metadata.Labels)
}

// stubs adds the Pods that slices list and no workload of the input makes, with what is known of them: their addresses,
// and the labels by which the Service selects them.
func (c *completer) stubs(listed *listedPods) {
	assumed := map[*config.Object]bool{}
	for _, l := range listed.all {
		if listed.used[l.namespace+"/"+l.name] {
			continue
		}
		meta := config.Meta{Namespace: l.namespace, Name: l.name}
		if l.service != nil {
			meta.Labels = maps.Clone(config.Spec[*config.Service](l.service).Spec.Selector)
		}
		pod := &config.Pod{}
		proxy := c.injector.decide(candidate{object: l.by, labels: meta.Labels, spec: &pod.Spec})
		inject(&pod.Spec, &meta, proxy, l.name)
		pod.Status = readyAt(l.address)
		c.know(l.namespace, l.name, proxy)
		c.add(l.by, "Pod", meta, pod)
		if !assumed[l.by] {
			assumed[l.by] = true
			c.assumeStubs(l.by, proxy)
		}
	}
}

func (c *completer) assumeStubs(o *config.Object, p DataPlane) {
	c.assume(Assumption{What: Pods, Object: o, Field: "metadata.name", Message: "the Pods of " + o.Kind + " " + nameOf(o) + " exist, with the labels that the Service selects",
		Because: "the input has no Pod of the namespace"})
	c.assumeProxy(o, p)
}
