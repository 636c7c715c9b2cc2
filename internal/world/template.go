package world

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"sem.example/internal/config"
)

// maxPods is how many Pods of one template are made: enough for the shares of endpoints that few replicas give.
const maxPods = 10

// templates makes the Pods of workloads that have none in the input.
func (c *completer) templates() {
	listed := c.listedPods()
	for _, o := range c.inputs.templates {
		w := config.Spec[*config.Workload](o)
		if w == nil || c.owned(o, w) {
			continue
		}
		if own := c.ownPods(o); len(own) > 0 {
			proxy, _ := c.world.Proxy(own[0].Namespace, own[0].Name)
			c.know(o.Namespace, o.Name, proxy)
			continue
		}
		t := templated{completer: c, object: o, workload: w}
		t.make(listed.of(o))
	}
	c.stubs(listed)
}

// owned reports whether a workload is made by another one of the input, as a ReplicaSet by a Deployment.
func (c *completer) owned(o *config.Object, w *config.Workload) bool {
	return slices.ContainsFunc(w.Metadata.OwnerReferences, func(r config.OwnerReference) bool {
		owner := c.inputs.named[key{r.Kind, o.Namespace, r.Name}]
		return r.Controller && owner != nil && owner != o
	})
}

// ownPods returns the Pods of the input that a workload makes.
func (c *completer) ownPods(o *config.Object) []*config.Object {
	var out []*config.Object
	for _, p := range c.inputs.podsOf[o.Namespace] {
		if makes(o, p, config.Spec[*config.Pod](p)) {
			out = append(out, p)
		}
	}
	return out
}

// A templated workload makes Pods.
type templated struct {
	*completer
	object   *config.Object
	workload *config.Workload
}

// make adds the Pods of a workload: those that EndpointSlices list, else as many as it asks for.
func (t *templated) make(listed []listedPod) {
	for i, template := range t.workload.Templates() {
		meta := t.meta(template)
		proxy := t.injector.decide(candidate{object: t.object, labels: meta.Labels, annotations: meta.Annotations, spec: &template.Spec})
		t.know(t.object.Namespace, t.object.Name, proxy)
		if i == 0 {
			t.assumeProxy(t.object, proxy)
		}
		if len(listed) > 0 {
			for _, l := range listed {
				t.pod(template, meta, proxy, l.name, l.address)
			}
			continue
		}
		for n := range t.count() {
			t.pod(template, meta, proxy, t.name(n), "")
		}
	}
	if n := t.count(); n > 0 && len(listed) == 0 {
		t.assume(Assumption{What: Pods, Object: t.object, Field: "spec", Message: fmt.Sprintf("%s %s has %s", t.object.Kind, nameOf(t.object), readyPods(n)),
			Because: "its Pods are not in the input, and nothing indicates that they are not ready"})
	}
}

func readyPods(n int) string {
	if n == 1 {
		return "a ready Pod"
	}
	return strconv.Itoa(n) + " ready Pods"
}

// count returns how many Pods of a template there are. What a cluster says of the workload takes precedence.
func (t *templated) count() int {
	switch {
	case t.workload.Suspended || t.workload.Finished || t.workload.Replicas == 0:
		return 0
	case t.object.Live && t.inputs.livePods[t.object.Namespace]:
		return 0 // the cluster's Pods are in the input, and none is of this workload
	case t.object.Live && t.object.Status:
		return min(t.workload.Ready, maxPods)
	}
	return min(t.workload.Replicas, maxPods)
}

// name returns the name of the nth Pod. That of a StatefulSet is what it is in a cluster; of any other the end is made by
// chance, and left out of the first.
func (t *templated) name(n int) string {
	if t.object.Kind == "StatefulSet" || n > 0 {
		return t.object.Name + "-" + strconv.Itoa(n)
	}
	return t.object.Name
}

// meta returns the metadata that all Pods of a template have.
func (t *templated) meta(template config.PodTemplate) config.Meta {
	m := config.Meta{Namespace: t.object.Namespace, Labels: maps.Clone(template.Metadata.Labels), Annotations: template.Metadata.Annotations}
	if m.Labels == nil {
		m.Labels = map[string]string{}
	}
	switch t.object.Kind {
	case "Job":
		preset(m.Labels, "job-name", t.object.Name)
		preset(m.Labels, "batch.kubernetes.io/job-name", t.object.Name)
	case "serving.knative.dev/Service":
		preset(m.Labels, "serving.knative.dev/service", t.object.Name)
		preset(m.Labels, "serving.knative.dev/configuration", t.object.Name)
	}
	return m
}

// pod adds one Pod, at an address of its own where none is known.
func (t *templated) pod(template config.PodTemplate, meta config.Meta, proxy DataPlane, name, ip string) {
	pod := &config.Pod{Spec: template.Spec}
	meta.Labels = maps.Clone(meta.Labels)
	meta.Name = t.free(name)
	if t.object.Kind == "StatefulSet" {
		preset(meta.Labels, "statefulset.kubernetes.io/pod-name", name)
		preset(meta.Labels, "apps.kubernetes.io/pod-index", strings.TrimPrefix(name, t.object.Name+"-"))
		pod.Spec.Hostname, pod.Spec.Subdomain = name, cmp.Or(pod.Spec.Subdomain, t.workload.ServiceName)
	}
	pod.Metadata.GenerateName = t.object.Name + "-"
	pod.Metadata.OwnerReferences = []config.OwnerReference{{Kind: t.object.Kind, Name: t.object.Name, Controller: true}}
	inject(&pod.Spec, &meta, proxy, t.object.Name)
	if ip == "" {
		ip = t.world.placeholders.allocate(podBlock, t.inputs.ipv6, t.cluster+"Pod", meta.Namespace, meta.Name, t.object)
	}
	pod.Status = readyAt(ip)
	t.know(meta.Namespace, meta.Name, proxy)
	t.add(t.object, "Pod", meta, pod)
}

// free returns a name that no Pod has yet: the given one, or one that the kind of the workload or a number makes different.
func (t *templated) free(name string) string {
	taken := func(name string) bool { return t.inputs.named[key{"Pod", t.object.Namespace, name}] != nil }
	out := name
	if taken(out) {
		out += "-" + strings.ToLower(t.object.Kind[strings.LastIndexByte(t.object.Kind, '/')+1:])
	}
	for n := 2; taken(out); n++ {
		out = name + "-" + strconv.Itoa(n)
	}
	t.inputs.named[key{"Pod", t.object.Namespace, out}] = t.object
	return out
}
