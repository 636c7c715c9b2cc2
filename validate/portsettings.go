package validate

import (
	"slices"
	"strconv"
	"strings"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM203",
	Title:    "portLevelSettings replace the top-level settings",
	Severity: diag.Warning,
	Stage:    diag.AtCluster,
	Why: `An entry of portLevelSettings is the complete policy of its port. Top-level settings that it does not repeat do not apply to the port:
without tls the port is not encrypted, without outlierDetection no endpoint is ejected.`,
	Fix: `Repeat the settings that should apply to the port.`,
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
  trafficPolicy:
    outlierDetection: {consecutive5xxErrors: 3}
    portLevelSettings:
    - port: {number: 80}
      connectionPool: {tcp: {maxConnections: 10}}
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
  trafficPolicy:
    outlierDetection: {consecutive5xxErrors: 3}
    portLevelSettings:
    - port: {number: 80}
      connectionPool: {tcp: {maxConnections: 10}}
      outlierDetection: {consecutive5xxErrors: 3}
`,
}, replacedSettings)

func replacedSettings(s *facts.Set, r *reporter) {
	facts.Each(s.Documents, "DestinationRule", func(o *config.Object, spec *networking.DestinationRule) {
		top := spec.GetTrafficPolicy()
		for i, p := range top.GetPortLevelSettings() {
			if lost := omitted(blocks(top), portBlocks(p)); len(lost) > 0 {
				f := r.at(facts.At(o, "spec.trafficPolicy.portLevelSettings").Item(i), "port %d does not use the top-level %s: portLevelSettings replace all settings of the port",
					p.GetPort().GetNumber(), strings.Join(lost, ", ")).
					related(facts.At(o, "spec.trafficPolicy."+lost[0]), "not applied to the port")
				if slices.Equal(lost, []string{"loadBalancer"}) && simpleBalancer(top.GetLoadBalancer()) {
					f.severity(diag.Info)
				}
			}
		}
	})
}

// simpleBalancer reports whether the settings choose nothing but an algorithm: another one is as good for most clients.
func simpleBalancer(b *networking.LoadBalancerSettings) bool {
	return b.GetConsistentHash() == nil && b.GetLocalityLbSetting() == nil && b.GetWarmup() == nil && b.GetWarmupDurationSecs() == nil &&
		b.GetSimple() != networking.LoadBalancerSettings_PASSTHROUGH
}

// A block is a part of a policy by its name.
type block struct {
	name string
	set  bool
}

func blocks(p *networking.TrafficPolicy) []block {
	return []block{
		{"tls", p.GetTls() != nil}, {"outlierDetection", p.GetOutlierDetection() != nil}, {"connectionPool", p.GetConnectionPool() != nil},
		{"loadBalancer", p.GetLoadBalancer() != nil}, {"proxyProtocol", p.GetProxyProtocol() != nil}, {"retryBudget", p.GetRetryBudget() != nil},
	}
}

func portBlocks(p *networking.TrafficPolicy_PortTrafficPolicy) []block {
	return []block{
		{"tls", p.GetTls() != nil}, {"outlierDetection", p.GetOutlierDetection() != nil}, {"connectionPool", p.GetConnectionPool() != nil},
		{"loadBalancer", p.GetLoadBalancer() != nil}, {"proxyProtocol", false}, {"retryBudget", false},
	}
}

// omitted names the blocks that are set above and not below.
func omitted(above, below []block) []string {
	var names []string
	for i, b := range above {
		if b.set && !below[i].set {
			names = append(names, b.name)
		}
	}
	return names
}

var _ = register(diag.Check{
	ID:       "SEM206",
	Title:    "portLevelSettings of a subset clear inherited settings",
	Severity: diag.Warning,
	Stage:    diag.AtCluster,
	Why: `A subset inherits settings from its DestinationRule by block. portLevelSettings of the subset start empty: connectionPool, loadBalancer,
outlierDetection and tls of the DestinationRule and the subset do not apply to that port unless repeated.`,
	Fix: `Repeat the settings that should apply to the port.`,
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
  trafficPolicy:
    outlierDetection: {consecutive5xxErrors: 3}
  subsets:
  - name: v1
    labels: {version: v1}
    trafficPolicy:
      portLevelSettings:
      - port: {number: 80}
        loadBalancer: {simple: RANDOM}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: [web]
  http:
  - route: [{destination: {host: web, subset: v1}}]
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
  trafficPolicy:
    outlierDetection: {consecutive5xxErrors: 3}
  subsets:
  - name: v1
    labels: {version: v1}
    trafficPolicy:
      portLevelSettings:
      - port: {number: 80}
        loadBalancer: {simple: RANDOM}
        outlierDetection: {consecutive5xxErrors: 3}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: [web]
  http:
  - route: [{destination: {host: web, subset: v1}}]
`,
}, clearedSettings)

