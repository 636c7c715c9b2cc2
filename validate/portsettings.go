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
	Title:    "settings for a port replace those of the rule",
	Severity: diag.Warning,
	Stage:    diag.AtCluster,
	Why: `An entry of portLevelSettings is the whole policy of its port. What it does not repeat of the settings above it does not hold there:
without tls the port is not encrypted, without outlierDetection nothing is ejected.`,
	Fix: `Repeat in the entry what is to hold for the port as well.`,
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
				r.at(facts.At(o, "spec.trafficPolicy.portLevelSettings").Item(i), "port %d has none of the %s of the rule: the entry replaces all of its settings",
					p.GetPort().GetNumber(), strings.Join(lost, ", ")).
					related(facts.At(o, "spec.trafficPolicy."+lost[0]), "this does not hold for the port")
			}
		}
	})
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
	Title:    "settings for a port of a subset clear what it inherits",
	Severity: diag.Warning,
	Stage:    diag.AtCluster,
	Why: `A subset inherits the settings of its rule block by block. Settings of the subset for a port begin anew: connectionPool, loadBalancer,
outlierDetection and tls of the rule and of the subset are gone for that port unless the entry repeats them.`,
	Fix: `Repeat in the entry what is to hold for the port as well.`,
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
				from := facts.At(o, "spec.trafficPolicy")
				if len(lost) == 0 {
					lost, from = omitted(blocks(sub.GetTrafficPolicy())[:4], portBlocks(p)[:4]), at
				}
				if len(lost) > 0 {
					r.at(at.Sub("portLevelSettings").Item(j), "port %d of subset %q has none of the inherited %s: the entry begins anew",
						p.GetPort().GetNumber(), sub.GetName(), strings.Join(lost, ", ")).related(from, "they are set here")
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

var _ = register(diag.Check{
	ID:       "SEM204",
	Title:    "settings for a port that the host does not have",
	Severity: diag.Warning,
	Stage:    diag.AtCluster,
	Why: `Settings for a port go by the port of the service, not by that of the container. Those for a port that the service does not have are
never used.`,
	Fix: `Write a port of the service.`,
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
				if own.Target == p.Port {
					f.help("%d is the port of the container: write the port of the service, %d", p.Port, own.Number)
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
	Title:    "settings for one port are written twice",
	Severity: diag.Error,
	Stage:    diag.NoStage,
	Why:      `Of two entries for one port the first is used, and the second is not looked at.`,
	Fix:      `Write one entry for the port.`,
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
				r.at(p.Sub("port"), "port %d has settings already, so these are not used", p.Port).related(older.Sub("port"), "the settings in force stand here")
				continue
			}
			first[key] = p
		}
	})
}
