package mesh

import (
	"slices"

	networking "istio.io/api/networking/v1alpha3"
	security "istio.io/api/security/v1beta1"
	typev1beta1 "istio.io/api/type/v1beta1"

	"sem.example/internal/config"
	"sem.example/internal/mesh/routing"
	"sem.example/internal/release"
)

// Gateways returns the gateways that select the proxy, the oldest first. One without a selector selects every proxy. The
// proxies of a gateway of Services are those behind a port of these.
func (v *View) Gateways() []*routing.Gateway {
	all := slices.DeleteFunc(slices.Clone(v.Mesh.gateways), func(g *routing.Gateway) bool {
		if g.Services == nil {
			return !v.Proxy().Selected(g.Selector)
		}
		return !slices.ContainsFunc(g.Servers, func(s routing.Server) bool { return v.TargetFor(g, s.GetPort().GetNumber()) != nil })
	})
	if !v.Mesh.Settings.Release.Has(release.StrictGatewayMerging) {
		return all
	}
	return withoutForeign(all)
}

// withoutForeign leaves out gateways of other namespaces where the proxies are those that istiod deploys for a Gateway of the
// Gateway API: a selector alone does not let a namespace serve on another one's address, with its certificates.
func withoutForeign(all []*routing.Gateway) []*routing.Gateway {
	home := map[string]bool{}
	for _, g := range all {
		if g.Services != nil && g.Services.Managed {
			home[g.Namespace] = true
		}
	}
	if len(home) == 0 {
		return all
	}
	return slices.DeleteFunc(all, func(g *routing.Gateway) bool { return g.Services == nil && !home[g.Namespace] })
}

// TargetFor is what lies behind a port of the Services of a gateway, or nil.
func (v *View) TargetFor(g *routing.Gateway, number uint32) *ServiceTarget {
	for _, t := range v.Targets() {
		if t.Port.Number == number && g.Services.Has(t.Service.Host, t.Service.Namespace) {
			return &t
		}
	}
	return nil
}

// ServesGateways reports whether the proxy is the proxy of a gateway, one with a valid listener where it has listeners.
func (v *View) ServesGateways() bool {
	return slices.ContainsFunc(v.Gateways(), func(g *routing.Gateway) bool {
		return g.Services == nil || slices.ContainsFunc(g.Servers, func(s routing.Server) bool { return s.Invalid == "" })
	})
}

// A targeted policy selects workloads by labels, or names what it is attached to.
type targeted interface {
	GetTargetRef() *typev1beta1.PolicyTargetReference
	GetTargetRefs() []*typev1beta1.PolicyTargetReference
	GetSelector() *typev1beta1.WorkloadSelector
}

// LabelGateway is the label of the Pods that serve a Gateway of the Gateway API.
const LabelGateway = "gateway.networking.k8s.io/gateway-name"

// attached reports whether a policy of a namespace is in force for the proxy: by its selector, or, where it names what it is
// attached to, because the proxy belongs to that gateway of the Kubernetes Gateway API.
func (v *View) attached(p targeted, namespace string) bool {
	refs := p.GetTargetRefs()
	if len(refs) == 0 && p.GetTargetRef() != nil {
		refs = []*typev1beta1.PolicyTargetReference{p.GetTargetRef()}
	}
	if len(refs) == 0 {
		return v.Proxy().Selected(p.GetSelector().GetMatchLabels())
	}
	gateway, ok := v.Proxy().Label(LabelGateway)
	return ok && v.Proxy().In(namespace) && slices.ContainsFunc(refs, func(r *typev1beta1.PolicyTargetReference) bool {
		return r.Kind == "Gateway" && r.Group == "gateway.networking.k8s.io" && r.Name == gateway &&
			(r.Namespace == "" || r.Namespace == namespace)
	})
}

// AuthorizationPolicies returns the policies that select the proxy's workload, in istiod's order: those of the root
// namespace, then those of the proxy's, each by age. Where connections to services are held against policies, those of
// the services' namespaces that select the workload follow.
func (v *View) AuthorizationPolicies(to ...*Service) []*config.Object {
	namespaces := []string{v.Mesh.Settings.Config.RootNamespace, v.Proxy().Namespace()}
	for _, s := range to {
		namespaces = append(namespaces, s.Namespace)
	}
	return attachedIn[*security.AuthorizationPolicy](v, "AuthorizationPolicy", namespaces...)
}

// EnvoyFilters returns the EnvoyFilters that are attached to the proxy's workload: those of the root namespace, then those
// of the proxy's.
func EnvoyFilters(v *View) []*config.Object {
	var out []*config.Object
	for _, ns := range slices.Compact([]string{v.Mesh.Settings.Config.RootNamespace, v.Proxy().Namespace()}) {
		for _, o := range v.Mesh.Objects("EnvoyFilter") {
			if spec := config.Spec[*networking.EnvoyFilter](o); spec != nil && o.Namespace == ns && v.attached(envoyFilter{spec}, ns) {
				out = append(out, o)
			}
		}
	}
	return out
}

// An envoyFilter selects workloads in its own words.
type envoyFilter struct{ *networking.EnvoyFilter }

// GetTargetRef implements targeted.
func (envoyFilter) GetTargetRef() *typev1beta1.PolicyTargetReference { return nil }

// GetSelector implements targeted.
func (f envoyFilter) GetSelector() *typev1beta1.WorkloadSelector {
	return &typev1beta1.WorkloadSelector{MatchLabels: f.GetWorkloadSelector().GetLabels()}
}

// RequestAuthentications returns the policies that select the proxy's workload, in istiod's order: those of the proxy's
// namespace, then those of the root namespace, each by age.
func (v *View) RequestAuthentications() []*config.Object {
	root := v.Mesh.Settings.Config.RootNamespace
	return attachedIn[*security.RequestAuthentication](v, "RequestAuthentication", v.Proxy().Namespace(), root)
}

// attachedIn returns the policies of a kind that are in force for the proxy, by namespace in the order given.
func attachedIn[T interface {
	comparable
	targeted
}](v *View, kind string, namespaces ...string) []*config.Object {
	var none T
	var out []*config.Object
	for i, ns := range namespaces {
		if slices.Contains(namespaces[:i], ns) {
			continue
		}
		for _, o := range v.Mesh.Objects(kind) {
			if spec := config.Spec[T](o); spec != none && o.Namespace == ns && v.attached(spec, ns) {
				out = append(out, o)
			}
		}
	}
	return out
}
