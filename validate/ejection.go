package validate

import (
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM214",
	Title:    "outlier detection with few endpoints",
	Severity: diag.Info,
	Stage:    diag.NoStage,
	Why: `Envoy may always eject one endpoint, and more only up to maxEjectionPercent (10 % by default). With fewer than ten endpoints, a second
failing endpoint is never ejected.`,
	Fix: `Raise maxEjectionPercent if more endpoints may be ejected.`,
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
		percent := int(p.Outlier.GetMaxEjectionPercent())
		if percent == 0 {
			percent = 10
		}
		switch {
		case endpoints == 1:
			r.at(p.Sub("outlierDetection"), "%q has one endpoint: ejecting it leaves no endpoint", svc.Host).
				help("remove outlierDetection, or keep it if more endpoints will follow")
		case endpoints*percent < 200:
			r.at(p.Sub("outlierDetection"), "of the %d endpoints of %q, at most one is ejected at a time: maxEjectionPercent is %d", endpoints, svc.Host, percent)
		}
	})
}

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
		if left := 100 * (endpoints - 1) / endpoints; endpoints > 1 && left < least {
			r.at(p.Sub("outlierDetection.minHealthPercent"), "ejecting one of %d endpoints leaves %d %% healthy, below minHealthPercent %d: outlier detection is disabled", endpoints, left, least)
		}
	})
}

var _ = register(diag.Check{
	ID:       "SEM216",
	Title:    "consecutiveGatewayErrors is never reached",
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
				r.at(p.Sub("outlierDetection.consecutiveGatewayErrors"), "consecutiveGatewayErrors %d is never reached: %d consecutive 5xx errors eject the endpoint first", gateway, all).
					related(p.Sub("outlierDetection.consecutive5xxErrors"), "gateway errors count as 5xx errors")
			}
		}
	})
}
