package graph

import (
	"sem.example/internal/config"
	"sem.example/internal/explain"
	"sem.example/simulate"
)

// attached are the policies of an endpoint's workload.
func (b *builder) attached(e *simulate.Endpoint) []explain.AttachedPolicy {
	o := e.Origin
	if o == nil {
		return nil
	}
	key := o.Namespace + "/" + o.Name
	all, ok := b.policies[key]
	if !ok {
		all = explain.PoliciesOf(b.world, simulate.Proxy{Type: "sidecar", Namespace: o.Namespace, Name: o.Name})
		b.policies[key] = all
	}
	return all
}

// policyNames are the policies on the way to an endpoint.
func (b *builder) policyNames(e *simulate.Endpoint) []string {
	if e.Origin != nil && b.gateways[e.Origin.Namespace+"/"+e.Origin.Name] != "" {
		return nil
	}
	var out []string
	for _, p := range b.attached(e) {
		out = append(out, p.Action+" "+p.Name)
	}
	return out
}

func (b *builder) policyResources(e *simulate.Endpoint) []Resource {
	var out []Resource
	for _, p := range b.attached(e) {
		out = append(out, Resource{Kind: p.Kind, Namespace: p.Namespace, Name: p.Name})
	}
	return out
}

// kindOf is the kind of the resource that a workload's Pods come from: of a Deployment, where the input has no Pods.
func (b *builder) kindOf(e *simulate.Endpoint) string {
	kind := e.Origin.Kind
	for _, o := range b.world.Workloads() {
		if o.Namespace == e.Origin.Namespace && o.Name == e.Origin.Name {
			kind = o.Kind
		}
	}
	return kind
}

// placed is a field of a resource, as places of a trace are.
func placed(o *config.Object, field string) *simulate.Place {
	at := config.At(o, field).Source()
	r := at.Range()
	return &simulate.Place{File: at.Source().Name, Line: int(r.Line), Column: int(r.Column), Kind: o.Kind, Namespace: o.Namespace, Name: o.Name, Field: field}
}
