package kubectl

import (
	"slices"
	"strings"
	"sync"

	"sem.example/internal/source"
)

// A keep names the fields of a map that stay, each with those below it; nil is all of it. Lists are looked through.
type keep map[string]keep

// paths makes a keep of paths: "spec.containers.name" stays.
func paths(list ...string) keep {
	k := keep{}
	for _, path := range list {
		k.add(strings.Split(path, "."))
	}
	return k
}

func (k keep) add(path []string) {
	below, known := k[path[0]]
	switch {
	case len(path) == 1:
		k[path[0]] = nil
	case known && below == nil: // all of it stays
	default:
		if below == nil {
			below = keep{}
		}
		below.add(path[1:])
		k[path[0]] = below
	}
}

// podFields are the fields of a Pod's spec that decide what a mesh does. The values of environment variables, commands and volumes are not
// among them.
var podFields = []string{
	"serviceAccountName", "nodeName", "hostNetwork", "hostname", "subdomain",
	"containers.name", "containers.image", "containers.args", "containers.restartPolicy", "containers.ports",
	"initContainers.name", "initContainers.image", "initContainers.args", "initContainers.restartPolicy", "initContainers.ports",
}

// workloadFields are those of what makes Pods, by where the template is.
func workloadFields(template string) keep {
	all := []string{
		"apiVersion", "kind", "metadata", "spec.selector", "spec.replicas", "spec.suspend", "spec.serviceName",
		template + ".metadata.labels", template + ".metadata.annotations",
		"status.readyReplicas", "status.numberReady", "status.ready", "status.active", "status.conditions.type", "status.conditions.status",
	}
	for _, f := range podFields {
		all = append(all, template+".spec."+f)
	}
	return paths(all...)
}

// kept are the fields that stay, by kind. Of any other kind all do.
var kept = sync.OnceValue(func() map[string]keep {
	workload := workloadFields("spec.template")
	return map[string]keep{
		"Pod": podKept(), "Deployment": workload, "DaemonSet": workload, "StatefulSet": workload, "ReplicaSet": workload,
		"ReplicationController": workload, "Job": workload, "Rollout": workload, "CronJob": workloadFields("spec.jobTemplate.spec.template"),
		"Node":           paths("apiVersion", "kind", "metadata", "status.addresses"),
		"Namespace":      paths("apiVersion", "kind", "metadata"),
		"ServiceAccount": paths("apiVersion", "kind", "metadata"),
		"ConfigMap":      {"apiVersion": nil, "kind": nil, "metadata": nil, "data": {"mesh": nil, "meshNetworks": nil, "ca.crt": nil}},
	}
})

func podKept() keep {
	all := []string{"apiVersion", "kind", "metadata", "status.phase", "status.podIP", "status.podIPs", "status.hostIP", "status.conditions.type", "status.conditions.status"}
	for _, f := range podFields {
		all = append(all, "spec."+f)
	}
	return paths(all...)
}

// trim leaves out of an object what a mesh does not depend on.
func trim(root *source.Node) *source.Node {
	root = kept()[root.StringAt("kind")].of(root)
	quiet(root)
	if meta := root.Get("metadata"); meta != nil {
		drop(meta, "managedFields", "selfLink", "generation")
		if meta.Get("uid") != nil {
			drop(meta, "resourceVersion") // changes without the object
		}
		annotations := meta.Get("annotations")
		drop(annotations, "kubectl.kubernetes.io/last-applied-configuration") // has all that was left out
		if annotations != nil && len(annotations.Fields) == 0 {
			drop(meta, "annotations")
		}
	}
	return root
}

// of returns a copy of a value with the fields that stay.
func (k keep) of(n *source.Node) *source.Node {
	if k == nil || n.Kind < source.List {
		return n
	}
	out := &source.Node{Kind: n.Kind, Text: n.Text}
	for _, item := range n.Items {
		out.Items = append(out.Items, k.of(item))
	}
	for _, f := range n.Fields {
		if below, stays := k[f.Key]; stays {
			out.Fields = append(out.Fields, source.Field{Key: f.Key, Value: below.of(f.Value)})
		}
	}
	return out
}

// wanted reports whether a mesh can depend on an object: of ConfigMaps only on those with its settings, and with certificates that
// somebody made.
func wanted(root *source.Node) bool {
	if root.StringAt("kind") != "ConfigMap" {
		return true
	}
	data, name := root.Get("data"), root.Get("metadata").StringAt("name")
	return data.Get("mesh") != nil || data.Get("ca.crt") != nil && name != "kube-root-ca.crt" && name != "istio-ca-root-cert"
}

// quiet drops the arguments of containers other than the proxy, whose first one says what it is.
func quiet(n *source.Node) {
	for _, f := range n.Fields {
		if f.Key == "containers" || f.Key == "initContainers" {
			for _, c := range f.Value.Items {
				if c.StringAt("name") != "istio-proxy" {
					drop(c, "args")
				}
			}
			continue
		}
		quiet(f.Value)
	}
}

func drop(n *source.Node, keys ...string) {
	if n != nil {
		n.Fields = slices.DeleteFunc(n.Fields, func(f source.Field) bool { return slices.Contains(keys, f.Key) })
	}
}
