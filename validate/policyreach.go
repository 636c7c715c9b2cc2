package validate

import (
	"fmt"
	"strconv"

	networking "istio.io/api/networking/v1alpha3"
	security "istio.io/api/security/v1beta1"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM303",
	Title:    "client identity never matches without mutual TLS",
	Severity: diag.Error,
	Stage:    diag.NoStage,
	Why: `principals, namespaces, serviceAccounts and trustDomains are compared with the identity that a client proves by mutual TLS. These workloads
do not accept mutual TLS (mode DISABLE), or they are a gateway whose servers ask no client for a certificate. The identity is always empty:
a value never matches, and a value that is excluded excludes nobody.`,
	Fix: `Allow mutual TLS (mode STRICT or PERMISSIVE), or match something else, such as ipBlocks or a token.`,
	Wrong: `
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: default, namespace: shop}
spec: {mtls: {mode: DISABLE}}
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: reviews, namespace: shop}
spec:
  selector: {matchLabels: {app: reviews}}
  rules:
  - from: [{source: {principals: [cluster.local/ns/shop/sa/web]}}]
`,
	Right: `
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: default, namespace: shop}
spec: {mtls: {mode: STRICT}}
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: reviews, namespace: shop}
spec:
  selector: {matchLabels: {app: reviews}}
  rules:
  - from: [{source: {principals: [cluster.local/ns/shop/sa/web]}}]
`,
	Aliases: []string{"KIA0105"},
}, identityWithoutTLS)

func identityWithoutTLS(s *facts.Set, r *reporter) {
	eachSelectedValue(s, facts.PolicyValue.ClientIdentity, func(p selectedPolicy, v facts.PolicyValue) {
		var by config.Place
		gateways := 0
		for _, view := range p.views {
			if s.Gateways.ServesGateway(view) {
				if gateways++; s.Gateways.ReadsClientCertificates(view) {
					return
				}
				continue
			}
			off, at := withoutMutualTLS(view, p.ports(v.Rule))
			if !off {
				return
			}
			by = at
		}
		text := withoutIdentity(v)
		if gateways == len(p.views) {
			r.at(v.Place, "%q %s: no server of the gateway asks clients for a certificate", v.Text, text).
				help("set tls mode MUTUAL in the server of the Gateway, or match something else, such as ipBlocks or a token")
			return
		}
		r.at(v.Place, "%q %s: the workloads do not accept mutual TLS, so no client has an identity", v.Text, text).related(by, "mutual TLS is disabled here")
	})
}

// withoutIdentity words what a value does where no client has an identity.
func withoutIdentity(v facts.PolicyValue) string {
	if v.Not {
		return "excludes nobody"
	}
	return "never matches"
}

// withoutMutualTLS reports whether a proxy accepts no mutual TLS on some ports, or on all where they are none.
func withoutMutualTLS(view *mesh.View, ports []uint32) (off bool, by config.Place) {
	if len(ports) == 0 {
		ports = append([]uint32{0}, view.MutualTLSPorts()...)
	}
	for _, port := range ports {
		mode, at := view.MutualTLS(port)
		if mode != security.PeerAuthentication_MutualTLS_DISABLE || at.Object == nil {
			return false, by
		}
		by = at
	}
	return true, by
}

// A selectedPolicy is an AuthorizationPolicy with the proxies of the workloads that it selects.
type selectedPolicy struct {
	object  *config.Object
	spec    *security.AuthorizationPolicy
	views   []*mesh.View
	assumed bool // the input does not hold the workloads
}

// ports returns the ports that a rule is for; none where it is for all, or does not say it in numbers.
func (p selectedPolicy) ports(rule int) []uint32 {
	var ports []uint32
	for _, t := range p.spec.GetRules()[rule].GetTo() {
		if len(t.GetOperation().GetPorts()) == 0 {
			return nil
		}
		for _, text := range t.GetOperation().GetPorts() {
			n, err := strconv.ParseUint(text, 10, 16)
			if err != nil {
				return nil
			}
			ports = append(ports, uint32(n))
		}
	}
	return ports
}

// eachSelectedValue calls do for the values of one kind of every AuthorizationPolicy that selects workloads by their labels or namespace.
func eachSelectedValue(s *facts.Set, wanted func(facts.PolicyValue) bool, do func(selectedPolicy, facts.PolicyValue)) {
	for _, o := range s.WantedObjects("AuthorizationPolicy") {
		spec := config.Spec[*security.AuthorizationPolicy](o)
		if spec.GetTargetRef() != nil || len(spec.GetTargetRefs()) > 0 {
			continue
		}
		p := selectedPolicy{object: o, spec: spec}
		for _, v := range facts.PolicyValues(o, spec) {
			if !wanted(v) {
				continue
			}
			if p.views == nil {
				p.views, p.assumed = s.Workloads.Proxies(o, spec.GetSelector().GetMatchLabels())
			}
			if len(p.views) == 0 {
				break
			}
			do(p, v)
		}
	}
}

