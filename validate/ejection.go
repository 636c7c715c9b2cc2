package validate

import (
	"cmp"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM214",
	Title:    "outlier detection with few endpoints",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `Envoy ejects an endpoint only if the ejected share stays within maxEjectionPercent (10 % by default). With the default and fewer than
ten endpoints, it ejects none, and outlier detection has no effect.`,
	Fix: `Raise maxEjectionPercent to the share of the endpoints that may be ejected.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: ["api.example.com"]
  ports: [{number: 80, name: main, protocol: HTTP}]
  resolution: STATIC
  endpoints: [{address: 10.0.0.1}, {address: 10.0.0.2}]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: web, namespace: shop}
spec:
  host: "api.example.com"
  trafficPolicy: {outlierDetection: {consecutive5xxErrors: 3}}
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: ["api.example.com"]
  ports: [{number: 80, name: main, protocol: HTTP}]
  resolution: STATIC
  endpoints: [{address: 10.0.0.1}, {address: 10.0.0.2}]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: web, namespace: shop}
spec:
  host: "api.example.com"
  trafficPolicy: {outlierDetection: {consecutive5xxErrors: 3, maxEjectionPercent: 100}}
`,
}, fewEjections)

func fewEjections(s *facts.Set, r *reporter) {
	eachOutlier(s, func(p facts.Policy, svc *mesh.Service, endpoints int) {
		percent := maxEjection(p)
		switch ejected := ejectable(p, endpoints); {
		case ejected == 0 && endpoints == 1:
			r.at(p.Sub("outlierDetection"), "the only endpoint of %q is never ejected: maxEjectionPercent is %d", svc.Host, percent).severity(diag.Info).
				help("remove outlierDetection, or keep it if more endpoints will follow")
		case ejected == 0:
			r.at(p.Sub("outlierDetection"), "outlier detection ejects no endpoint: one of the %d endpoints of %q is %d%%, above maxEjectionPercent %d", endpoints, svc.Host, 100/endpoints, percent).
				help("set maxEjectionPercent to %d or more", (100+endpoints-1)/endpoints)
		case endpoints == 1:
			r.at(p.Sub("outlierDetection"), "%q has one endpoint: ejecting it leaves no endpoint", svc.Host).severity(diag.Info).
				help("remove outlierDetection, or keep it if more endpoints will follow")
		case ejected == 1:
			r.at(p.Sub("outlierDetection"), "of the %d endpoints of %q, at most one is ejected at a time: maxEjectionPercent is %d", endpoints, svc.Host, percent).severity(diag.Info)
		}
	})
}

// ejectable is how many of the endpoints may be ejected at a time.
func ejectable(p facts.Policy, endpoints int) int { return endpoints * maxEjection(p) / 100 }

// maxEjection is the maxEjectionPercent in force.
func maxEjection(p facts.Policy) int { return cmp.Or(int(p.Outlier.GetMaxEjectionPercent()), 10) }

// eachOutlier yields every outlier detection of a rule for a single host, with the number of its endpoints that the input tells.
func eachOutlier(s *facts.Set, do func(p facts.Policy, svc *mesh.Service, endpoints int)) {
	facts.Each(s.Documents, "DestinationRule", func(o *config.Object, spec *networking.DestinationRule) {
		host := s.FullHost(spec.GetHost(), o)
		svc := s.Client(o.Namespace).Service(host)
		if svc == nil || mesh.IsWildcard(host) {
			return
		}
		for _, p := range facts.Policies(o, spec) {
			if n := len(s.Workloads.Endpoints(svc)); p.Outlier != nil && !p.Subset && n > 0 && !s.Hosts.EndpointsUnlabelled(svc) {
				do(p, svc, n)
			}
		}
	})
}

var _ = register(diag.Check{
	ID:       "SEM215",
	Title:    "ejection stops at minHealthPercent",
	Severity: diag.Info,
	Stage:    diag.NoStage,
	Why: `When the share of healthy endpoints falls below minHealthPercent, outlier detection is disabled and ejected endpoints are used again. With
few endpoints, one ejection can be enough.`,
	Fix: `Lower minHealthPercent below the share that remains after one ejection.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: ["api.example.com"]
  ports: [{number: 80, name: main, protocol: HTTP}]
  resolution: STATIC
  endpoints: [{address: 10.0.0.1}, {address: 10.0.0.2}]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: web, namespace: shop}
spec:
  host: "api.example.com"
  trafficPolicy: {outlierDetection: {maxEjectionPercent: 100, minHealthPercent: 60}}
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: ["api.example.com"]
  ports: [{number: 80, name: main, protocol: HTTP}]
  resolution: STATIC
  endpoints: [{address: 10.0.0.1}, {address: 10.0.0.2}]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: web, namespace: shop}
spec:
  host: "api.example.com"
  trafficPolicy: {outlierDetection: {maxEjectionPercent: 100, minHealthPercent: 40}}
`,
}, futileEjection)

func futileEjection(s *facts.Set, r *reporter) {
	eachOutlier(s, func(p facts.Policy, svc *mesh.Service, endpoints int) {
		least := int(p.Outlier.GetMinHealthPercent())
		if left := 100 * (endpoints - 1) / endpoints; endpoints > 1 && left < least && ejectable(p, endpoints) > 0 {
			r.at(p.Sub("outlierDetection.minHealthPercent"), "ejecting one of %d endpoints leaves %d %% healthy, below minHealthPercent %d: outlier detection is disabled", endpoints, left, least)
		}
	})
}

var _ = register(diag.Check{
	ID:       "SEM216",
	Title:    "consecutiveGatewayErrors has no effect",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `Responses 502, 503 and 504 count as gateway errors and as 5xx errors. An endpoint is ejected at the first limit that is reached, so the
gateway limit takes effect only if it is smaller.`,
	Fix: `Set consecutiveGatewayErrors below consecutive5xxErrors, or remove it.`,
	Wrong: `
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec:
  selector: {app: web}
  ports: [{name: http, port: 80, targetPort: 8080}]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: web, namespace: shop}
spec:
  host: "web"
  trafficPolicy: {outlierDetection: {consecutiveGatewayErrors: 5, consecutive5xxErrors: 5}}
`,
	Right: `
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec:
  selector: {app: web}
  ports: [{name: http, port: 80, targetPort: 8080}]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: web, namespace: shop}
spec:
  host: "web"
  trafficPolicy: {outlierDetection: {consecutiveGatewayErrors: 3, consecutive5xxErrors: 5}}
`,
}, gatewayErrors)

func gatewayErrors(s *facts.Set, r *reporter) {
	facts.Each(s.Documents, "DestinationRule", func(o *config.Object, spec *networking.DestinationRule) {
		for _, p := range facts.Policies(o, spec) {
			gateway, all := p.Outlier.GetConsecutiveGatewayErrors().GetValue(), p.Outlier.GetConsecutive_5XxErrors().GetValue()
			if all > 0 && gateway >= all {
				r.at(p.Sub("outlierDetection.consecutiveGatewayErrors"), "consecutiveGatewayErrors %d has no effect: consecutive5xxErrors %d counts gateway errors too", gateway, all).
					related(p.Sub("outlierDetection.consecutive5xxErrors"), "gateway errors count as 5xx errors")
			}
		}
	})
}
