package validate

import (
	"cmp"
	"slices"

	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM350",
	Title:    "Gateway API route is not attached to its parent",
	Severity: diag.Error,
	Stage:    diag.AtVirtualHost,
	Why: `No listener of the parent accepts the route: its status would have the condition Accepted with status False. Requests to the parent
do not use the route.`,
	Fix: `Correct the name, sectionName or port of the parentRef, let the listener accept routes of this namespace and kind (allowedRoutes), or
use a hostname that the listener has.`,
	Wrong: `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: edge, namespace: web}
spec:
  gatewayClassName: istio
  listeners: [{name: http, port: 80, protocol: HTTP, hostname: "*.example.com"}]
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: shop, namespace: web}
spec:
  parentRefs: [{name: edge, sectionName: https}]
  hostnames: [shop.example.com]
`,
	Right: `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: edge, namespace: web}
spec:
  gatewayClassName: istio
  listeners: [{name: http, port: 80, protocol: HTTP, hostname: "*.example.com"}]
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: shop, namespace: web}
spec:
  parentRefs: [{name: edge, sectionName: http}]
  hostnames: [shop.example.com]
`,
	Aliases: []string{"KIA1401"},
}, func(s *facts.Set, r *reporter) { reportConditions(s, r, "Accepted", routeKinds) })

var _ = register(diag.Check{
	ID:       "SEM351",
	Title:    "backend of a Gateway API route cannot be used",
	Severity: diag.Error,
	Stage:    diag.AtCluster,
	Why: `The backend or its port does not exist, has a kind that Istio does not support, or is in another namespace without a ReferenceGrant that
lets the route use it. The status of the route would have the condition ResolvedRefs with status False. The requests that the backend would
get receive 500 or 503.`,
	Fix: `Correct the backendRef, or create a ReferenceGrant in the namespace of the backend.`,
	Wrong: `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: edge, namespace: web}
spec:
  gatewayClassName: istio
  listeners: [{name: http, port: 80, protocol: HTTP}]
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: shop, namespace: web}
spec:
  parentRefs: [{name: edge}]
  rules: [{backendRefs: [{name: cart, namespace: shop, port: 80}]}]
---
apiVersion: v1
kind: Service
metadata: {name: cart, namespace: shop}
spec: {ports: [{name: http, port: 80}]}
`,
	Right: `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: edge, namespace: web}
spec:
  gatewayClassName: istio
  listeners: [{name: http, port: 80, protocol: HTTP}]
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: shop, namespace: web}
spec:
  parentRefs: [{name: edge}]
  rules: [{backendRefs: [{name: cart, namespace: shop, port: 80}]}]
---
apiVersion: gateway.networking.k8s.io/v1
kind: ReferenceGrant
metadata: {name: routes, namespace: shop}
spec:
  from: [{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: web}]
  to: [{group: "", kind: Service}]
---
apiVersion: v1
kind: Service
metadata: {name: cart, namespace: shop}
spec: {ports: [{name: http, port: 80}]}
`,
	Aliases: []string{"KIA1402"},
}, func(s *facts.Set, r *reporter) { reportConditions(s, r, "ResolvedRefs", routeKinds) })

var _ = register(diag.Check{
	ID:       "SEM352",
	Title:    "Gateway API listener cannot serve",
	Severity: diag.Error,
	Stage:    diag.AtListener,
	Why: `The listener conflicts with an earlier one, has no tls where its protocol needs it, or its certificate cannot be used: its status would
have the condition Programmed with status False, and the gateway does not open it. Or it allows a kind of route that its protocol does not
have (ResolvedRefs).`,
	Fix: `Give the listener another port or hostname, correct the certificate, or allow kinds of routes that its protocol has.`,
	Wrong: `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: edge, namespace: web}
spec:
  gatewayClassName: istio
  listeners:
  - {name: http, port: 80, protocol: HTTP}
  - {name: tcp, port: 80, protocol: TCP}
`,
	Right: `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: edge, namespace: web}
spec:
  gatewayClassName: istio
  listeners:
  - {name: http, port: 80, protocol: HTTP}
  - {name: tcp, port: 81, protocol: TCP}
`,
}, func(s *facts.Set, r *reporter) {
	reportEach(s, r, func(c mesh.Condition) bool {
		return slices.Contains(listenerKinds, c.At.Object.KindName()) && !ofAddress(c) && !ofListenerSet(c) && !ofParameters(c) && !ofClientCertificate(c)
	})
})