var _ = register(diag.Check{
	ID:       "SEM380",
	Title:    "policy asks for an identity that clients do not send",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `principals, namespaces, serviceAccounts and trustDomains are compared with the identity that a client proves by mutual TLS. The sidecars of
the clients send plaintext to every Service of these workloads, because a DestinationRule disables TLS or MeshConfig turns automatic mutual TLS
off. A value never matches, and a value that is excluded excludes nobody.`,
	Fix: `Remove tls from the DestinationRule or set mode ISTIO_MUTUAL, or match something else, such as ipBlocks or a token.`,
	Wrong: `
apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: shop}
spec: {ports: [{name: http, port: 80}], selector: {app: reviews}}
---
apiVersion: v1
kind: Pod
metadata: {name: reviews-1, namespace: shop, labels: {app: reviews}}
spec: {containers: [{name: reviews, image: reviews}]}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: reviews, namespace: shop}
spec:
  host: reviews
  trafficPolicy: {tls: {mode: DISABLE}}
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: reviews, namespace: shop}
spec:
  selector: {matchLabels: {app: reviews}}
  rules:
  - from: [{source: {principals: [cluster.local/ns/shop/sa/default]}}]
`,
	Right: `
apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: shop}
spec: {ports: [{name: http, port: 80}], selector: {app: reviews}}
---
apiVersion: v1
kind: Pod
metadata: {name: reviews-1, namespace: shop, labels: {app: reviews}}
spec: {containers: [{name: reviews, image: reviews}]}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: reviews, namespace: shop}
spec:
  host: reviews
  trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: reviews, namespace: shop}
spec:
  selector: {matchLabels: {app: reviews}}
  rules:
  - from: [{source: {principals: [cluster.local/ns/shop/sa/default]}}]
`,
	Aliases: []string{"KIA0105"},
}, unsentIdentity)

func unsentIdentity(s *facts.Set, r *reporter) {
	plaintext := map[*config.Object]config.Place{}
	eachSelectedValue(s, facts.PolicyValue.ClientIdentity, func(p selectedPolicy, v facts.PolicyValue) {
		by, known := plaintext[p.object]
		if !known {
			by = plaintextClients(s, p.views)
			plaintext[p.object] = by
		}
		if by == (config.Place{}) {
			return
		}
		r.at(v.Place, "%q %s: clients send plaintext to these workloads, so they have no identity", v.Text, withoutIdentity(v)).
			related(by, "mutual TLS is turned off for clients here")
	})
}

// plaintextClients returns why every client sends plaintext to some workloads: the zero place where one may not, or where no Service
// leads to one of them.
func plaintextClients(s *facts.Set, views []*mesh.View) (by config.Place) {
	for _, view := range views {
		if s.Gateways.ServesGateway(view) {
			return config.Place{}
		}
		if off, _ := withoutMutualTLS(view, nil); off {
			return config.Place{} // which is another finding
		}
		targets := view.Targets()
		if len(targets) == 0 {
			return config.Place{}
		}
		for _, t := range targets {
			at, ok := sentInPlaintext(s, t)
			if !ok {
				return config.Place{}
			}
			by = at
		}
	}
	return by
}

// sentInPlaintext reports whether the clients of every namespace with a DestinationRule of its own, and those of the others, send plaintext to a
// port of a Service, and where that is written.
func sentInPlaintext(s *facts.Set, t mesh.ServiceTarget) (by config.Place, ok bool) {
	namespaces := map[string]bool{t.Service.Namespace: true}
	for _, o := range s.Mesh.Objects("DestinationRule") {
		namespaces[o.Namespace] = true
	}
	for ns := range namespaces {
		rule := s.Client(ns).DestinationRule(t.Service)
		subsets := []string{""}
		if rule != nil {
			for _, sub := range rule.Subsets {
				subsets = append(subsets, sub.Name)
			}
		}
		for _, subset := range subsets {
			tls := facts.TLSTowards(rule, subset, t.Port.Number)
			switch {
			case tls.Settings == nil && s.Mesh.Settings.Config.GetEnableAutoMtls().GetValue(),
				tls.Settings != nil && tls.Settings.GetMode() != networking.ClientTLSSettings_DISABLE:
				return config.Place{}, false
			case tls.Settings == nil:
				by = s.Mesh.Settings.PlaceOf("enableAutoMtls")
			case ns == t.Service.Namespace || by == (config.Place{}):
				by = tls.Place
			}
		}
	}
	return by, true
}

var _ = register(diag.Check{
	ID:       "SEM309",
	Title:    "request identity without a RequestAuthentication",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `requestPrincipals and request.auth attributes are compared with a token that a RequestAuthentication of the workload has verified. None
selects these workloads: the identity is always empty, whatever token the request carries. An ALLOW rule allows nobody, and a DENY rule
with notRequestPrincipals denies everybody.`,
	Fix: `Add a RequestAuthentication that selects the workloads.`,
	Wrong: `
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: reviews, namespace: shop}
spec:
  selector: {matchLabels: {app: reviews}}
  rules:
  - from: [{source: {requestPrincipals: ["*"]}}]
`,
	Right: `
apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: {name: reviews, namespace: shop}
spec:
  selector: {matchLabels: {app: reviews}}
  jwtRules: [{issuer: https://issuer.example.com, jwksUri: https://issuer.example.com/jwks}]
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: reviews, namespace: shop}
spec:
  selector: {matchLabels: {app: reviews}}
  rules:
  - from: [{source: {requestPrincipals: ["*"]}}]
`,
}, unverifiedRequest)

func unverifiedRequest(s *facts.Set, r *reporter) {
	reported := map[string]bool{}
	eachSelectedValue(s, facts.PolicyValue.RequestIdentity, func(p selectedPolicy, v facts.PolicyValue) {
		root := s.Mesh.Settings.Config.GetRootNamespace()
		rule := fmt.Sprintf("%p/%d", p.object, v.Rule)
		if reported[rule] || p.assumed && (s.Holds("RequestAuthentication", p.object.Namespace) || s.Holds("RequestAuthentication", root)) {
			return
		}
		for _, view := range p.views {
			if len(view.RequestAuthentications()) > 0 {
				return
			}
		}
		reported[rule] = true
		r.at(v.Place, "no RequestAuthentication verifies tokens for these workloads: the identity of a request is always empty").
			infoUnless(s.Complete(p.object.Namespace, "RequestAuthentication", "AuthorizationPolicy"))
	})
}
