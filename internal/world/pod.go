package world

import (
	"cmp"
	"slices"
	"strings"

	"sem.example/internal/config"
)

// pods completes the Pods of the input. Those that were read from a cluster are complete.
func (c *completer) pods() {
	for _, o := range c.inputs.pods {
		pod := config.Spec[*config.Pod](o)
		if pod == nil {
			continue
		}
		p := candidate{object: o, labels: o.Labels, annotations: o.Annotations, spec: &pod.Spec, maker: c.makerOf(o, pod), ran: ran(pod)}
		proxy := c.injector.decide(p)
		c.know(o.Namespace, o.Name, proxy)
		c.assumeProxy(o, proxy)
		if o.Live {
			continue
		}
		meta, full := o.Meta, *pod
		inject(&full.Spec, &meta, proxy, cmp.Or(p.maker, o.Name))
		if !p.ran {
			full.Status = readyAt(c.world.placeholders.allocate(podBlock, c.inputs.ipv6, c.cluster+o.Kind, o.Namespace, o.Name, o))
			c.assume(Assumption{What: Pods, Object: o, Field: "metadata.name", Message: "Pod " + nameOf(o) + " is ready", Because: "it has no status"})
		}
		c.replace(o, meta, &full)
	}
}

// ran reports whether a Pod's status says anything.
func ran(p *config.Pod) bool { return p.Status.Phase != "" || p.Status.PodIP != "" }

// makerOf returns the name of what makes a Pod, as far as the input has it, or "".
func (c *completer) makerOf(o *config.Object, pod *config.Pod) string {
	for _, t := range c.inputs.makersOf[o.Namespace] {
		if makes(t, o, pod) {
			return t.Name
		}
	}
	return ""
}

// Makes reports whether a Pod is one of those that a workload makes.
func Makes(workload, pod *config.Object) bool {
	spec := config.Spec[*config.Pod](pod)
	return spec != nil && workload.Namespace == pod.Namespace && makes(workload, pod, spec)
}

// makes reports whether a Pod is one of those that a workload makes: it has the labels of the selector, or where there is
// none of the template, and no other controller.
func makes(t, o *config.Object, pod *config.Pod) bool {
	w := config.Spec[*config.Workload](t)
	for _, owner := range pod.Metadata.OwnerReferences {
		if owner.Controller && owner.Name != t.Name && !strings.HasPrefix(owner.Name, t.Name+"-") {
			return false
		}
	}
	if w.Selector != nil {
		return selects(w.Selector, o.Labels)
	}
	return slices.ContainsFunc(w.Templates(), func(p config.PodTemplate) bool {
		if len(p.Metadata.Labels) == 0 {
			return strings.HasPrefix(o.Name, t.Name+"-")
		}
		return selects(p.Metadata.Labels, o.Labels)
	})
}
