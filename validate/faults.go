package validate

import (
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/diag"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM233",
	Title:    "fault never fires",
	Severity: diag.Warning,
	Stage:    diag.AtRoute,
	When:     diag.Observed,
	Why:      `percentage defaults to 0, so a fault without percentage affects no request.`,
	Fix:      `Set percentage: {value: 100} to affect every request.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: [web.example.com]
  http:
  - fault: {abort: {httpStatus: 503}}
    route: [{destination: {host: web}}]
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: [web.example.com]
  http:
  - fault: {abort: {httpStatus: 503, percentage: {value: 100}}}
    route: [{destination: {host: web}}]
`,
}, idleFault)

func idleFault(s *facts.Set, r *reporter) {
	facts.EachHTTPRule(s.Documents, func(at facts.HTTPRule, rule *networking.HTTPRoute) {
		if a := rule.GetFault().GetAbort(); a.GetErrorType() != nil {
			idle(r, at.At("fault.abort"), a.GetPercentage())
		}
		if d := rule.GetFault().GetDelay(); d != nil && d.GetPercent() == 0 { //nolint:staticcheck // the old field is still honoured
			idle(r, at.At("fault.delay"), d.GetPercentage())
		}
	})
}

// idle reports a fault without a share. One whose share is written as 0 was most likely switched off.
func idle(r *reporter, at facts.Place, share *networking.Percent) {
	switch {
	case share == nil:
		r.at(at, "the fault never fires: percentage defaults to 0").help("add percentage: {value: 100}")
	case share.GetValue() == 0:
		r.at(at.Sub("percentage"), "the fault never fires: percentage is 0").help("raise the percentage, or remove the fault").severity(diag.Info)
	}
}

var _ = register(diag.Check{
	ID:       "SEM234",
	Title:    "fault combined with retries or a timeout",
	Severity: diag.Info,
	Stage:    diag.AtFault,
	Why: `The client's proxy injects faults before it sends the request. Injected errors are not retried, and the timeout of the same route does not
limit an injected delay.`,
	Fix: `To test retries and timeouts, inject the fault into the requests that the server itself sends.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: [web.example.com]
  http:
  - fault: {abort: {httpStatus: 503, percentage: {value: 100}}}
    retries: {attempts: 3}
    route: [{destination: {host: web}}]
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: [web.example.com]
  http:
  - fault: {abort: {httpStatus: 503, percentage: {value: 100}}}
    route: [{destination: {host: web}}]
`,
}, faultWithRetries)

func faultWithRetries(s *facts.Set, r *reporter) {
	facts.EachHTTPRule(s.Documents, func(at facts.HTTPRule, rule *networking.HTTPRoute) {
		if rule.GetFault().GetAbort() != nil && rule.GetRetries().GetAttempts() > 0 {
			r.at(at.At("fault.abort"), "injected errors are not retried").related(at.At("retries"), "retries apply to responses of the server only")
		}
		if rule.GetFault().GetDelay() != nil && rule.GetTimeout() != nil {
			r.at(at.At("fault.delay"), "the timeout does not limit the injected delay").related(at.At("timeout"), "the timeout starts after the delay")
		}
	})
}
