package validate

import (
	"slices"
	"strings"
	"time"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/diag"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM232",
	Title:    "retries do not fit the timeout",
	Severity: diag.Warning,
	Stage:    diag.AtRetries,
	Why:      `The timeout of a route covers all attempts together: the first and the retries. After the timeout, no further attempt is made.`,
	Fix:      `Raise timeout above perTryTimeout times the number of attempts, or lower perTryTimeout.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: [web.example.com]
  http:
  - timeout: 2s
    retries: {attempts: 3, perTryTimeout: 2s, retryOn: 5xx}
    route: [{destination: {host: web}}]
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: [web.example.com]
  http:
  - timeout: 10s
    retries: {attempts: 3, perTryTimeout: 2s, retryOn: 5xx}
    route: [{destination: {host: web}}]
`,
}, crampedTries)

func crampedTries(s *facts.Set, r *reporter) {
	facts.EachHTTPRule(s.Documents, func(at facts.HTTPRule, rule *networking.HTTPRoute) {
		total, try := rule.GetTimeout().AsDuration(), rule.GetRetries().GetPerTryTimeout().AsDuration()
		tries := int64(rule.GetRetries().GetAttempts()) + 1
		if total <= 0 || try <= 0 || tries < 2 || int64(try)*tries <= int64(total) || !repeatsSlowTries(rule.GetRetries().GetRetryOn()) {
			return
		}
		f := r.at(at.At("retries.perTryTimeout"), "%d attempts of %s take up to %s: the timeout of %s ends the request before that", tries, try, time.Duration(tries)*try, total).
			related(at.At("timeout"), "timeout for all attempts")
		if total > try {
			f.severity(diag.Info)
		}
	})
}

var _ = register(diag.Check{
	ID:       "SEM314",
	Title:    "attempts that time out are not retried",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `After perTryTimeout the proxy resets the attempt. It retries only if retryOn contains 5xx, gateway-error or reset: other conditions, status
codes and Istio's default do not include timeouts of an attempt. Without a retry, the client receives 504.`,
	Fix: `Add reset to retryOn, or remove perTryTimeout and set timeout.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: [web.example.com]
  http:
  - retries: {attempts: 3, perTryTimeout: 2s, retryOn: "503,connect-failure"}
    route: [{destination: {host: web}}]
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: [web.example.com]
  http:
  - retries: {attempts: 3, perTryTimeout: 2s, retryOn: "503,connect-failure,reset"}
    route: [{destination: {host: web}}]
`,
}, lastTry)

func lastTry(s *facts.Set, r *reporter) {
	facts.EachHTTPRule(s.Documents, func(at facts.HTTPRule, rule *networking.HTTPRoute) {
		retries := rule.GetRetries()
		if retries.GetPerTryTimeout().AsDuration() <= 0 || retries.GetAttempts() < 1 || repeatsSlowTries(retries.GetRetryOn()) {
			return
		}
		f := r.at(at.At("retries.perTryTimeout"), "an attempt that takes longer than %s is not retried: the client receives 504", retries.GetPerTryTimeout().AsDuration())
		if retries.GetRetryOn() != "" {
			f.related(at.At("retries.retryOn"), "without 5xx, gateway-error or reset")
		} else {
			f.severity(diag.Info)
		}
	})
}

// repeatsSlowTries reports whether a proxy retries an attempt after perTryTimeout under the conditions of retryOn.
func repeatsSlowTries(retryOn string) bool {
	return slices.ContainsFunc(strings.Split(retryOn, ","), func(on string) bool {
		switch strings.TrimSpace(on) {
		case "5xx", "gateway-error", "reset":
			return true
		}
		return false
	})
}
