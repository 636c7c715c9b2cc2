package validate

import (
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM261",
	Title:    "subset labels are on the Deployment but not on its Pods",
	Severity: diag.Error,
	Stage:    diag.NoStage,
	Why: `A subset selects Pods by the labels of the Pods. Pods get the labels of spec.template.metadata, not those of the Deployment. The subset is
empty, and requests to it receive 503 (response flag UH).`,
	Fix: `Add the label to spec.template.metadata.labels.`,
	Wrong: `
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{name: http, port: 80, targetPort: 8080}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop, labels: {version: v1}}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: web}]}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: web, namespace: shop}
spec:
  host: web
  subsets: [{name: v1, labels: {version: v1}}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: [web]
  http: [{route: [{destination: {host: web, subset: v1}}]}]
`,
	Right: `
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{name: http, port: 80, targetPort: 8080}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web, version: v1}}
    spec: {containers: [{name: web, image: web}]}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: web, namespace: shop}
spec:
  host: web
  subsets: [{name: v1, labels: {version: v1}}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: [web]
  http: [{route: [{destination: {host: web, subset: v1}}]}]
`,
	Aliases: []string{"IST0173"},
}, labelledTemplate)

func labelledTemplate(s *facts.Set, r *reporter) {
	s.DestinationRules.EachSubset(func(at facts.Place, sub *networking.Subset, svc *mesh.Service) {
		for _, labels := range s.Workloads.EndpointLabels(svc) {
			if facts.HasLabels(labels, sub.GetLabels()) {
				return
			}
		}
		w := s.Workloads.Mislabelled(svc, sub.GetLabels())
		if w == nil {
			return
		}
		f := r.at(at.Sub("labels"), "%s has the labels %s, but its Pods do not", name(w), facts.SelectorText(sub.GetLabels())).
			help("add them to spec.template.metadata.labels of %s", name(w)).
			related(facts.At(w, "spec.template.metadata"), "labels of its Pods").
			related(facts.At(svc.Object, svc.Field), "host registered here")
		if !s.Routes.UseSubset(svc.Host, sub.GetName()) {
			f.severity(diag.Warning)
		}
	})
}
