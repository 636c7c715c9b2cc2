package pipeline

import (
	"sem.example/internal/config"
	"sem.example/internal/source"
	"sem.example/internal/world"
)

// An applying is what files do to the objects of a cluster that they are applied to.
type applying struct {
	live map[config.Identity]*config.Object
	gone map[*source.Document]bool // of live objects that are replaced

	remade []remade
}

// remade are Pods that come or go with a workload.
type remade struct {
	namespace string
	labels    map[string]string
}

// apply returns an object of a file as the cluster then has it. A workload whose Pods would not stay as they are takes them
// with it.
func (a *applying) apply(o *config.Object) *config.Object {
	was := a.live[o.Identity()]
	workload, makes := o.Spec.(*config.Workload)
	if was == nil {
		if makes {
			a.come(o, workload)
		}
		return o
	}
	a.gone[was.Doc] = true
	if makes && o.RollsOut(was) {
		for _, pod := range a.live {
			if world.Makes(was, pod) {
				a.gone[pod.Doc] = true
				a.remade = append(a.remade, remade{pod.Namespace, pod.Labels})
			}
		}
		a.come(o, workload)
	}
	return o.Over(was)
}

// come notes the Pods that a workload makes.
func (a *applying) come(o *config.Object, workload *config.Workload) {
	for _, t := range workload.Templates() {
		a.remade = append(a.remade, remade{o.Namespace, t.Metadata.Labels})
	}
}

// remakeSlices leaves out the EndpointSlices that Kubernetes makes anew: their Service, or some of its Pods, are not what they were.
func (a *applying) remakeSlices() {
	for _, o := range a.live {
		name := o.ServiceOfSlice()
		s := a.live[config.Identity{Kind: "Service", Namespace: o.Namespace, Name: name}]
		if name != "" && s != nil && (a.gone[s.Doc] || a.selects(s)) {
			a.gone[o.Doc] = true
		}
	}
}

// selects reports whether a Service selects any Pod that comes or goes.
func (a *applying) selects(service *config.Object) bool {
	spec := config.Spec[*config.Service](service)
	for _, r := range a.remade {
		if spec != nil && r.namespace == service.Namespace && world.Selects(spec.Spec.Selector, r.labels) {
			return true
		}
	}
	return false
}
