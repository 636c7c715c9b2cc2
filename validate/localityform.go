package validate

import (
	"slices"
	"strings"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM275",
	Title:    "locality of a workload is malformed",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `A locality is region, region/zone or region/zone/subzone. Another value never equals the locality of a client, so locality load balancing
treats the workload as remote. Istio accepts any string.`,
	Fix: `Write at most three parts, each not empty.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: vm, namespace: shop}
spec: {address: 10.0.0.1, locality: eu//a}
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: vm, namespace: shop}
spec: {address: 10.0.0.1, locality: eu/west/a}
`,
}, localityForm)

func localityForm(s *facts.Set, r *reporter) {
	report := func(at facts.Place, w *networking.WorkloadEntry) {
		parts := strings.Split(w.GetLocality(), "/")
		if w.GetLocality() != "" && (len(parts) > 3 || slices.Contains(parts, "")) {
			r.at(at.Sub("locality"), "locality %q is not region/zone/subzone", w.Locality)
		}
	}
	facts.Each(s.Documents, "WorkloadEntry", func(o *config.Object, spec *networking.WorkloadEntry) { report(facts.At(o, "spec"), spec) })
	facts.Each(s.Documents, "WorkloadGroup", func(o *config.Object, spec *networking.WorkloadGroup) {
		report(facts.At(o, "spec.template"), spec.Template)
	})
	facts.Each(s.Documents, "ServiceEntry", func(o *config.Object, spec *networking.ServiceEntry) {
		for i, e := range spec.Endpoints {
			report(facts.At(o, "spec.endpoints").Item(i), e)
		}
	})
}
