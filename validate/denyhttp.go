package validate

import (
	"slices"

	security "istio.io/api/security/v1beta1"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM096",
	Title:    "DENY rule with HTTP attributes denies all TCP connections",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `On a TCP port the proxy knows no methods, paths or headers. A DENY rule treats such conditions as true there, so every connection to a TCP
port of the selected workloads is denied.`,
	Fix: `Restrict the rule to the HTTP ports with to.operation.ports.`,
	Wrong: `
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: web, namespace: shop}
spec: {action: DENY, rules: [{to: [{operation: {paths: [/admin]}}]}]}
`,
	Right: `
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: web, namespace: shop}
spec: {action: DENY, rules: [{to: [{operation: {paths: [/admin], ports: ["8080"]}}]}]}
`,
}, denyHTTP)

func denyHTTP(s *facts.Set, r *reporter) {
	facts.Each(s.Documents, "AuthorizationPolicy", func(o *config.Object, spec *security.AuthorizationPolicy) {
		if spec.Action != security.AuthorizationPolicy_DENY {
			return
		}
		for i, rule := range spec.Rules {
			from, to := len(rule.GetFrom()) > 0, len(rule.GetTo()) > 0
			if from && !to && !knownToTCP(rule.GetFrom()) || to && !namesPorts(rule.GetTo()) {
				at := facts.At(o, "spec.rules").Item(i)
				if onlyHTTP(s, o, spec.GetSelector().GetMatchLabels()) {
					r.at(at, "Istio's webhook warns that this DENY rule denies connections to TCP ports; the Services of these workloads declare only HTTP ports").severity(diag.Info).warned()
					continue
				}
				r.at(at, "this DENY rule has only HTTP conditions, which TCP ports ignore: it denies every connection to the TCP ports of the workload").help("add to.operation.ports with the HTTP ports").warned()
			}
		}
	})
}

// onlyHTTP reports whether the Services of all workloads that a policy selects declare HTTP ports and no others.
func onlyHTTP(s *facts.Set, o *config.Object, labels map[string]string) bool {
	workloads := s.Workloads.OfPolicy(o, labels)
	return len(workloads) > 0 && !slices.ContainsFunc(workloads, func(w *config.Object) bool {
		services := s.Workloads.SelectedBy(w)
		return len(services) == 0 || facts.AnyPort(services, func(p *mesh.Port) bool { return !p.Protocol.IsHTTP() })
	})
}

// knownToTCP reports whether any source has a condition that TCP connections can fulfil.
func knownToTCP(from []*security.Rule_From) bool {
	for _, f := range from {
		src := f.GetSource()
		if len(src.GetPrincipals())+len(src.GetNotPrincipals())+len(src.GetNamespaces())+len(src.GetNotNamespaces())+
			len(src.GetIpBlocks())+len(src.GetNotIpBlocks())+len(src.GetRemoteIpBlocks())+len(src.GetNotRemoteIpBlocks())+
			len(src.GetServiceAccounts())+len(src.GetNotServiceAccounts()) > 0 {
			return true
		}
	}
	return false
}

// namesPorts reports whether any operation has a condition on ports.
func namesPorts(to []*security.Rule_To) bool {
	for _, t := range to {
		if len(t.GetOperation().GetPorts())+len(t.GetOperation().GetNotPorts()) > 0 {
			return true
		}
	}
	return false
}
