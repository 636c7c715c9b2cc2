package validate

import (
	"slices"
	"strings"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM200",
	Title:    "subset picks no workload",
	Severity: diag.Error,
	Stage:    diag.AtEndpoint,
	Why: `A subset is made of the endpoints of the host whose workloads have all its labels. Where none has, its cluster is empty: requests
are answered 503 with the flag UH.`,
	Fix: `Write labels that the workloads of the host have.`,
	Wrong: `
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec:
  selector: {app: web}
  ports: [{name: http, port: 80, targetPort: 8080}]
---
apiVersion: v1
kind: Pod
metadata: {name: web-v1, namespace: shop, labels: {app: web, version: v1}}
status: {podIP: 10.0.0.1}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: web, namespace: shop}
spec:
  host: "web"
  subsets: [{name: v1, labels: {version: v3}}]
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
apiVersion: v1
kind: Pod
metadata: {name: web-v1, namespace: shop, labels: {app: web, version: v1}}
status: {podIP: 10.0.0.1}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: web, namespace: shop}
spec:
  host: "web"
  subsets: [{name: v1, labels: {version: v1}}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: [web]
  http:
  - route: [{destination: {host: web, subset: v1}}]
`,
	Aliases: []string{"IST0173", "KIA0203"},
}, emptySubset)

func emptySubset(s *facts.Set, r *reporter) {
	s.DestinationRules.EachSubset(func(at facts.Place, sub *networking.Subset, svc *mesh.Service) {
		all := s.Workloads.EndpointLabels(svc)
		asked := knowable(sub.GetLabels(), all)
		if len(asked) == 0 || len(all) == 0 || s.Hosts.EndpointsUnlabelled(svc) || slices.ContainsFunc(all, func(l map[string]string) bool { return facts.HasLabels(l, asked) }) ||
			s.Workloads.Mislabelled(svc, asked) != nil {
			return
		}
		f := r.at(at.Sub("labels"), "no endpoint of %q has the labels %s", svc.Host, facts.SelectorText(sub.GetLabels())).
			related(facts.At(svc.Object, svc.Field), "the host is registered here")
		if values := present(all, sub.GetLabels()); values != "" {
			f.help("its endpoints have %s", values)
		}
		if !s.Routes.UseSubset(svc.Host, sub.GetName()) {
			f.severity(diag.Warning) // as long as no rule leads there
		}
	})
}

// knowable returns the labels of a subset without those of an endpoint's place that no endpoint has: they come from its node, which
// the input may not hold.
func knowable(asked map[string]string, all []map[string]string) map[string]string {
	kept := map[string]string{}
	for name, value := range asked {
		known := func(labels map[string]string) bool { _, ok := labels[name]; return ok }
		if !strings.Contains(name, "topology.") && name != "kubernetes.io/hostname" || slices.ContainsFunc(all, known) {
			kept[name] = value
		}
	}
	return kept
}

// present words the values that endpoints have for the labels which are asked for.
func present(all []map[string]string, asked map[string]string) string {
	var found []string
	for _, labels := range all {
		for name := range asked {
			if value, ok := labels[name]; ok {
				found = append(found, name+"="+value)
			}
		}
	}
	slices.Sort(found)
	return strings.Join(slices.Compact(found), ", ")
}

var _ = register(diag.Check{
	ID:       "SEM202",
	Title:    "subset of an external host without endpoints",
	Severity: diag.Error,
	Stage:    diag.AtEndpoint,
	Why: `An entry with resolution DNS and no endpoints has one endpoint, the host itself, without labels. A subset with labels is empty: its
cluster is not even made, and requests to it are answered 503.`,
	Fix: `List the endpoints with their labels, or leave out the subset.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: ["api.example.com"]
  ports: [{number: 80, name: main, protocol: HTTP}]
  resolution: DNS
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: web, namespace: shop}
spec:
  host: "api.example.com"
  subsets: [{name: test, labels: {env: test}}]
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: ["api.example.com"]
  ports: [{number: 80, name: main, protocol: HTTP}]
  resolution: DNS
  endpoints: [{address: test.example.com, labels: {env: test}}]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: web, namespace: shop}
spec:
  host: "api.example.com"
  subsets: [{name: test, labels: {env: test}}]
`,
}, unlabelledSubset)

