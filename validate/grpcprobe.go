package validate

import (
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM056",
	Title:    "gRPC probe is rejected by Istio's webhook",
	Severity: diag.Error,
	Rejects:  true,
	Stage:    diag.NoStage,
	Why:      `The API has the field, but Istio's webhook rejects the resource with "unknown health check method".`,
	Fix:      `Use httpGet, tcpSocket or exec; exec can run a gRPC client.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: WorkloadGroup
metadata: {name: vms, namespace: shop}
spec:
  template: {serviceAccount: vm}
  probe: {grpc: {port: 8080}}
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: WorkloadGroup
metadata: {name: vms, namespace: shop}
spec:
  template: {serviceAccount: vm}
  probe: {tcpSocket: {port: 8080}}
`,
}, grpcProbe)

func grpcProbe(s *facts.Set, r *reporter) {
	facts.Each(s.Documents, "WorkloadGroup", func(o *config.Object, spec *networking.WorkloadGroup) {
		if spec.GetProbe().GetGrpc() != nil {
			r.at(facts.At(o, "spec.probe.grpc"), "Istio's webhook rejects a grpc probe").rejected()
		}
	})
}
