package validate

import (
	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM376",
	Title:    "application runs as the user of the proxy",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `The sidecar runs as user 1337, and what this user sends is not intercepted. If the application runs as the same user, its requests bypass the
sidecar: without mutual TLS, policies and routes.`,
	Fix: `Run the application as another user.`,
	Wrong: `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: web, securityContext: {runAsUser: 1337}}]}
`,
	Right: `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: web, securityContext: {runAsUser: 1000}}]}
`,
	Aliases: []string{"IST0144"},
}, proxyUser)

// proxyUID is the user that sidecars run as.
const proxyUID = 1337

func proxyUser(s *facts.Set, r *reporter) {
	eachPodSpec(s, func(o *config.Object, at facts.Place, labels map[string]string, spec config.PodSpec) {
		if facts.RefusesInjection(o) || labels["istio"] == "pilot" || labels["app"] == "istiod" {
			return
		}
		for i, c := range spec.Containers {
			user, place := c.Security.RunAsUser, at.Sub("containers").Item(i).Sub("securityContext.runAsUser")
			if user == nil {
				user, place = spec.Security.RunAsUser, at.Sub("securityContext.runAsUser")
			}
			if user != nil && *user == proxyUID && c.Name != "istio-proxy" {
				r.at(place, "container %s runs as user %d, as the sidecar does: its requests bypass the sidecar", c.Name, proxyUID)
			}
		}
	})
}

// eachPodSpec calls do for what each Pod and each template of Pods of the input asks for, with the labels of the Pods.
func eachPodSpec(s *facts.Set, do func(o *config.Object, at facts.Place, labels map[string]string, spec config.PodSpec)) {
	facts.Each(s.Documents, "Pod", func(o *config.Object, pod *config.Pod) {
		if o.Doc != nil && o.Doc.Kind == "Pod" {
			do(o, facts.At(o, "spec"), o.Labels, pod.Spec)
		}
	})
	for _, kind := range facts.PodMakers {
		facts.Each(s.Documents, kind, func(o *config.Object, w *config.Workload) {
			do(o, facts.At(o, "spec.template.spec"), w.Spec.Template.Metadata.Labels, w.Spec.Template.Spec)
		})
	}
}
