package validate

import (
	"strings"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM144",
	Title:    "sidecars ignore credentialName and send plaintext",
	Severity: diag.Error,
	Stage:    diag.AtTLS,
	Why: `Sidecars cannot read Secrets for a DestinationRule that applies to every client. With mode SIMPLE or MUTUAL, credentialName and no
workloadSelector, Istio drops the whole tls block on sidecars: requests are sent in plaintext. Gateways honour it.`,
	Fix: `Add a workloadSelector for the clients, use certificate files, or originate TLS at an egress gateway.`,
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
	Aliases: []string{"IST0128", "IST0129"},
}, sidecarCredential)

func sidecarCredential(s *facts.Set, r *reporter) {
	reported := map[facts.Place]bool{}
	for _, x := range s.DestinationRules.WantedPortsWithTLS() {
		at := x.TLS.Sub("credentialName")
		if !secret(x.TLS) || reported[at] {
			continue
		}
		to := s.Routes.FollowersTo(x.Service.Host)
		if !to.Sidecars && to.Gateways {
			continue // the rule serves gateways
		}
		reported[at] = true
		f := r.at(at, "sidecars send plaintext to %q: they cannot read the Secret %q and ignore the TLS settings",
			x.Service.Host, x.TLS.Settings.GetCredentialName())
		if !to.Sidecars {
			f.severity(diag.Warning)
		}
	}
	credentialOfUnknown(s, r)
}

// credentialOfUnknown looks at rules for hosts that the input does not hold: whatever they are, a sidecar cannot read the Secret.
func credentialOfUnknown(s *facts.Set, r *reporter) {
	facts.Each(s.Documents, "DestinationRule", func(o *config.Object, spec *networking.DestinationRule) {
		host := s.FullHost(spec.GetHost(), o)
		if mesh.IsWildcard(host) || len(spec.GetWorkloadSelector().GetMatchLabels()) > 0 || len(s.Hosts.Services(host)) > 0 {
			return
		}
		if to := s.Routes.FollowersTo(host); !to.Sidecars && to.Gateways {
			return
		}
		for _, p := range facts.Policies(o, spec) {
			if t := p.TLS; secret(facts.ClientTLS{Place: p.Place, Settings: t}) {
				r.at(p.Sub("tls.credentialName"), "sidecars send plaintext to %q: they cannot read the Secret %q and ignore the TLS settings", host, t.GetCredentialName()).
					severity(diag.Warning).infoUnless(s.Hosts.Complete(host))
			}
		}
	})
}

// secret reports whether settings of a rule for all clients name a Secret, which sidecars may not read.
func secret(t facts.ClientTLS) bool {
	credential := t.Settings.GetCredentialName()
	selector := config.Spec[*networking.DestinationRule](t.Object).GetWorkloadSelector()
	return t.Originates() && credential != "" && !strings.HasPrefix(credential, "configmap://") && selector == nil
}
