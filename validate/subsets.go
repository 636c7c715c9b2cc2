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
	Title:    "subset selects no workload",
	Severity: diag.Error,
	Stage:    diag.AtEndpoint,
	Why: `A subset consists of the endpoints of the host whose workloads have all its labels. Without such endpoints its cluster is empty: requests
receive 503 (response flag UH).`,
	Fix: `Use labels that the workloads of the host have.`,
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
			s.Workloads.Mislabelled(svc, asked) != nil || s.Workloads.InOtherWorld(svc, asked) {
			return
		}
		f := r.at(at.Sub("labels"), "no endpoint of %q has the labels %s", svc.Host, facts.SelectorText(sub.GetLabels())).
			related(facts.At(svc.Object, svc.Field), "host registered here")
		if values := present(all, sub.GetLabels()); values != "" {
			f.help("labels of its endpoints: %s", values)
		}
		if !s.Routes.UseSubset(svc.Host, sub.GetName()) {
			f.severity(diag.Warning) // as long as no rule leads there
		}
	})
}

// knowable returns the labels of a subset without those of an endpoint's place that no endpoint has: they come from its node, which
// the input may not hold, or from istiod's name for the cluster, which the input does not say.
func knowable(asked map[string]string, all []map[string]string) map[string]string {
	kept := map[string]string{}
	for name, value := range asked {
		known := func(labels map[string]string) bool {
			has, ok := labels[name]
			return ok && (name != facts.ClusterLabel || has != facts.UnnamedCluster)
		}
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
	Why: `A ServiceEntry with resolution DNS and no endpoints has one endpoint, the host itself, without labels. A subset with labels is empty:
istiod creates no cluster for it, and requests to it receive 503.`,
	Fix: `List the endpoints with their labels, or remove the subset.`,
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
			r.at(at.Sub("labels"), "subset %[2]q is empty: the endpoints of %[1]q come from DNS and have no labels", svc.Host, sub.GetName()).
				related(facts.At(svc.Object, svc.Field), "host registered here")
		}
	})
}

var _ = register(diag.Check{
	ID:       "SEM201",
	Title:    "subset without labels and policy",
	Severity: diag.Info,
	Stage:    diag.NoStage,
	Why: `A subset without labels contains all endpoints of the host, and without a trafficPolicy it uses that of the DestinationRule: a route to it
is a route to the host.`,
	Fix: `Add labels or a trafficPolicy, or remove the subset.`,
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
				r.at(facts.At(o, "spec.subsets").Item(i), "subset %q has no labels and no trafficPolicy: it equals the host", sub.GetName())
			}
		}
	})
}

func saysNothing(sub *networking.Subset) bool {
	return len(sub.GetLabels()) == 0 && sub.GetTrafficPolicy() == nil
}

var _ = register(diag.Check{
	ID:       "SEM207",
	Title:    "subset is not used",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `The policy of a subset applies to requests that a VirtualService routes to the subset. Requests to the host use the policy of the
DestinationRule.`,
	Fix: `Route to the subset, or move its policy to the DestinationRule.`,
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
			f := r.at(facts.At(o, "spec.subsets").Item(i), "no route uses subset %q of %q", sub.GetName(), host)
			if sub.GetTrafficPolicy() == nil {
				f.help("route to the subset, or remove it").severity(diag.Info)
			}
		}
	})
}

var _ = register(diag.Check{
	ID:       "SEM217",
	Title:    "subsets of a wildcard host",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `A DestinationRule for a wildcard host applies to every covered service without a more specific DestinationRule. Each of them then has
these subsets, whether or not its workloads have the labels.`,
	Fix: `Write a DestinationRule with the subsets for each host that has them.`,
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
