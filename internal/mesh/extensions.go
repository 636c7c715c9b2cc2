package mesh

import (
	"cmp"
	"slices"

	extensions "istio.io/api/extensions/v1alpha1"
	typev1beta1 "istio.io/api/type/v1beta1"

	"sem.example/internal/config"
	"sem.example/internal/release"
)

// An Extension is the filter that a WasmPlugin or a TrafficExtension adds to filter chains.
type Extension struct {
	Object *config.Object
	Phase  extensions.TrafficExtension_ExecutionPhase
	Wasm   *extensions.WasmConfig // nil: Lua
	Lua    string                 // the code

	priority *int32
	matches  []trafficSelector
}

// A trafficSelector names the side of a proxy and the ports whose traffic an extension sees.
type trafficSelector interface {
	GetMode() typev1beta1.WorkloadMode
	GetPorts() []*typev1beta1.PortSelector
}

// Resource is the name of the filter, by which the proxy fetches its configuration.
func (x *Extension) Resource(r release.Release) string {
	if r.Has(release.TrafficExtensions) {
		return "extensions.istio.io/trafficextension/" + x.Name(r)
	}
	return "extensions.istio.io/wasmplugin/" + x.Name(r)
}

// Name is the name of the extension for istiod. Since there are TrafficExtensions, it makes one of each WasmPlugin.
func (x *Extension) Name(r release.Release) string {
	name := x.Object.Namespace + "." + x.Object.Name
	if x.Object.Kind == "WasmPlugin" && r.Has(release.TrafficExtensions) {
		name += "~istio-translated-wasmplugin"
	}
	return name
}

// Network reports whether the filter is one of connections; else it is one of requests.
func (x *Extension) Network() bool { return x.Wasm.GetType() == extensions.PluginType_NETWORK }

// Sees reports whether the filter is for the traffic of a port: what reaches a workload, or what leaves it or passes a gateway.
func (x *Extension) Sees(inbound bool, port uint32) bool {
	mode := typev1beta1.WorkloadMode_CLIENT
	if inbound {
		mode = typev1beta1.WorkloadMode_SERVER
	}
	return len(x.matches) == 0 || slices.ContainsFunc(x.matches, func(m trafficSelector) bool {
		of := m.GetMode()
		return (of == typev1beta1.WorkloadMode_UNDEFINED || of == typev1beta1.WorkloadMode_CLIENT_AND_SERVER || of == mode) &&
			(len(m.GetPorts()) == 0 || port != 0 && slices.ContainsFunc(m.GetPorts(), func(p *typev1beta1.PortSelector) bool { return p.GetNumber() == port }))
	})
}

// Extensions returns the extensions that are attached to the proxy's workload in the order of their filters within a phase: by
// priority, the highest first, then those of the proxy's namespace before those of the root namespace, each by age.
func (v *View) Extensions() []*Extension {
	plugins := v.Mesh.Objects("WasmPlugin")
	var own []*config.Object
	if v.Mesh.Settings.Release.Has(release.TrafficExtensions) {
		own = v.Mesh.Objects("TrafficExtension")
	}
	if len(plugins)+len(own) == 0 {
		return nil
	}
	all := slices.Concat(plugins, own)
	slices.SortStableFunc(all, config.Compare)
	var out []*Extension
	for _, ns := range []string{v.Proxy().Namespace(), v.Mesh.Settings.Config.RootNamespace} {
		for _, o := range all {
			x, p := extensionOf(o)
			if x != nil && o.Namespace == ns && v.attached(p, ns) && !slices.ContainsFunc(out, func(known *Extension) bool { return known.Object == o }) {
				out = append(out, x)
			}
		}
	}
	slices.SortStableFunc(out, byPriority)
	return out
}

// byPriority orders extensions: those that say nothing of a priority come last.
func byPriority(a, b *Extension) int {
	switch {
	case a.priority == nil && b.priority == nil:
		return 0
	case a.priority == nil:
		return 1
	case b.priority == nil:
		return -1
	}
	return cmp.Compare(*b.priority, *a.priority)
}

// extensionOf reads an extension; nil where istiod leaves it out because it has no code.
func extensionOf(o *config.Object) (*Extension, targeted) {
	x := &Extension{Object: o}
	if p := config.Spec[*extensions.WasmPlugin](o); p != nil {
		x.Phase = extensions.TrafficExtension_ExecutionPhase(p.GetPhase())
		x.Wasm = &extensions.WasmConfig{
			Url: p.GetUrl(), Sha256: p.GetSha256(), ImagePullPolicy: p.GetImagePullPolicy(), ImagePullSecret: p.GetImagePullSecret(),
			PluginConfig: p.GetPluginConfig(), PluginName: p.GetPluginName(), FailStrategy: p.GetFailStrategy(), VmConfig: p.GetVmConfig(), Type: p.GetType(),
		}
		for _, m := range p.GetMatch() {
			x.matches = append(x.matches, m)
		}
		if p.GetPriority() != nil {
			x.priority = &p.GetPriority().Value
		}
		if p.GetUrl() == "" {
			return nil, p
		}
		return x, p
	}
	p := config.Spec[*extensions.TrafficExtension](o)
	if p == nil || p.GetWasm().GetUrl() == "" && p.GetLua().GetInlineCode() == "" {
		return nil, nil
	}
	x.Phase, x.Wasm, x.Lua = p.GetPhase(), p.GetWasm(), p.GetLua().GetInlineCode()
	for _, m := range p.GetMatch() {
		x.matches = append(x.matches, m)
	}
	if p.GetPriority() != nil {
		x.priority = &p.GetPriority().Value
	}
	return x, targetRefs{p}
}

// targetRefs are those of a kind that has the list alone.
type targetRefs struct{ *extensions.TrafficExtension }

// GetTargetRef implements targeted.
func (targetRefs) GetTargetRef() *typev1beta1.PolicyTargetReference { return nil }
