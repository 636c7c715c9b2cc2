package world

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"sem.example/internal/config"
)

// defaultAccount is the service account that the API server gives a Pod which names none.
const defaultAccount = "default"

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
		complete(&full.Spec, &meta, proxy, cmp.Or(p.maker, o.Name))
		if !p.ran {
			c.run(&full, c.standIn(podBlock, c.inputs.ipv6, o.Kind, o.Namespace, o.Name, o))
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

// know records the proxy of a workload; of several Pods of a name the first counts.
func (c *completer) know(namespace, name string, p Proxy) {
	if _, ok := c.world.proxies[workload{namespace, name}]; !ok {
		c.world.proxies[workload{namespace, name}] = p
	}
}

// assumeProxy records what was decided about the proxy of a workload, unless the input shows it.
func (c *completer) assumeProxy(o *config.Object, p Proxy) {
	if p.Known {
		return
	}
	a := Assumption{What: Sidecar, Object: o, Field: "metadata.name", Because: p.Because}
	switch p.Presence {
	case HasSidecar:
		a.Message = nameOf(o) + " has a sidecar"
	case HasNone:
		a.Message = nameOf(o) + " has no sidecar"
	case InAmbient:
		a.What, a.Message = Ambient, nameOf(o)+" is in the ambient mesh"
	default:
		return
	}
	c.assume(a)
}

// complete adds to a Pod what the API server and the injector would.
func complete(spec *config.PodSpec, meta *config.Meta, p Proxy, workload string) {
	spec.ServiceAccountName = cmp.Or(spec.ServiceAccountName, defaultAccount)
	if p.Presence != HasSidecar {
		return
	}
	labels := maps.Clone(meta.Labels)
	if labels == nil {
		labels = map[string]string{}
	}
	preset(labels, labelTLSMode, "istio")
	name := cmp.Or(labels["app.kubernetes.io/name"], labels["app"], workload)
	preset(labels, "service.istio.io/canonical-name", strings.Trim(name[:min(len(name), 63)], "-_."))
	preset(labels, "service.istio.io/canonical-revision", cmp.Or(labels["app.kubernetes.io/version"], labels["version"], "latest"))
	meta.Labels = labels
	isProxy := func(c config.Container) bool { return c.Name == proxyContainer }
	if !slices.ContainsFunc(spec.Containers, isProxy) && !slices.ContainsFunc(spec.InitContainers, isProxy) {
		spec.Containers = append(slices.Clip(spec.Containers), config.Container{
			Name: proxyContainer, Ports: []config.ContainerPort{{Name: "http-envoy-prom", ContainerPort: 15090, Protocol: "TCP"}},
		})
	}
}

func preset(labels map[string]string, key, value string) {
	if labels[key] == "" {
		labels[key] = value
	}
}

// run gives a Pod the status of one that is ready.
func (c *completer) run(p *config.Pod, ip string) {
	p.Status = config.PodStatus{Phase: "Running", PodIP: ip, Conditions: []config.PodCondition{{Type: "Ready", Status: "True"}}}
}
