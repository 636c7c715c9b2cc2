package validate

import (
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM097",
	Title:    "fault abort without a status",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why:      `An abort fault responds with its status. Without httpStatus or grpcStatus, the fault has no effect.`,
	Fix:      `Set httpStatus or grpcStatus.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews]
  http: [{fault: {abort: {percentage: {value: 10}}}, route: [{destination: {host: reviews}}]}]
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews]
  http: [{fault: {abort: {httpStatus: 503, percentage: {value: 10}}}, route: [{destination: {host: reviews}}]}]
`,
}, abortStatus)

func abortStatus(s *facts.Set, r *reporter) {
	facts.Each(s.Documents, "VirtualService", func(o *config.Object, spec *networking.VirtualService) {
		for i, route := range spec.Http {
			if abort := route.GetFault().GetAbort(); abort != nil && abort.ErrorType == nil {
				r.at(facts.At(o, "spec.http").Item(i).Sub("fault.abort"), "the abort has no effect: it sets neither httpStatus nor grpcStatus")
			}
		}
	})
}
