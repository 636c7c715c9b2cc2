package pipeline

import (
	"cmp"

	"sem.example/internal/compile"
	"sem.example/internal/mesh"
	"sem.example/internal/patch"
	"sem.example/internal/release"
	"sem.example/simulate"
)

// Resources are what one proxy runs, as EnvoyFilters leave it.
type Resources = patch.Compiled

// An engine is one proxy: what it sees, what it runs, and what answers for it.
type engine struct {
	key        string // what was said of the proxy
	view       *mesh.View
	unpatched  *compile.Compiler
	compiler   Resources
	plain, why *simulate.Engine
}

// simulator returns what answers for the proxy, with the reasons for what each step rejected where they are wanted.
func (e *engine) simulator(why bool) *simulate.Engine {
	if why {
		return e.why
	}
	return e.plain
}

// lookUp returns the address that a look-up of a name gives the proxy's application, or "" for a name that only the
// world's DNS knows.
func (e *engine) lookUp(name string) string {
	for _, host := range e.view.SearchNames(name) {
		if s := e.view.Mesh.InDNS(host); s != nil && !e.view.Proxy().DNSCapture() && s.DialAddress(e.view.Proxy().All()) != "" {
			return s.DialAddress(e.view.Proxy().All())
		}
		if s := e.view.Service(host); s != nil {
			return s.DialAddress(e.view.Proxy().All())
		}
	}
	return ""
}

// versionOf is the version that a proxy reports: what is said of it, else the release of its control plane.
func versionOf(view *mesh.View) string {
	return cmp.Or(view.Proxy().All().Version, view.Mesh.Settings.Release.String()+".0")
}

// patched applies the EnvoyFilters that are attached to a proxy to what it runs.
func patched(view *mesh.View, compiler *compile.Compiler) Resources {
	filters := mesh.EnvoyFilters(view)
	if len(filters) == 0 {
		return compiler
	}
	return patchable(view, compiler).Patched(filters)
}

// patchable is a proxy as EnvoyFilters act on it.
func patchable(view *mesh.View, compiler *compile.Compiler) *patch.Proxy {
	hosts := func(port uint32) []string {
		var out []string
		for _, t := range view.Targets() {
			if t.Number == port {
				out = append(out, t.Service.Host)
			}
		}
		return out
	}
	settings := view.Mesh.Settings
	return &patch.Proxy{
		Compiled: compiler, ProxyAttributes: patch.ProxyAttributes{Version: versionOf(view), Metadata: view.Proxy().All().Metadata},
		Options: patch.Options{Ports: compiler.ServerPorts, Hosts: hosts, LongExpressions: !settings.Release.Has(release.VersionExpressionLimit)},
		Gateway: view.IsGateway(), Root: settings.Config.RootNamespace,
	}
}