var _ = register(diag.Check{
	ID:       "SEM395",
	Title:    "address of a Gateway API Gateway is not a usable Service",
	Severity: diag.Error,
	Stage:    diag.AtListener,
	Why: `A Gateway with addresses is served by the proxies of the Services that the addresses name: Services of the Gateway's namespace, with a
port for each listener. The status of the Gateway would have the condition Programmed or Accepted with status False. No proxy of another
Service serves the listener.`,
	Fix: `Name a Service of the Gateway's namespace, add the port to the Service, or give the listener the number of a port that the Service has.`,
	Wrong: `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: edge, namespace: web}
spec:
  gatewayClassName: istio
  addresses: [{type: Hostname, value: ingress}]
  listeners: [{name: http, port: 8080, protocol: HTTP}]
---
apiVersion: v1
kind: Service
metadata: {name: ingress, namespace: web}
spec: {selector: {istio: ingress}, ports: [{name: http, port: 80, targetPort: 8080}]}
`,
	Right: `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: edge, namespace: web}
spec:
  gatewayClassName: istio
  addresses: [{type: Hostname, value: ingress}]
  listeners: [{name: http, port: 80, protocol: HTTP}]
---
apiVersion: v1
kind: Service
metadata: {name: ingress, namespace: web}
spec: {selector: {istio: ingress}, ports: [{name: http, port: 80, targetPort: 8080}]}
`,
}, func(s *facts.Set, r *reporter) { reportEach(s, r, ofAddress) })

var _ = register(diag.Check{
	ID:       "SEM396",
	Title:    "ListenerSet is not attached to its Gateway",
	Severity: diag.Error,
	Stage:    diag.AtListener,
	Why: `A Gateway allows ListenerSets only of the namespaces that its allowedListeners choose, and of none by default. The status of the
ListenerSet would have the condition Accepted with status False. No proxy opens its listeners.`,
	Fix: `Correct the parentRef, or choose the namespace of the ListenerSet in allowedListeners of the Gateway.`,
	Wrong: `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: edge, namespace: web}
spec:
  gatewayClassName: istio
  listeners: [{name: http, port: 80, protocol: HTTP}]
---
apiVersion: gateway.networking.k8s.io/v1
kind: ListenerSet
metadata: {name: shop, namespace: web}
spec:
  parentRef: {name: edge}
  listeners: [{name: shop, port: 8080, protocol: HTTP}]
`,
	Right: `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: edge, namespace: web}
spec:
  gatewayClassName: istio
  allowedListeners: {namespaces: {from: Same}}
  listeners: [{name: http, port: 80, protocol: HTTP}]
---
apiVersion: gateway.networking.k8s.io/v1
kind: ListenerSet
metadata: {name: shop, namespace: web}
spec:
  parentRef: {name: edge}
  listeners: [{name: shop, port: 8080, protocol: HTTP}]
`,
}, func(s *facts.Set, r *reporter) { reportEach(s, r, ofListenerSet) })

var _ = register(diag.Check{
	ID:       "SEM397",
	Title:    "parameters of a Gateway API Gateway cannot be used",
	Severity: diag.Error,
	Stage:    diag.AtListener,
	Why: `The ConfigMap that parametersRef of a Gateway names, and the one with defaults for its class, change the Deployment and the Service that
istiod creates for the Gateway. If the ConfigMap does not exist, or has a key that istiod does not know or a text that is not an
object in YAML, istiod creates nothing: no proxy serves the Gateway, and only istiod's log says why.`,
	Fix: `Create the ConfigMap in the namespace of the Gateway, with the keys deployment, service, serviceAccount, horizontalPodAutoscaler and
podDisruptionBudget only.`,
	Wrong: `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: edge, namespace: web}
spec:
  gatewayClassName: istio
  infrastructure: {parametersRef: {group: "", kind: ConfigMap, name: edge}}
  listeners: [{name: http, port: 80, protocol: HTTP}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: edge, namespace: web}
data: {spec: "{replicas: 3}"}
`,
	Right: `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: edge, namespace: web}
spec:
  gatewayClassName: istio
  infrastructure: {parametersRef: {group: "", kind: ConfigMap, name: edge}}
  listeners: [{name: http, port: 80, protocol: HTTP}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: edge, namespace: web}
data: {deployment: "spec: {replicas: 3}"}
`,
}, func(s *facts.Set, r *reporter) { reportEach(s, r, ofParameters) })

