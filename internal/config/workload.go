package config

import (
	"strconv"

	"sem.example/internal/source"
)

// Workload is the content of what makes Pods from a template: a Deployment, StatefulSet, DaemonSet, ReplicaSet,
// ReplicationController, Job or CronJob, or a custom resource such as a Rollout.
type Workload struct {
	Metadata struct {
		OwnerReferences []OwnerReference `json:"ownerReferences"`
	} `json:"metadata"`
	Spec struct {
		Template PodTemplate `json:"template"`
	} `json:"spec"`

	More        []PodTemplate     `json:"-"` // of a custom resource with several
	Selector    map[string]string `json:"-"` // matchLabels; nil where the document has none
	ServiceName string            `json:"-"` // of a StatefulSet
	Replicas    int               `json:"-"` // 1 where the document has none
	Suspended   bool              `json:"-"`
	Ready       int               `json:"-"` // Pods that the status says to be ready
	Finished    bool              `json:"-"` // a Job that has completed, or failed
}

// Templates returns all templates of a workload.
func (w *Workload) Templates() []PodTemplate {
	return append([]PodTemplate{w.Spec.Template}, w.More...)
}

// PodTemplate is what the Pods of a workload look like.
type PodTemplate struct {
	Metadata struct {
		Labels      map[string]string `json:"labels"`
		Annotations map[string]string `json:"annotations"`
	} `json:"metadata"`
	Spec PodSpec `json:"spec"`
}

// workload decodes one of Kubernetes' own.
func workload(root *source.Node) (any, []fault) {
	w := &Workload{}
	faults := unmarshal(root, w)
	w.scale(root)
	return w, faults
}

// cronJob decodes a CronJob as the Job that it makes.
func cronJob(root *source.Node) (any, []fault) {
	w := &Workload{}
	faults := unmarshal(root.Get("spec").Get("jobTemplate"), w)
	for i := range faults {
		faults[i].field = "spec.jobTemplate." + faults[i].field
	}
	w.Metadata.OwnerReferences = nil
	w.scale(root)
	return w, faults
}

// scale reads how many Pods there are. A value of another type than the field has is left to the checks.
func (w *Workload) scale(root *source.Node) {
	spec, status := root.Get("spec"), root.Get("status")
	selector := spec.Get("selector")
	if labels := selector.Get("matchLabels"); labels != nil {
		selector = labels
	}
	w.Selector = stringMap(selector)
	w.ServiceName = spec.StringAt("serviceName")
	w.Replicas = 1
	if n, ok := integer(spec.Get("replicas")); ok {
		w.Replicas = n
	}
	if on := spec.Get("suspend"); on != nil {
		w.Suspended = on.Kind == source.Bool && on.Text == "true"
	}
	for _, name := range []string{"readyReplicas", "numberReady", "ready", "active"} {
		if n, ok := integer(status.Get(name)); ok {
			w.Ready = max(w.Ready, n)
		}
	}
	w.Finished = finished(status.Get("conditions"))
}

func integer(n *source.Node) (int, bool) {
	if n == nil || n.Kind != source.Number {
		return 0, false
	}
	i, err := strconv.Atoi(n.Text)
	return i, err == nil
}

// finished reports whether the conditions are those of a Job that has come to its end.
func finished(conditions *source.Node) bool {
	if conditions == nil {
		return false
	}
	for _, c := range conditions.Items {
		if t := c.StringAt("type"); (t == "Complete" || t == "Failed") && c.StringAt("status") == "True" {
			return true
		}
	}
	return false
}

// customKind is the kind of a custom resource. One that has the name of a known kind has its group before it.
func customKind(group, name string) string {
	for k := range kinds {
		if k.kind == name {
			return group + "/" + name
		}
	}
	return name
}

// customWorkload decodes a custom resource that has a template of Pods under its spec, or returns nil.
func customWorkload(root *source.Node) *Workload {
	if root.StringAt("kind") == "CustomResourceDefinition" {
		return nil // it describes templates, and has none
	}
	var found []PodTemplate
	for _, n := range podTemplates(root.Get("spec"), 0) {
		var t PodTemplate
		if len(unmarshal(n, &t)) == 0 {
			found = append(found, t)
		}
	}
	if len(found) == 0 {
		return nil
	}
	w := &Workload{More: found[1:]}
	w.Spec.Template = found[0]
	w.scale(root)
	return w
}

// maxTemplateDepth is how deep below the spec of a custom resource a template of Pods may lie.
const maxTemplateDepth = 6

// podTemplates finds the maps whose spec has a list of containers.
func podTemplates(n *source.Node, depth int) []*source.Node {
	if n == nil || depth > maxTemplateDepth {
		return nil
	}
	if isPodTemplate(n) {
		return []*source.Node{n}
	}
	var out []*source.Node
	for _, f := range n.Fields {
		out = append(out, podTemplates(f.Value, depth+1)...)
	}
	for _, item := range n.Items {
		out = append(out, podTemplates(item, depth+1)...)
	}
	return out
}

func isPodTemplate(n *source.Node) bool {
	containers := n.Get("spec").Get("containers")
	if containers == nil || containers.Kind != source.List || len(containers.Items) == 0 {
		return false
	}
	for _, c := range containers.Items {
		if c.Kind != source.Map {
			return false
		}
	}
	return true
}
