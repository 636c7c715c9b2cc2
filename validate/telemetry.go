package validate

import (
	"iter"
	"slices"

	telemetry "istio.io/api/telemetry/v1alpha1"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM404",
	Title:    "filter of an access log without providers",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `istiod takes a filter only from an item of accessLogging that names providers. An item without providers uses those of the items before
it, or the defaults of MeshConfig, with their filters: its own filter is ignored.`,
	Fix: `Name the providers in the same item as the filter.`,
	Wrong: `
apiVersion: telemetry.istio.io/v1
kind: Telemetry
metadata: {name: mesh-default, namespace: istio-system}
spec:
  accessLogging:
  - providers: [{name: envoy}]
  - filter: {expression: response.code >= 400}
`,
	Right: `
apiVersion: telemetry.istio.io/v1
kind: Telemetry
metadata: {name: mesh-default, namespace: istio-system}
spec:
  accessLogging:
  - providers: [{name: envoy}]
    filter: {expression: response.code >= 400}
`,
	Aliases: []string{"IST0157"},
}, filterWithoutProvider)

func filterWithoutProvider(s *facts.Set, r *reporter) {
	facts.Each(s.Documents, "Telemetry", func(o *config.Object, spec *telemetry.Telemetry) {
		for i, log := range spec.GetAccessLogging() {
			if log.GetFilter() != nil && len(log.GetProviders()) == 0 && !log.GetDisabled().GetValue() {
				r.at(facts.At(o, "spec.accessLogging").Item(i).Sub("filter"), "the filter is ignored: the item names no providers")
			}
		}
	})
}

var _ = register(diag.Check{
	ID:       "SEM405",
	Title:    "Telemetry uses a provider that MeshConfig does not define",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `A Telemetry names its providers, which extensionProviders of MeshConfig define. Beside these there are only prometheus, stackdriver and
envoy. istiod leaves out a provider that it does not know: nothing is recorded there.`,
	Fix: `Correct the name, or define the provider in extensionProviders of MeshConfig.`,
	Wrong: `
apiVersion: v1
kind: ConfigMap
metadata: {name: istio, namespace: istio-system}
data:
  mesh: |
    extensionProviders:
    - name: tempo
      opentelemetry: {service: tempo.observability.svc.cluster.local, port: 4317}
---
apiVersion: telemetry.istio.io/v1
kind: Telemetry
metadata: {name: mesh-default, namespace: istio-system}
spec:
  tracing: [{providers: [{name: tempoo}]}]
`,
	Right: `
apiVersion: v1
kind: ConfigMap
metadata: {name: istio, namespace: istio-system}
data:
  mesh: |
    extensionProviders:
    - name: tempo
      opentelemetry: {service: tempo.observability.svc.cluster.local, port: 4317}
---
apiVersion: telemetry.istio.io/v1
kind: Telemetry
metadata: {name: mesh-default, namespace: istio-system}
spec:
  tracing: [{providers: [{name: tempo}]}]
`,
}, unknownTelemetryProvider)

func unknownTelemetryProvider(s *facts.Set, r *reporter) {
	if s.Mesh.Settings.Object == nil {
		return // nobody knows what it defines
	}
	names := append(s.ExtensionProviders(), "prometheus", "stackdriver", "envoy") // which Istio defines itself
	facts.Each(s.Documents, "Telemetry", func(o *config.Object, spec *telemetry.Telemetry) {
		for at, provider := range providersOf(o, spec) {
			if slices.Contains(names, provider) {
				continue
			}
			f := r.at(at, "MeshConfig defines no extension provider %q: nothing is sent to it", provider)
			if near := diag.Nearest(provider, names); near != "" {
				f.help("did you mean %q?", near)
			}
			f.infoUnless(s.MeshConfigOf(o))
		}
	})
}

// providersOf yields the name of each provider of a Telemetry with its place.
func providersOf(o *config.Object, spec *telemetry.Telemetry) iter.Seq2[facts.Place, string] {
	return func(yield func(facts.Place, string) bool) {
		each := func(list string, i int, providers []*telemetry.ProviderRef) bool {
			for j, p := range providers {
				if !yield(facts.At(o, "spec").Sub(list).Item(i).Sub("providers").Item(j).Sub("name"), p.GetName()) {
					return false
				}
			}
			return true
		}
		for i, t := range spec.GetTracing() {
			if !each("tracing", i, t.GetProviders()) {
				return
			}
		}
		for i, m := range spec.GetMetrics() {
			if !each("metrics", i, m.GetProviders()) {
				return
			}
		}
		for i, l := range spec.GetAccessLogging() {
			if !each("accessLogging", i, l.GetProviders()) {
				return
			}
		}
	}
}