var _ = register(diag.Check{
	ID:       "SEM398",
	Title:    "client certificate of a Gateway API Gateway is not used",
	Severity: diag.Warning,
	Stage:    diag.AtTLS,
	Why: `Istio checks the Secret that tls.backend.clientCertificateRef of a Gateway names, and writes the result into the status of the Gateway.
It does not present the certificate to any backend.`,
	Fix: `Remove the field, and set tls with mode MUTUAL and credentialName in a DestinationRule for the backend.`,
	Wrong: `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: edge, namespace: web}
spec:
  gatewayClassName: istio
  tls: {backend: {clientCertificateRef: {name: client}}}
  listeners: [{name: http, port: 80, protocol: HTTP}]
`,
	Right: `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: edge, namespace: web}
spec:
  gatewayClassName: istio
  listeners: [{name: http, port: 80, protocol: HTTP}]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: cart, namespace: web}
spec:
  host: cart.example.com
  workloadSelector: {matchLabels: {gateway.networking.k8s.io/gateway-name: edge}}
  trafficPolicy: {tls: {mode: MUTUAL, sni: cart.example.com, credentialName: client}}
`,
}, func(s *facts.Set, r *reporter) { reportEach(s, r, ofClientCertificate) })

// ofParameters reports whether a condition is about the parameters of a Gateway.
func ofParameters(c mesh.Condition) bool {
	return c.Type == "Programmed" && (c.At.Field == "spec.infrastructure.parametersRef" || c.At.Field == "spec.gatewayClassName")
}

// ofClientCertificate reports whether a condition is about the certificate that a Gateway presents to backends.
func ofClientCertificate(c mesh.Condition) bool {
	return c.At.Field == "spec.tls.backend.clientCertificateRef"
}

// ofAddress reports whether a condition is about what an address of a Gateway names.
func ofAddress(c mesh.Condition) bool {
	return c.Reason == "UnsupportedAddress" || c.Reason == "AddressNotUsable" && !ofParameters(c)
}

// ofListenerSet reports whether a condition is about a whole ListenerSet.
func ofListenerSet(c mesh.Condition) bool {
	return c.At.Object.KindName() == "ListenerSet" && c.At.Field == "spec.parentRef"
}

var _ = register(diag.Check{
	ID:       "SEM353",
	Title:    "Gateway API policy has no effect on its target",
	Severity: diag.Error,
	Stage:    diag.AtTLS,
	Why: `The target or its port does not exist, or an older policy is attached to it: the status of the policy would have the condition Accepted
with status False. If the certificate authorities of a BackendTLSPolicy cannot be read, gateways fail every connection to the target, and
sidecars send plaintext.`,
	Fix: `Correct the targetRef or the caCertificateRef, or remove the other policy.`,
	Wrong: `
apiVersion: gateway.networking.k8s.io/v1
kind: BackendTLSPolicy
metadata: {name: cart, namespace: shop}
spec:
  targetRefs: [{group: "", kind: Service, name: cart, sectionName: tls}]
  validation: {hostname: cart.example.com, wellKnownCACertificates: System}
---
apiVersion: v1
kind: Service
metadata: {name: cart, namespace: shop}
spec: {ports: [{name: https, port: 443}]}
`,
	Right: `
apiVersion: gateway.networking.k8s.io/v1
kind: BackendTLSPolicy
metadata: {name: cart, namespace: shop}
spec:
  targetRefs: [{group: "", kind: Service, name: cart, sectionName: https}]
  validation: {hostname: cart.example.com, wellKnownCACertificates: System}
---
apiVersion: v1
kind: Service
metadata: {name: cart, namespace: shop}
spec: {ports: [{name: https, port: 443}]}
`,
}, func(s *facts.Set, r *reporter) {
	reportConditions(s, r, "Accepted", policyKinds)
	reportConditions(s, r, "ResolvedRefs", policyKinds)
})

// The kinds of the Gateway API whose status has conditions.
var (
	routeKinds    = []string{"HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute"}
	listenerKinds = []string{"Gateway", "ListenerSet"}
	policyKinds   = []string{"BackendTLSPolicy", "XBackendTrafficPolicy", "XBackend"}
)

