package pipeline

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/gatewayapi"
	"sem.example/internal/mesh"
	"sem.example/internal/world"
	"sem.example/simulate"
)

// workloadKinds are the kinds that people write before a workload's name, by what kubectl takes for them.
var workloadKinds = map[string]string{
	"po": "Pod", "pod": "Pod", "pods": "Pod",
	"deploy": "Deployment", "deployment": "Deployment", "deployments": "Deployment",
	"sts": "StatefulSet", "statefulset": "StatefulSet", "statefulsets": "StatefulSet",
	"ds": "DaemonSet", "daemonset": "DaemonSet", "daemonsets": "DaemonSet",
	"rs": "ReplicaSet", "replicaset": "ReplicaSet", "replicasets": "ReplicaSet",
	"rc": "ReplicationController", "replicationcontroller": "ReplicationController",
	"job": "Job", "jobs": "Job", "cj": "CronJob", "cronjob": "CronJob", "cronjobs": "CronJob",
	"ro": "Rollout", "rollout": "Rollout", "rollouts": "Rollout",
	"svc": "Service", "service": "Service", "services": "Service",
	"we": "WorkloadEntry", "workloadentry": "WorkloadEntry", "wg": "WorkloadGroup", "workloadgroup": "WorkloadGroup",
	"gtw": gatewayKind, "gw": gatewayKind, "gateway": gatewayKind, "gateways": gatewayKind,
}

// gatewayKind is the kind of a Gateway in the name of a proxy, be it Istio's or of the Gateway API.
const gatewayKind = "Gateway"

// A reading is one way to understand the name of a workload.
type reading struct{ kind, namespace, name string }

// readings returns the ways to understand what somebody wrote for a workload, the likeliest first: deploy/web.shop,
// deploy/web, shop/web, web.shop, web.
func readings(text, namespace string) []reading {
	parts := strings.Split(text, "/")
	var out []reading
	kind, isKind := workloadKinds[strings.ToLower(parts[0])]
	switch {
	case len(parts) == 3 && isKind:
		return []reading{{kind, parts[1], parts[2]}}
	case len(parts) == 2 && isKind:
		out = append(dotted(kind, parts[1], namespace), reading{"", parts[0], parts[1]})
	case len(parts) == 2:
		out = []reading{{"", parts[0], parts[1]}}
	case len(parts) == 1:
		out = dotted("", text, namespace)
	}
	return slices.DeleteFunc(out, func(r reading) bool { return r.namespace == "" || r.name == "" })
}

// dotted are the readings of a name that may end in its namespace.
func dotted(kind, name, namespace string) []reading {
	out := []reading{{kind, namespace, name}}
	if i := strings.LastIndexByte(name, '.'); i > 0 {
		out = append(out, reading{kind, name[i+1:], name[:i]})
	}
	return out
}

// CheckName reports what is wrong with the form of a workload's name, whatever the input.
func CheckName(text string) error {
	if text != "" && len(readings(text, "default")) == 0 {
		return fmt.Errorf("%q does not name a workload: write NAMESPACE/NAME, for example default/web", text)
	}
	return nil
}

// Named finds the workload that a name stands for; no name is an application in the namespace.
func (w *World) Named(p simulate.Proxy, text, namespace string) (simulate.Proxy, error) {
	if text == "" {
		p.Namespace, p.Name = w.home(namespace), nobody
		return p, nil
	}
	if err := CheckName(text); err != nil {
		return p, err
	}
	all := readings(text, namespace)
	for _, r := range all {
		if found, ok := find(w, p, r); ok {
			return found, nil
		}
	}
	if first := all[0]; unqualified(text) {
		switch others := w.elsewhere(p, first); len(others) {
		case 0:
			all[0].namespace = w.home(namespace)
		case 1:
			found, _ := find(w, p, reading{first.kind, others[0], first.name})
			return found, nil
		default:
			return p, fmt.Errorf("%q names several workloads: write %s", text, strings.Join(others, "/"+first.name+" or ")+"/"+first.name)
		}
	}
	r := w.likeliest(all)
	p.Namespace, p.Name = r.namespace, r.name
	return p, nil
}

// unqualified reports whether what somebody wrote for a workload may lack its namespace.
func unqualified(text string) bool {
	first, _, slash := strings.Cut(text, "/")
	return !slash || workloadKinds[strings.ToLower(first)] != "" && strings.Count(text, "/") == 1
}

// elsewhere are the namespaces that have the workload of a name without one, or the only one that has a Gateway of the name.
func (w *World) elsewhere(p simulate.Proxy, r reading) []string {
	if p.Type == Gateway {
		served := slices.DeleteFunc(slices.Clone(w.Mesh.Namespaces()), func(ns string) bool {
			_, ok := serving(w, p, ns, r.name)
			return !ok
		})
		if len(served) == 1 {
			return served
		}
	}
	return slices.DeleteFunc(slices.Clone(w.Mesh.Namespaces()), func(ns string) bool {
		_, ok := find(w, p, reading{r.kind, ns, r.name})
		return !ok
	})
}

