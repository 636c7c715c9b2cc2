package validate

import (
	"strings"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
)

var _ = register(diag.Check{
	ID:       "SEM144",
	Title:    "sidecars ignore credentialName and send plaintext",
	Severity: diag.Error,
	Why: `Sidecars may not read Secrets for a rule that serves every client. Where a DestinationRule of mode SIMPLE or MUTUAL names a
credentialName and selects no workload, Istio leaves out the whole TLS block on sidecars: the request leaves unencrypted. Gateways
honour it.`,
	Fix: `Add a workloadSelector for the clients, give the certificates as files, or encrypt at an egress gateway.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP, targetPort: 443}]
  resolution: DNS
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec:
  host: api.example.com
  trafficPolicy:
    tls: {mode: MUTUAL, credentialName: api-client}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http: [{route: [{destination: {host: api.example.com, port: {number: 80}}}]}]
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP, targetPort: 443}]
  resolution: DNS
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec:
  host: api.example.com
  workloadSelector: {matchLabels: {app: web}}
  trafficPolicy:
    tls: {mode: MUTUAL, credentialName: api-client}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  http: [{route: [{destination: {host: api.example.com, port: {number: 80}}}]}]
`,
}, sidecarCredential)

func sidecarCredential(s *Scope, r *reporter) {
	told := map[place]bool{}
	for _, x := range s.securedSubjects() {
		at := x.tls.at("credentialName")
		if !x.tls.secret() || told[at] {
			continue
		}
		to := s.routesTo(x.service.Host)
		if !to.sidecars && to.gateways {
			continue // the rule serves gateways
		}
		told[at] = true
		f := r.at(at, "sidecars send plaintext to %q: they may not use the Secret %q, and leave out the TLS settings that name it",
			x.service.Host, x.tls.settings.GetCredentialName())
		if !to.sidecars {
			f.severity(diag.Warning)
		}
	}
}

// secret says whether settings of a rule for all clients name a Secret, which sidecars may not read.
func (t clientTLS) secret() bool {
	credential := t.settings.GetCredentialName()
	selector := config.Spec[*networking.DestinationRule](t.object).GetWorkloadSelector()
	return t.originates() && credential != "" && !strings.HasPrefix(credential, "configmap://") && selector == nil
}

// A routing says who follows rules that lead to a host.
type routing struct{ sidecars, gateways bool }

// routesTo returns who follows rules to a host.
func (s *Scope) routesTo(host string) routing {
	return s.routings.get(func() map[string]routing {
		routings := map[string]routing{}
		for _, a := range s.aims() {
			to := routings[a.service.Host]
			to.sidecars = to.sidecars || a.fromSidecars()
			to.gateways = to.gateways || a.fromGateways()
			routings[a.service.Host] = to
		}
		return routings
	})[host]
}
