package compile

import (
	"slices"

	security "istio.io/api/security/v1beta1"

	"sem.example/internal/config"
	"sem.example/internal/envoy"
	"sem.example/internal/source"
)

// NotModelled lists what of the input would change this proxy's configuration and is not translated here.
func (c *Compiler) NotModelled() []envoy.NotModelled {
	out := c.extensions()
	out = append(out, c.gatewayAPI()...)
	out = append(out, c.customPolicies()...)
	return append(out, c.authentication().remote...)
}

// extended are the kinds that extend or patch what istiod generates, where they say which workloads they are for, and
// what they do.
var extended = []struct{ kind, selector, why string }{
	{"EnvoyFilter", "spec.workloadSelector.labels", "it patches the generated configuration"},
	{"WasmPlugin", "spec.selector.matchLabels", "it adds a filter of its own"},
	{"TrafficExtension", "spec.selector.matchLabels", "it adds a filter of its own"},
	{"ProxyConfig", "spec.selector.matchLabels", "it changes how the proxy itself is set up"},
}

// extensions are those of the proxy's namespace and of the root namespace that select it.
func (c *Compiler) extensions() []envoy.NotModelled {
	root := c.view.Mesh.Settings.Config.GetRootNamespace()
	var out []envoy.NotModelled
	for _, k := range extended {
		for _, o := range c.view.Mesh.Objects(k.kind) {
			if (o.Namespace == root || o.Namespace == c.view.Proxy.Namespace) && c.hasLabels(o, k.selector) {
				out = append(out, unmodelled(o, k.why))
			}
		}
	}
	return out
}

// hasLabels says whether the proxy has the labels that a document asks for, if any.
func (c *Compiler) hasLabels(o *config.Object, field string) bool {
	want := o.Doc.Lookup(field)
	return want == nil || !slices.ContainsFunc(want.Fields, func(f source.Field) bool {
		got, ok := c.view.Proxy.Labels[f.Key]
		return !ok || got != f.Value.Text
	})
}

// gatewayAPI are the objects of the Kubernetes Gateway API that bear on the proxy: those that are about Gateways where it
// is a gateway, and routes of services where it is a sidecar.
func (c *Compiler) gatewayAPI() []envoy.NotModelled {
	const group = "gateway.networking.k8s.io/"
	var out []envoy.NotModelled
	if c.gateway() {
		for _, o := range c.view.Mesh.Objects(group + "Gateway") {
			out = append(out, unmodelled(o, "the Kubernetes Gateway API is not translated"))
		}
	}
	for _, kind := range []string{"HTTPRoute", "GRPCRoute", "TCPRoute", "TLSRoute"} {
		for _, o := range c.view.Mesh.Objects(group + kind) {
			if c.gateway() == !parentIsService(o) {
				out = append(out, unmodelled(o, "the Kubernetes Gateway API is not translated"))
			}
		}
	}
	return out
}

// parentIsService says whether a route is attached to a service, for its clients, instead of to a Gateway.
func parentIsService(o *config.Object) bool {
	parents := o.Doc.Lookup("spec.parentRefs")
	return parents != nil && slices.ContainsFunc(parents.Items, func(n *source.Node) bool {
		kind := n.StringAt("kind")
		return kind == "Service" || kind == "ServiceEntry"
	})
}

// customPolicies are the AuthorizationPolicies that leave the decision to another server.
func (c *Compiler) customPolicies() []envoy.NotModelled {
	var out []envoy.NotModelled
	for _, o := range c.view.AuthorizationPolicies() {
		if config.Spec[*security.AuthorizationPolicy](o).GetAction() == security.AuthorizationPolicy_CUSTOM {
			out = append(out, unmodelled(o, "action CUSTOM leaves the decision to an external server"))
		}
	}
	return out
}

func unmodelled(o *config.Object, why string) envoy.NotModelled {
	return envoy.NotModelled{What: o.Kind + " " + o.Namespace + "/" + o.Name, Reason: why, Origin: defines(o, "spec")}
}