// home is the namespace of a client that nobody names: that of all workloads of the input, where the given one has none.
func (w *World) home(namespace string) string {
	home := ""
	for _, o := range w.Workloads() {
		if o.Namespace == namespace || home != "" && o.Namespace != home {
			return namespace
		}
		home = o.Namespace
	}
	return cmp.Or(home, namespace)
}

// Has reports whether the input has a workload that a name stands for.
func (w *World) Has(p simulate.Proxy, text, namespace string) bool {
	return slices.ContainsFunc(readings(text, namespace), func(r reading) bool {
		_, ok := find(w, p, r)
		return ok
	})
}

// nobody is the name of a client that nobody names.
const nobody = "application"

// likeliest is the reading of a name that no workload has: the first whose namespace the input knows, unless a dot of the
// name may begin the namespace.
func (w *World) likeliest(all []reading) reading {
	known := w.Mesh.Namespaces()
	for _, r := range all {
		if slices.Contains(known, r.namespace) && !strings.Contains(r.name, ".") {
			return r
		}
	}
	return all[0]
}

// find returns the proxy of the workload of a reading or, for a gateway, of the Gateway that it names.
func find(w *World, p simulate.Proxy, r reading) (simulate.Proxy, bool) {
	if p.Type == Gateway && r.kind == "" && w.Mesh.Object(gatewayapi.Group+"/Gateway", r.namespace, r.name) != nil {
		return serving(w, p, r.namespace, r.name) // it has a proxy, whatever application has its name
	}
	if r.kind != gatewayKind && w.has(p, r) {
		p.Namespace, p.Name = r.namespace, r.name
		return p, true
	}
	if p.Type != Gateway || r.kind != "" && r.kind != gatewayKind {
		return p, false
	}
	return serving(w, p, r.namespace, r.name)
}

// serving returns the proxy that serves a Gateway. It is false where the input has no Gateway of the name.
func serving(w *World, p simulate.Proxy, namespace, name string) (simulate.Proxy, bool) {
	if o := w.Mesh.Object(gatewayapi.Group+"/Gateway", namespace, name); o != nil {
		names := serviceNames(o)
		if len(names) == 0 {
			return p, false
		}
		p.Namespace, p.Name = namespace, names[0]
		return p, true
	}
	o := w.Mesh.Object(gatewayKind, namespace, name)
	if o == nil {
		return p, false
	}
	p.Namespace, p.Name = namespace, name
	selector := config.Spec[*networking.Gateway](o).GetSelector()
	if selected := w.given(w.Mesh.Selected("", selector)); len(selector) > 0 && len(selected) > 0 {
		p.Namespace, p.Name, p.Gateway = selected[0].Namespace, selected[0].Name, namespace+"/"+name
	} else if len(p.Labels) == 0 {
		p.Labels = selector
	}
	return p, true
}

// has reports whether the input has the workload of a reading.
func (w *World) has(p simulate.Proxy, r reading) bool {
	if r.kind != "" {
		return w.Mesh.Object(r.kind, r.namespace, r.name) != nil
	}
	kind := mesh.Sidecar
	if p.Type == "gateway" {
		kind = mesh.Gateway
	}
	_, found := w.Mesh.Proxy(mesh.Proxy{Type: kind, Namespace: r.namespace, Name: r.name})
	return found
}

// described reports whether a proxy is described by more than its name.
func described(p simulate.Proxy) bool {
	return len(p.Labels)+len(p.IPs) > 0 || p.ServiceAccount+p.Locality+p.Network != ""
}

// unknown is what is assumed of a client that the input does not have, where it has others; a proxy that is described by
// more than its name is taken as it is described.
func (w *World) unknown(p simulate.Proxy) *simulate.Assumption {
	if described(p) || len(w.Workloads()) == 0 || w.has(p, reading{"", p.Namespace, p.Name}) {
		return nil
	}
	out := &simulate.Assumption{What: string(world.Client), Of: simulate.ObjectName{Namespace: p.Namespace, Name: p.Name}}
	if p.Name == nobody {
		out.Message = fmt.Sprintf("the client is %s/%s, with a sidecar and without labels", p.Namespace, p.Name)
		out.Because = "no --from names one of the input's workloads"
		return out
	}
	out.Because = fmt.Sprintf("no workload %s/%s in the input", p.Namespace, p.Name)
	if near := w.nearest(p); near != "" {
		out.Because += "; did you mean " + near + "?"
	}
	has := "has a sidecar and no labels"
	if p.Type == "gateway" {
		has = "has no labels"
	}
	out.Message = fmt.Sprintf("%s/%s %s (%s)", p.Namespace, p.Name, has, out.Because)
	return out
}

// nearest is the workload of the input that was most likely meant, or "".
func (w *World) nearest(p simulate.Proxy) string {
	var names, full []string
	objects := w.Workloads()
	if p.Type == "gateway" {
		objects = append(objects, w.Mesh.Objects("Service")...)
	}
	for _, o := range objects {
		if full = append(full, o.Namespace+"/"+o.Name); o.Namespace == p.Namespace {
			names = append(names, o.Name)
		}
		if o.Name == p.Name {
			return o.Namespace + "/" + o.Name
		}
	}
	if near := diag.Nearest(p.Name, names); near != "" {
		return p.Namespace + "/" + near
	}
	return diag.Nearest(p.Namespace+"/"+p.Name, full)
}