// conditionAdvice is what to do about a condition, by its reason.
var conditionAdvice = map[string]string{
	"NoMatchingParent":            "use the name of a parent, and the name or port of one of its listeners",
	"NotAllowedByListeners":       "allow the route in allowedRoutes of the listener, or attach it to another listener",
	"NoMatchingListenerHostname":  "use a hostname that the listener has, or change the hostname of the listener",
	"RefNotPermitted":             "create a ReferenceGrant in the namespace of the object, or use an object of the same namespace",
	"BackendNotFound":             "use the name and port of a backend that exists",
	"InvalidKind":                 "use a kind that Istio supports here",
	"Conflicted":                  "change one of the two policies, or remove it",
	"HostnameConflict":            "give the listener another port or hostname",
	"ProtocolConflict":            "give the listener another port",
	"UnsupportedProtocol":         "use protocol HTTP, HTTPS, TLS or TCP",
	"InvalidCertificateRef":       "name a Secret of type kubernetes.io/tls that the listener may use",
	"Pending":                     "if istiod is set so, add --istiod-env PILOT_ENABLE_ALPHA_GATEWAY_API=true; an XBackend also needs Istio 1.32",
	"TargetNotFound":              "use the name of a target that exists, and the name of one of its ports",
	"UnsupportedAddress":          "leave the address out, or make it the only one",
	"AddressNotUsable":            "name a Service of the Gateway's namespace that has the ports of the listeners",
	"InvalidRouteKinds":           "remove the kind from allowedRoutes, or change the protocol of the listener",
	"InvalidClientCertificateRef": "remove the field: Istio does not present the certificate to any backend",
	"Ignored":                     "use a DestinationRule with tls of mode MUTUAL and credentialName",
	"NotAllowed":                  "choose the namespace of the ListenerSet in allowedListeners of the Gateway",
	"InvalidFilter":               "remove the filter, or use one that Istio supports",
	"InvalidDestination":          "give the backendRef the name, namespace and port of its kind",
	"Accepted":                    "correct the parentRef", // a type of conditions without a reason
	"Programmed":                  "add tls to the listener",
	"InvalidCACertificateRef":     "name a ConfigMap of this namespace that has certificate authorities under ca.crt",
}

// parametersAdvice is what to do about the parameters of a Gateway, whose status does not say what is wrong with them.
const parametersAdvice = "name a ConfigMap of the Gateway's namespace that has only keys that istiod knows"

// reportConditions reports the false conditions of a type in the status of resources of some kinds.
func reportConditions(s *facts.Set, r *reporter, kind string, of []string) {
	reportEach(s, r, func(c mesh.Condition) bool { return c.Type == kind && slices.Contains(of, c.At.Object.KindName()) })
}

// reportEach reports the false conditions that a check is about. What is missing from the input may be elsewhere: it is reported where the
// input has others of the kind there, and is certain only where it is known to hold all.
func reportEach(s *facts.Set, r *reporter, about func(mesh.Condition) bool) {
	for _, c := range s.Mesh.Conditions() {
		if !about(c) || !r.docs.Wanted(c.At.Object) {
			continue
		}
		complete := c.Missing == mesh.Missing{} || s.Complete(c.Missing.Namespace, c.Missing.Kind)
		if !complete && (!s.Holds(c.Missing.Kind, c.Missing.Namespace) || inAnotherWorld(s, c.Missing)) {
			continue
		}
		message := c.Message
		if c.Reason != "" {
			message += " (" + c.Reason + ")"
		}
		f := r.at(facts.At(c.At.Object, c.At.Field), "%s", message)
		if c.Other.Known() {
			f.related(facts.At(c.Other.Object, c.Other.Field), "%s", c.Other.Object.KindName()+" "+c.Other.Object.Namespace+"/"+c.Other.Object.Name)
		}
		advice := conditionAdvice[cmp.Or(c.Reason, c.Type)]
		if ofParameters(c) {
			advice = parametersAdvice
		}
		if c.Reason == "Pending" {
			f.help("%s", advice).severity(diag.Info)
		} else if complete {
			f.help("%s", advice)
		} else {
			f.help("%s; with --registry closed, this is %s", advice, oneOf(f.Level())).severity(diag.Info)
		}
	}
}

// inAnotherWorld reports whether another world of the repository has an object.
func inAnotherWorld(s *facts.Set, m mesh.Missing) bool {
	for o := range s.OtherWorlds(m.Kind) {
		if o.Namespace == m.Namespace && o.Name == m.Name {
			return true
		}
	}
	return false
}
