package pipeline

import (
	"cmp"
	"fmt"
	"slices"

	"sem.example/internal/compile"
	"sem.example/internal/mesh"
	"sem.example/internal/patch"
	"sem.example/simulate"
)

// Resources are what one proxy runs, as EnvoyFilters leave it.
type Resources = patch.Compiled

// An engine is one proxy: what it sees, what it runs, and what answers for it.
type engine struct {
	key        string // what was said of the proxy
	view       *mesh.View
	compiler   Resources
	plain, why *simulate.Engine
}

func (e *engine) simulator(opts TraceOptions) *simulate.Engine {
	if opts.Why {
		return e.why
	}
	return e.plain
}

// maxEngines is how many engines a world keeps. A batch or a folder of tests asks about few proxies, many times each;
// who asks about each proxy of a large mesh once should not hold them all.
const maxEngines = 64

// engine returns the proxy's engine, made at the first call for it and again once many others were asked for.
func (w *World) engine(p simulate.Proxy) (*engine, error) {
	key := fmt.Sprintf("%+v", p)
	w.mu.Lock()
	defer w.mu.Unlock()
	if i := slices.IndexFunc(w.engines, func(e *engine) bool { return e.key == key }); i >= 0 {
		e := w.engines[i]
		w.engines = append(slices.Delete(w.engines, i, i+1), e)
		return e, nil
	}
	proxy, err := w.proxy(p)
	if err != nil {
		return nil, err
	}
	view := w.Mesh.View(proxy)
	e := &engine{key: key, view: view, compiler: patched(view, w.family.Compiler(view))}
	e.plain, e.why = simulate.New(e.compiler), simulate.New(e.compiler, simulate.Why())
	if len(w.engines) == maxEngines {
		w.engines = slices.Delete(w.engines, 0, 1)
	}
	w.engines = append(w.engines, e)
	return e, nil
}

// defaultVersion is the version that a proxy is taken to report.
const defaultVersion = "1.32.0"

// patched applies the EnvoyFilters that are attached to a proxy to what it runs.
func patched(view *mesh.View, compiler *compile.Compiler) Resources {
	filters := mesh.EnvoyFilters(view)
	if len(filters) == 0 {
		return compiler
	}
	proxy := patch.Proxy{Version: cmp.Or(view.Proxy.Version, defaultVersion), Metadata: view.Proxy.Metadata}
	hosts := func(port uint32) []string {
		var out []string
		for _, t := range view.Targets() {
			if t.Number == port {
				out = append(out, t.Service.Host)
			}
		}
		return out
	}
	set := patch.Select(filters, view.Mesh.Settings.Config.RootNamespace, proxy, patch.Options{Ports: compiler.ServerPorts, Hosts: hosts})
	return patch.Apply(compiler, set, view.Proxy.Type == mesh.Gateway)
}
