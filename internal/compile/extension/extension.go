// Package extension builds the filters that WasmPlugins and TrafficExtensions add to filter chains, and the configurations that these
// filters fetch.
package extension

import (
	"net/url"
	"strings"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	luav3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/lua/v3"
	httpwasmv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/wasm/v3"
	hcmv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	networkwasmv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/wasm/v3"
	wasmv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/wasm/v3"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/wrapperspb"
	extensions "istio.io/api/extensions/v1alpha1"

	"sem.example/internal/compile/origin"
	"sem.example/internal/compile/xds"
	"sem.example/internal/mesh"
)

// The places of filters among those of policies.
const (
	beforeAuthentication = extensions.TrafficExtension_AUTHN
	beforeAuthorization  = extensions.TrafficExtension_AUTHZ
	behindAuthorization  = extensions.TrafficExtension_STATS
	last                 = extensions.TrafficExtension_UNSPECIFIED
)

// Requests are the filters of requests, by where they are among those of policies.
type Requests struct{ BeforeAuthentication, BeforeAuthorization, BehindAuthorization []*hcmv3.HttpFilter }

// HTTP returns the filters of requests that extensions add for the traffic of a port.
func HTTP(view *mesh.View, inbound bool, port uint32) Requests {
	return Requests{
		http(view, inbound, port, beforeAuthentication), http(view, inbound, port, beforeAuthorization),
		append(http(view, inbound, port, behindAuthorization), http(view, inbound, port, last)...),
	}
}

// seen returns the extensions of a phase that see the traffic of a port.
func seen(view *mesh.View, inbound bool, port uint32, phase extensions.TrafficExtension_ExecutionPhase) []*mesh.Extension {
	var out []*mesh.Extension
	for _, x := range view.Extensions() {
		if x.Phase == phase && x.Sees(inbound, port) {
			out = append(out, x)
		}
	}
	return out
}

// http are the filters of requests of a phase.
func http(view *mesh.View, inbound bool, port uint32, phase extensions.TrafficExtension_ExecutionPhase) []*hcmv3.HttpFilter {
	var out []*hcmv3.HttpFilter
	for _, x := range seen(view, inbound, port, phase) {
		name := x.Resource(view.Mesh.Settings.Release)
		switch {
		case x.Network():
		case x.Wasm == nil:
			out = append(out, xds.HTTPFilter(name, luaFilter(x)))
		default:
			out = append(out, &hcmv3.HttpFilter{Name: name, ConfigType: &hcmv3.HttpFilter_ConfigDiscovery{ConfigDiscovery: fetched("http")}})
		}
	}
	return out
}

func luaFilter(x *mesh.Extension) *luav3.Lua {
	return &luav3.Lua{DefaultSourceCode: &corev3.DataSource{Specifier: &corev3.DataSource_InlineString{InlineString: x.Lua}}}
}

// Network returns the filters of connections that extensions add: those before the policies about connections, and those behind.
func Network(view *mesh.View, inbound bool, port uint32) (before, behind []*listenerv3.Filter) {
	before = append(network(view, inbound, port, beforeAuthentication), network(view, inbound, port, beforeAuthorization)...)
	return before, append(network(view, inbound, port, behindAuthorization), network(view, inbound, port, last)...)
}

func network(view *mesh.View, inbound bool, port uint32, phase extensions.TrafficExtension_ExecutionPhase) []*listenerv3.Filter {
	var out []*listenerv3.Filter
	for _, x := range seen(view, inbound, port, phase) {
		if x.Network() {
			out = append(out, &listenerv3.Filter{
				Name:       x.Resource(view.Mesh.Settings.Release),
				ConfigType: &listenerv3.Filter_ConfigDiscovery{ConfigDiscovery: fetched("network")},
			})
		}
	}
	return out
}

// fetched says where a filter's configuration comes from. An RBAC filter that denies everything stands for code that cannot be loaded.
func fetched(level string) *corev3.ExtensionConfigSource {
	const prefix = "type.googleapis.com/envoy.extensions.filters."
	return &corev3.ExtensionConfigSource{
		ConfigSource: xds.ADS(), TypeUrls: []string{prefix + level + ".wasm.v3.Wasm", prefix + level + ".rbac.v3.RBAC"},
	}
}

// AddOrigins records the extensions that add filters to a chain.
func AddOrigins(to *origin.List, view *mesh.View, inbound bool, port uint32) {
	for _, x := range view.Extensions() {
		if !x.Sees(inbound, port) {
			continue
		}
		level := "http/"
		if x.Network() {
			level = "network/"
		}
		to.Add(level+x.Resource(view.Mesh.Settings.Release), origin.DefinesTree(x.Object, "spec")...)
	}
}

