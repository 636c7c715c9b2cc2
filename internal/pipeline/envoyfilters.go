package pipeline

import (
	"slices"

	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/internal/patch"
	"sem.example/simulate"
)

// maxPatched bounds the work on EnvoyFilters: services times the proxies that patches are applied to. Where there is more, it is not
// known whether a patch changes anything, and a finding says so.
const maxPatched = 20_000

// maxExplained bounds the work on patches that change nothing: services times the patches whose match is tried without its parts, one
// after the other, to find the one that is wrong.
const maxExplained = 40_000

// checkPatches returns the findings about EnvoyFilters: of each by itself, then those of patches that are undone, or change nothing of any
// proxy that they act on.
func checkPatches(w *World) diag.List {
	var found diag.List
	wrong := map[patch.Key]bool{}
	for _, o := range w.Objects {
		if o.Kind != "EnvoyFilter" {
			continue
		}
		for _, d := range patch.CheckFilter(o) {
			if d.Level() == diag.Error {
				wrong[patch.Key{Doc: d.At.Doc, Field: patch.FieldOf(d.At.Field)}] = true
			}
			found = append(found, d)
		}
	}
	if len(w.Mesh.Objects("EnvoyFilter")) == 0 {
		return found
	}
	x := patchCheck{effective: map[patch.Key]bool{}, tried: map[patch.Key]trial{}}
	// One proxy stands for workloads that the input does not have.
	proxies := slices.DeleteFunc(w.proxies(), func(p simulate.Proxy) bool { return p.Name == nobody })
	work := 0
	for i, p := range proxies {
		if work > maxPatched {
			x.unknown = true
			found = append(found, patch.NotTried(w.Mesh.Objects("EnvoyFilter")[0], i, len(proxies)))
			break
		}
		if e, err := w.engines.of(p); err == nil && x.try(e) {
			work += len(w.Mesh.Services)
		}
	}
	found = append(found, x.undone.Distinct()...)
	if x.unknown {
		return found
	}
	work = 0
	for _, key := range x.order {
		switch t := x.tried[key]; {
		case x.effective[key] || wrong[key]:
		case work > maxExplained:
			found = append(found, patch.Unexplained(t.patch))
		default:
			work += len(w.Mesh.Services)
			found = append(found, patch.Ineffective(t.patch, t.proxy))
		}
		if d, ok := x.reach.Unreached(key); ok && !x.unknown {
			found = append(found, d)
		}
	}
	return found
}

// A patchCheck applies EnvoyFilters to the proxies that they are attached to.
type patchCheck struct {
	effective map[patch.Key]bool
	tried     map[patch.Key]trial
	order     []patch.Key
	undone    diag.List
	reach     patch.Reach
	unknown   bool // there are proxies that were not tried
}

// A trial is a patch and a proxy that it was tried on.
type trial struct {
	patch *patch.Patch
	proxy *patch.Proxy
}

// try applies the EnvoyFilters of a proxy, and reports whether that took work: where all are known to change something, it does not.
func (x *patchCheck) try(e *engine) bool {
	filters := mesh.EnvoyFilters(e.view)
	resources, ok := e.compiler.(*patch.Resources)
	if !ok || len(filters) == 0 {
		return false
	}
	proxy := patchable(e.view, e.unpatched)
	x.undone = append(x.undone, patch.Undone(proxy.Patches(filters))...)
	if !slices.ContainsFunc(patch.Attached(filters), func(p *patch.Patch) bool { return !x.effective[patch.Key{Doc: p.Filter.Doc, Field: p.Field}] }) {
		return false
	}
	x.reach.Add(resources, filters)
	for key := range patch.Effective(resources) {
		x.effective[key] = true
	}
	for _, p := range patch.Attached(filters) {
		key := patch.Key{Doc: p.Filter.Doc, Field: p.Field}
		if _, known := x.tried[key]; !known {
			x.order = append(x.order, key)
		}
		if t, known := x.tried[key]; !known || wants(p, proxy) && !wants(p, t.proxy) {
			x.tried[key] = trial{p, proxy}
		}
	}
	return true
}

// wants reports whether a patch is for what a proxy is, a gateway or a sidecar.
func wants(p *patch.Patch, proxy *patch.Proxy) bool { return p.ForGateways() == proxy.Gateway }
