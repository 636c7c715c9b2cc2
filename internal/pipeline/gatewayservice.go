package pipeline

import (
	"fmt"
	"slices"
	"strings"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/gatewayapi"
	"sem.example/internal/world"
	"sem.example/simulate"
)

// serviceNames are the names of the Services whose Pods serve a Gateway of the Gateway API: of the one that istiod makes, or of those that
// the Gateway names as its addresses.
func serviceNames(o *config.Object) []string {
	spec := config.Spec[*gatewayapi.Gateway](o).Spec
	if spec.Managed() {
		return []string{spec.DeploymentName(o.Name, o.Annotations)}
	}
	var out []string
	for _, address := range spec.AddressNames() {
		name, _, _ := strings.Cut(address, ".")
		out = append(out, name)
	}
	return out
}

// servicesOf are the Services whose Pods serve a Gateway of the Gateway API, as far as the input has them.
func servicesOf(w *World, o *config.Object) []*config.Object {
	var out []*config.Object
	for _, name := range serviceNames(o) {
		if s := w.Mesh.Object("Service", o.Namespace, name); s != nil {
			out = append(out, s)
		}
	}
	return out
}

// oneOfSeveral is what is assumed of the proxy that a Gateway was named for, where several workloads serve that Gateway: a request arrives
// at one of them, and policies may differ from one to the other.
func oneOfSeveral(w *World, p simulate.Proxy) *simulate.Assumption {
	if p.Type != Gateway || described(p) {
		return nil
	}
	for _, o := range w.Mesh.Objects(gatewayapi.Group + "/Gateway") {
		if o.Namespace == p.Namespace && slices.Contains(serviceNames(o), p.Name) {
			if a := arrives(p, o, workloadsOf(w, o), "spec.addresses"); a != nil {
				return a
			}
		}
	}
	namespace, name, _ := strings.Cut(p.Gateway, "/")
	if o := w.Mesh.Object(gatewayKind, namespace, name); o != nil {
		return arrives(p, o, nameWorkloads(w.given(w.Mesh.Selected("", config.Spec[*networking.Gateway](o).GetSelector()))), "spec.selector")
	}
	return nil
}

// arrives says at which of several workloads of a Gateway a request arrives. The field is what leads to the workloads.
func arrives(p simulate.Proxy, o *config.Object, names []string, field string) *simulate.Assumption {
	if len(names) < 2 {
		return nil
	}
	at := max(slices.Index(names, p.Namespace+"/"+p.Name), 0)
	others := slices.Delete(slices.Clone(names), at, at+1)
	return &simulate.Assumption{
		What: string(world.Client), Of: simulate.ObjectName{Kind: o.KindName(), Namespace: o.Namespace, Name: o.Name},
		Message: fmt.Sprintf("the request arrives at %s, one of %d workloads of Gateway %s/%s", names[at], len(names), o.Namespace, o.Name),
		Because: "the Gateway is also served by " + strings.Join(others, ", "),
		Origin:  placeOf(o, field),
	}
}

// workloadsOf are the names of the workloads that serve a Gateway of the Gateway API, those of its first Service first.
func workloadsOf(w *World, o *config.Object) []string {
	var out []string
	for _, s := range servicesOf(w, o) {
		selector := config.Spec[*config.Service](s).Spec.Selector
		if len(selector) == 0 {
			continue
		}
		for _, name := range nameWorkloads(w.given(w.Mesh.Selected(o.Namespace, selector))) {
			if !slices.Contains(out, name) {
				out = append(out, name)
			}
		}
	}
	return out
}

// nameWorkloads are the names of workloads. A Pod is named by what makes it, where the input has that.
func nameWorkloads(workloads []*config.Object) []string {
	made := func(o *config.Object) bool { return o.Kind == "Pod" || o.Kind == "ReplicaSet" }
	if !slices.ContainsFunc(workloads, func(o *config.Object) bool { return !made(o) }) {
		made = func(*config.Object) bool { return false }
	}
	var out []string
	for _, o := range workloads {
		if name := o.Namespace + "/" + o.Name; !made(o) && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}