func clearedSettings(s *facts.Set, r *reporter) {
	facts.Each(s.Documents, "DestinationRule", func(o *config.Object, spec *networking.DestinationRule) {
		for i, sub := range spec.GetSubsets() {
			at := facts.At(o, "spec.subsets").Item(i).Sub("trafficPolicy")
			for j, p := range sub.GetTrafficPolicy().GetPortLevelSettings() {
				inherited := inheritedBlocks(spec.GetTrafficPolicy(), p.GetPort().GetNumber())
				lost := omitted(inherited[:4], portBlocks(p)[:4])
				from, balancer := facts.At(o, "spec.trafficPolicy"), inheritedBalancer(spec.GetTrafficPolicy(), p.GetPort().GetNumber())
				if len(lost) == 0 {
					lost, from = omitted(blocks(sub.GetTrafficPolicy())[:4], portBlocks(p)[:4]), at
					balancer = sub.GetTrafficPolicy().GetLoadBalancer()
				}
				if len(lost) > 0 {
					f := r.at(at.Sub("portLevelSettings").Item(j), "port %d of subset %q does not inherit %s: portLevelSettings replace all settings of the port",
						p.GetPort().GetNumber(), sub.GetName(), strings.Join(lost, ", ")).related(from, "set here")
					if slices.Equal(lost, []string{"loadBalancer"}) && simpleBalancer(balancer) {
						f.severity(diag.Info)
					}
				}
			}
		}
	})
}

// inheritedBlocks returns the blocks that a rule sets for a port.
func inheritedBlocks(top *networking.TrafficPolicy, port uint32) []block {
	for _, p := range top.GetPortLevelSettings() {
		if p.GetPort().GetNumber() == port {
			return portBlocks(p)
		}
	}
	return blocks(top)
}

// inheritedBalancer is the load balancer that a rule sets for a port.
func inheritedBalancer(top *networking.TrafficPolicy, port uint32) *networking.LoadBalancerSettings {
	for _, p := range top.GetPortLevelSettings() {
		if p.GetPort().GetNumber() == port {
			return p.GetLoadBalancer()
		}
	}
	return top.GetLoadBalancer()
}

var _ = register(diag.Check{
	ID:       "SEM204",
	Title:    "portLevelSettings for a port that the host does not have",
	Severity: diag.Warning,
	Stage:    diag.AtCluster,
	Why:      `portLevelSettings refer to ports of the service, not of the container. Settings for another port are never used.`,
	Fix:      `Use a port of the service.`,
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
  trafficPolicy:
    outlierDetection: {consecutive5xxErrors: 3}
    portLevelSettings:
    - port: {number: 8080}
      connectionPool: {tcp: {maxConnections: 10}}
      outlierDetection: {consecutive5xxErrors: 3}
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
  trafficPolicy:
    outlierDetection: {consecutive5xxErrors: 3}
    portLevelSettings:
    - port: {number: 80}
      connectionPool: {tcp: {maxConnections: 10}}
      outlierDetection: {consecutive5xxErrors: 3}
`,
}, strayPort)

func strayPort(s *facts.Set, r *reporter) {
	facts.Each(s.Documents, "DestinationRule", func(o *config.Object, spec *networking.DestinationRule) {
		host := s.FullHost(spec.GetHost(), o)
		svcs := s.Hosts.Matching(host)
		if mesh.IsWildcard(host) || len(svcs) == 0 || len(s.Mesh.ServicesOf(host)) > 1 {
			return
		}
		for _, p := range facts.Policies(o, spec) {
			if p.Port == 0 || svcs[0].Port(p.Port) != nil || missed(s, p, svcs[0]) {
				continue
			}
			f := r.at(p.Sub("port.number"), "%q has no port %d", svcs[0].Host, p.Port).
				related(facts.At(svcs[0].Object, svcs[0].Field), "it has %s", portList(svcs[0]))
			for _, own := range svcs[0].Ports {
				if own.TargetPort == p.Port {
					f.help("use the service port %[2]d: %[1]d is the container port", p.Port, own.Number)
				}
			}
		}
	})
}

// missed reports whether a policy sets TLS for traffic that is routed to another port, which SEM156 reports.
func missed(s *facts.Set, p facts.Policy, svc *mesh.Service) bool {
	return slices.ContainsFunc(svc.Ports, func(own *mesh.Port) bool {
		_, number := s.DestinationRules.OtherPortWithTLS(p.Object, svc, own)
		return number == p.Port && s.Routes.LeadTo(svc.Host, own.Number)
	})
}

var _ = register(diag.Check{
	ID:       "SEM205",
	Title:    "portLevelSettings list a port twice",
	Severity: diag.Error,
	Stage:    diag.NoStage,
	Why:      `If a port is listed twice, Istio uses the first entry and ignores the second.`,
	Fix:      `Merge the entries of the port.`,
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
  trafficPolicy:
    portLevelSettings:
    - {port: {number: 80}, connectionPool: {tcp: {maxConnections: 10}}}
    - {port: {number: 80}, loadBalancer: {simple: RANDOM}}
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
  trafficPolicy:
    portLevelSettings:
    - {port: {number: 80}, connectionPool: {tcp: {maxConnections: 10}}, loadBalancer: {simple: RANDOM}}
`,
}, portTwice)

func portTwice(s *facts.Set, r *reporter) {
	facts.Each(s.Documents, "DestinationRule", func(o *config.Object, spec *networking.DestinationRule) {
		first := map[string]facts.Policy{}
		for _, p := range facts.Policies(o, spec) {
			list, _, entry := strings.Cut(p.Field, ".portLevelSettings")
			if !entry || p.Port == 0 {
				continue
			}
			key := list + " " + strconv.Itoa(int(p.Port))
			if older, twice := first[key]; twice {
				r.at(p.Sub("port"), "these settings are ignored: port %d is listed above", p.Port).related(older.Sub("port"), "these settings are used")
				continue
			}
			first[key] = p
		}
	})
}