// Configurations are the configurations that the filters of extensions fetch.
func Configurations(view *mesh.View) []*corev3.TypedExtensionConfig {
	var out []*corev3.TypedExtensionConfig
	for _, x := range view.Extensions() {
		if x.Wasm == nil {
			continue // its code is in the filter itself
		}
		name := x.Name(view.Mesh.Settings.Release)
		var filter *anypb.Any
		if x.Network() {
			filter = xds.Any(&networkwasmv3.Wasm{Config: plugin(x, name)})
		} else {
			filter = xds.Any(&httpwasmv3.Wasm{Config: plugin(x, name)})
		}
		out = append(out, &corev3.TypedExtensionConfig{Name: x.Resource(view.Mesh.Settings.Release), TypedConfig: filter})
	}
	return out
}

// plugin is how Envoy runs the code of an extension. Its pull secret, a password, is left out.
func plugin(x *mesh.Extension, name string) *wasmv3.PluginConfig {
	out := &wasmv3.PluginConfig{
		Name: name, RootId: x.Wasm.GetPluginName(), Configuration: &anypb.Any{},
		Vm: &wasmv3.PluginConfig_VmConfig{VmConfig: &wasmv3.VmConfig{
			Runtime: "envoy.wasm.runtime.v8", Code: code(x.Wasm), EnvironmentVariables: &wasmv3.EnvironmentVariables{KeyValues: map[string]string{}},
		}},
	}
	if len(x.Wasm.GetPluginConfig().GetFields()) > 0 {
		if text, err := protojson.Marshal(x.Wasm.GetPluginConfig()); err == nil {
			out.Configuration = xds.Any(wrapperspb.String(string(text)))
		}
	}
	variables := out.GetVmConfig().GetEnvironmentVariables()
	variables.KeyValues["ISTIO_META_WASM_PLUGIN_RESOURCE_VERSION"] = x.Object.Doc.Root.Get("metadata").StringAt("resourceVersion")
	environment(variables, x.Wasm)
	switch x.Wasm.GetFailStrategy() {
	case extensions.FailStrategy_FAIL_OPEN:
		out.FailurePolicy = wasmv3.FailurePolicy_FAIL_OPEN
	case extensions.FailStrategy_FAIL_CLOSE:
		out.FailurePolicy = wasmv3.FailurePolicy_FAIL_CLOSED
	case extensions.FailStrategy_FAIL_RELOAD:
		out.FailurePolicy = wasmv3.FailurePolicy_FAIL_RELOAD
	}
	return out
}

// environment are the variables that the code sees, and those by which the agent fetches it.
func environment(out *wasmv3.EnvironmentVariables, w *extensions.WasmConfig) {
	if w.GetImagePullPolicy() != extensions.PullPolicy_UNSPECIFIED_POLICY {
		out.KeyValues["ISTIO_META_WASM_IMAGE_PULL_POLICY"] = w.GetImagePullPolicy().String()
	}
	for _, v := range w.GetVmConfig().GetEnv() {
		if v.GetValueFrom() == extensions.EnvValueSource_HOST {
			out.HostEnvKeys = append(out.HostEnvKeys, v.GetName())
			continue
		}
		out.KeyValues[v.GetName()] = v.GetValue()
	}
}

// code is where the code comes from. The agent of the proxy fetches what is not a file.
func code(w *extensions.WasmConfig) *corev3.AsyncDataSource {
	if path, ok := strings.CutPrefix(w.GetUrl(), "file://"); ok {
		return &corev3.AsyncDataSource{Specifier: &corev3.AsyncDataSource_Local{
			Local: &corev3.DataSource{Specifier: &corev3.DataSource_Filename{Filename: path}},
		}}
	}
	uri := w.GetUrl()
	if u, err := url.Parse(uri); err == nil && u.Scheme == "" {
		u.Scheme = "oci"
		uri = u.String()
	}
	return &corev3.AsyncDataSource{Specifier: &corev3.AsyncDataSource_Remote{Remote: &corev3.RemoteDataSource{
		HttpUri: &corev3.HttpUri{Uri: uri, Timeout: xds.Seconds(30), HttpUpstreamType: &corev3.HttpUri_Cluster{Cluster: "_"}}, Sha256: w.GetSha256(),
	}}}
}
