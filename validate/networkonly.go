package validate

import (
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM057",
	Title:    "workload without an address",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `A workload of another network may be known by that network's name alone: clients then dial the network's gateway. Clients of the
same network cannot reach it, and without a gateway nobody can.`,
	Fix: `Give the workload's address, unless it is only reached through the gateway of its network.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: vm, namespace: shop}
spec: {network: vpc}
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: vm, namespace: shop}
spec: {network: vpc, address: 10.0.0.1}
`,
}, networkOnly)

func networkOnly(s *facts.Set, r *reporter) {
	report := func(at facts.Place, w *networking.WorkloadEntry) {
		if w.GetAddress() == "" && w.GetNetwork() != "" {
			r.at(at, "the workload has no address and is only reached through the gateway of network %q", w.GetNetwork()).warned()
		}
	}
	facts.Each(s.Documents, "WorkloadEntry", func(o *config.Object, spec *networking.WorkloadEntry) { report(facts.At(o, "spec"), spec) })
	facts.Each(s.Documents, "ServiceEntry", func(o *config.Object, spec *networking.ServiceEntry) {
		if spec.Resolution == networking.ServiceEntry_STATIC {
			for i, e := range spec.Endpoints {
				report(facts.At(o, "spec.endpoints").Item(i), e)
			}
		}
	})
}