func unlabelledSubset(s *facts.Set, r *reporter) {
	s.DestinationRules.EachSubset(func(at facts.Place, sub *networking.Subset, svc *mesh.Service) {
		if len(sub.GetLabels()) > 0 && s.Hosts.EndpointsUnlabelled(svc) {
			r.at(at.Sub("labels"), "%q has no endpoints with labels: DNS gives them, so the subset %q is empty", svc.Host, sub.GetName()).
				related(facts.At(svc.Object, svc.Field), "the host is registered here")
		}
	})
}

var _ = register(diag.Check{
	ID:       "SEM201",
	Title:    "subset says nothing",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `A subset without labels has all endpoints of the host, and without a policy of its own it treats them as the rule does: a route to it
is a route to the host.`,
	Fix: `Give the subset labels or a policy, or leave it out.`,
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
  subsets: [{name: v1}]
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
  subsets: [{name: v1, labels: {version: v1}}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: [web]
  http:
  - route: [{destination: {host: web, subset: v1}}]
`,
	Aliases: []string{"KIA0209"},
}, idleSubset)

func idleSubset(s *facts.Set, r *reporter) {
	facts.Each(s.Documents, "DestinationRule", func(o *config.Object, spec *networking.DestinationRule) {
		for i, sub := range spec.GetSubsets() {
			if saysNothing(sub) {
				r.at(facts.At(o, "spec.subsets").Item(i), "subset %q has no labels and no policy: it is the whole host", sub.GetName())
			}
		}
	})
}

func saysNothing(sub *networking.Subset) bool {
	return len(sub.GetLabels()) == 0 && sub.GetTrafficPolicy() == nil
}

var _ = register(diag.Check{
	ID:       "SEM207",
	Title:    "subset that no rule leads to",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `The policy of a subset is used for requests that a VirtualService routes to the subset. Requests to the host itself are treated by the
policy of the rule alone.`,
	Fix: `Route to the subset, or move its policy to the rule.`,
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
  subsets:
  - name: v1
    labels: {version: v1}
    trafficPolicy: {loadBalancer: {simple: RANDOM}}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: [web]
  http:
  - route: [{destination: {host: web}}]
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
  subsets:
  - name: v1
    labels: {version: v1}
    trafficPolicy: {loadBalancer: {simple: RANDOM}}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: [web]
  http:
  - route: [{destination: {host: web, subset: v1}}]
`,
}, unusedSubset)

func unusedSubset(s *facts.Set, r *reporter) {
	if !s.HoldsKind("VirtualService") {
		return
	}
	facts.Each(s.Documents, "DestinationRule", func(o *config.Object, spec *networking.DestinationRule) {
		host := s.FullHost(spec.GetHost(), o)
		for i, sub := range spec.GetSubsets() {
			if len(s.Hosts.Services(host)) == 0 || mesh.IsWildcard(host) || s.Routes.UseSubset(host, sub.GetName()) || saysNothing(sub) {
				continue
			}
			f := r.at(facts.At(o, "spec.subsets").Item(i), "no rule leads to the subset %q of %q", sub.GetName(), host)
			if sub.GetTrafficPolicy() == nil {
				f.help("route to the subset, or leave it out").severity(diag.Info)
			}
		}
	})
}

var _ = register(diag.Check{
	ID:       "SEM217",
	Title:    "subsets of a wildcard host",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `A rule for a wildcard host is in force for every service that the host covers and that has no rule of its own. Each of them then has
these subsets, whether its workloads have the labels or not.`,
	Fix: `Write a rule with the subsets for each host that has them.`,
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
  host: "*.shop.svc.cluster.local"
  subsets: [{name: v1, labels: {version: v1}}]
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
  host: "web.shop.svc.cluster.local"
  subsets: [{name: v1, labels: {version: v1}}]
`,
}, wildcardSubsets)

func wildcardSubsets(s *facts.Set, r *reporter) {
	facts.Each(s.Documents, "DestinationRule", func(o *config.Object, spec *networking.DestinationRule) {
		if mesh.IsWildcard(spec.GetHost()) && len(spec.GetSubsets()) > 0 {
			r.at(facts.At(o, "spec.subsets"), "every host that %q covers gets these subsets", spec.GetHost())
		}
	})
}
