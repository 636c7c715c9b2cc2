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
	Why: `A workload of another network may be registered by its network only: clients then connect to the gateway of the network. Clients in the
same network cannot reach it.`,
	Fix: `Set the workload's address, unless it is reached only through the gateway of its network.`,
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
			r.at(at, "the workload has no address: only the gateway of network %q reaches it", w.GetNetwork()).warned()
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
