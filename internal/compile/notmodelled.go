package compile

import (
	"slices"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/compile/origin"
	"sem.example/internal/config"
	"sem.example/internal/envoy"
	"sem.example/internal/mesh"
	"sem.example/internal/source"
)

// untranslated are the kinds that are read but not translated: which of their documents change a proxy, and how.
var untranslated = []struct {
	kind    string
	touches func(*Compiler, *config.Object) bool
	reason  string
}{
	{"EnvoyFilter", (*Compiler).bootstrapped, "it patches the bootstrap of the proxy"},
	{"ProxyConfig", (*Compiler).configured, "it changes the settings of the proxy"},
	{"Pod", (*Compiler).annotated, "its annotations change the settings of the proxy"},
}

// Untranslated lists the kinds that are read but not translated, where one of them counts for a proxy, and why:
// "EnvoyFilter: it patches what istiod generates".
func Untranslated() []string {
	var out []string
	for _, u := range untranslated {
		out = append(out, u.kind+": "+u.reason)
	}
	return out
}

// NotModelled lists what of the input would change this proxy's configuration and is not translated.
func (c *Compiler) NotModelled() []envoy.NotModelled {
	return slices.Clip(c.unmodelled.Get(c.findUnmodelled))
}

func (c *Compiler) findUnmodelled() []envoy.NotModelled {
	var out []envoy.NotModelled
	for _, u := range untranslated {
		for _, o := range c.view.Mesh.Objects(u.kind) {
			if u.touches(c, o) {
				out = append(out, unmodelled(o, u.reason))
			}
		}
	}
	return append(append(out, c.untranslatedSettings()...), c.access.Authentication().Remote...)
}

func unmodelled(o *config.Object, why string) envoy.NotModelled {
	field := "spec"
	if o.Kind == "Pod" {
		field = "metadata.annotations"
	}
	return envoy.NotModelled{What: o.Doc.Kind + " " + o.Namespace + "/" + o.Name, Reason: why, Origin: origin.Modifies(o, field)}
}

// inScope reports whether an object is in the proxy's namespace, or in the root namespace, which counts for all.
func (c *Compiler) inScope(o *config.Object) bool {
	return c.view.Proxy().In(o.Namespace) || o.Namespace == c.view.Mesh.Settings.Config.RootNamespace
}

// selects reports whether an object is for the proxy's workload: near it, and selecting its labels or the Gateway that it
// serves.
func (c *Compiler) selects(o *config.Object) bool {
	if targets := refs(o, "spec.targetRefs", "spec.targetRef"); len(targets) > 0 {
		return slices.ContainsFunc(targets, func(r *source.Node) bool {
			return r.StringAt("kind") == "Gateway" && c.servesGateway(o.Namespace, r.StringAt("name"))
		})
	}
	return c.inScope(o) && c.hasLabels(o, "spec.selector.matchLabels")
}

// configured reports whether a ProxyConfig is for the proxy's workload, and changes more than its process.
func (c *Compiler) configured(o *config.Object) bool { return mesh.ProxyConfigActs(o) && c.selects(o) }

// bootstrapped reports whether an EnvoyFilter is attached to the proxy and patches its bootstrap. All other patches are
// applied to the resources.
func (c *Compiler) bootstrapped(o *config.Object) bool {
	return slices.ContainsFunc(config.Spec[*networking.EnvoyFilter](o).GetConfigPatches(), func(p *networking.EnvoyFilter_EnvoyConfigObjectPatch) bool {
		return p.GetApplyTo() == networking.EnvoyFilter_BOOTSTRAP
	}) && slices.Contains(mesh.EnvoyFilters(c.view), o)
}

// gatewayNameLabel is the label by which the proxies of a Gateway of the Gateway API know it.
const gatewayNameLabel = "gateway.networking.k8s.io/gateway-name"

func (c *Compiler) servesGateway(namespace, name string) bool {
	of, _ := c.view.Proxy().Label(gatewayNameLabel)
	return c.view.IsGateway() && c.view.Proxy().In(namespace) && of == name
}

// annotated reports whether a Pod is the proxy's own and changes the settings of its proxy.
func (c *Compiler) annotated(o *config.Object) bool {
	pod := config.Spec[*config.Pod](o)
	if ips := c.view.Proxy().IPs(); pod == nil || !c.view.Proxy().In(o.Namespace) || len(ips) == 0 || pod.Status.PodIP != ips[0].String() {
		return false
	}
	// In mode NONE the connections that the application makes pass the proxy by, which a trace does not show.
	settings := o.Annotations["proxy.istio.io/config"]
	return settings != "" && mesh.ProxySettingsAct(settings) || o.Annotations["sidecar.istio.io/interceptionMode"] == "NONE"
}

// hasLabels reports whether the proxy has the labels that an object writes at a path. No labels select every proxy.
func (c *Compiler) hasLabels(o *config.Object, path string) bool {
	if o.Doc == nil {
		return true
	}
	labels := o.Doc.Lookup(path)
	if labels == nil {
		return true
	}
	return !slices.ContainsFunc(labels.Fields, func(f source.Field) bool {
		value, _ := c.view.Proxy().Label(f.Key)
		return value != f.Value.Text
	})
}

// refs are the maps of a list that an object writes at one of some paths; a single map counts as a list of it.
func refs(o *config.Object, paths ...string) []*source.Node {
	var out []*source.Node
	if o.Doc == nil {
		return nil
	}
	for _, path := range paths {
		n := o.Doc.Lookup(path)
		switch {
		case n == nil:
		case n.Kind == source.Map:
			out = append(out, n)
		default:
			out = append(out, n.Items...)
		}
	}
	return out
}
