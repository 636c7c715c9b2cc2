package validate

import (
	"fmt"
	"maps"
	"slices"

	security "istio.io/api/security/v1beta1"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM256",
	Title:    "portLevelMtls uses a Service port instead of a workload port",
	Severity: diag.Warning,
	Stage:    diag.AtTLS,
	Why: `The keys of portLevelMtls are ports of the workload (container ports). This is a port of the Service, which maps to another port of the
workload: the setting has no effect.`,
	Fix: `Use the target port.`,
	Wrong: `
apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: shop}
spec:
  selector: {app: reviews}
  ports: [{name: http, port: 80, targetPort: 8080}]
---
apiVersion: v1
kind: Pod
metadata: {name: reviews-0, namespace: shop, labels: {app: reviews}}
spec: {containers: [{name: app, image: reviews}]}
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: reviews, namespace: shop}
spec:
  selector: {matchLabels: {app: reviews}}
  mtls: {mode: STRICT}
  portLevelMtls:
    80: {mode: PERMISSIVE}
`,
	Right: `
apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: shop}
spec:
  selector: {app: reviews}
  ports: [{name: http, port: 80, targetPort: 8080}]
---
apiVersion: v1
kind: Pod
metadata: {name: reviews-0, namespace: shop, labels: {app: reviews}}
spec: {containers: [{name: app, image: reviews}]}
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: reviews, namespace: shop}
spec:
  selector: {matchLabels: {app: reviews}}
  mtls: {mode: STRICT}
  portLevelMtls:
    8080: {mode: PERMISSIVE}
`,
}, servicePortMTLS)

func servicePortMTLS(s *facts.Set, r *reporter) {
	for _, o := range s.WantedObjects("PeerAuthentication") {
		spec := config.Spec[*security.PeerAuthentication](o)
		selector := spec.GetSelector().GetMatchLabels()
		for _, number := range slices.Sorted(maps.Keys(spec.GetPortLevelMtls())) {
			svc, port := servicePort(s, o.Namespace, selector, number)
			if svc == nil {
				continue
			}
			at := facts.At(o, "spec.portLevelMtls").Key(fmt.Sprint(number))
			r.at(at, "port %d has no effect: it is the port of Service %s; the workload listens on %d", number, svc.Name, port.TargetPort).
				help("write %d", port.TargetPort).related(facts.PortPlace(svc, port), "the Service maps port %d to %d", number, port.TargetPort)
		}
	}
}

// frontsLike returns the positions of the Services of a namespace whose selector shares a label with another one; all of them where
// that has none.
func frontsLike(s *facts.Set, namespace string, selector map[string]string) []int {
	if len(selector) == 0 {
		return s.Workloads.ServicesByLabel()[facts.LabelKey{Namespace: namespace}]
	}
	var found []int
	for label, value := range selector {
		found = append(found, s.Workloads.ServicesByLabel()[facts.LabelKey{Namespace: namespace, Name: label, Value: value}]...)
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// servicePort returns the Service of selected workloads that has a port of this number and maps it to another one, unless some
// Service maps a port to this very number.
func servicePort(s *facts.Set, namespace string, selector map[string]string, number uint32) (found *mesh.Service, port *mesh.Port) {
	for _, i := range frontsLike(s, namespace, selector) {
		svc := s.Mesh.Services[i]
		if !facts.HasLabels(svc.Selector, selector) && !facts.HasLabels(selector, svc.Selector) {
			continue
		}
		for _, p := range svc.Ports {
			switch {
			case p.TargetPort == number, p.TargetPort == 0 && p.Number == number:
				return nil, nil
			case p.Number == number && p.TargetPort != 0:
				found, port = svc, p
			}
		}
	}
	return found, port
}

var _ = register(diag.Check{
	ID:       "SEM263",
	Title:    "policy selects no workload",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `A PeerAuthentication, AuthorizationPolicy, RequestAuthentication, Telemetry or Sidecar applies to the workloads in its namespace (in
the root namespace: of the mesh) that its selector matches. The input contains workloads there, but no workload with these labels.`,
	Fix: `Correct the selector.`,
	Wrong: `
apiVersion: v1
kind: Pod
metadata: {name: reviews-0, namespace: shop, labels: {app: reviews}}
spec: {containers: [{name: app, image: reviews}]}
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: ratings, namespace: shop}
spec:
  selector: {matchLabels: {app: ratings}}
  mtls: {mode: STRICT}
`,
	Right: `
apiVersion: v1
kind: Pod
metadata: {name: reviews-0, namespace: shop, labels: {app: reviews}}
spec: {containers: [{name: app, image: reviews}]}
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: reviews, namespace: shop}
spec:
  selector: {matchLabels: {app: reviews}}
  mtls: {mode: STRICT}
`,
	Aliases: []string{"KIA0004", "IST0127", "IST0101"},
	Alone:   true,
}, idlePolicy)

// inhabited reports whether the input holds any workload of a namespace, or of the mesh where it is "".
func inhabited(s *facts.Set, namespace string) bool {
	return len(s.Workloads.Selected(namespace, nil)) > 0
}

func idlePolicy(s *facts.Set, r *reporter) {
	root := s.Mesh.Settings.Config.GetRootNamespace()
	for _, p := range s.Workloads.WantedPolicies() {
		ns, of := p.Object.Namespace, "namespace "+p.Object.Namespace
		if ns == root && p.Object.Kind != "Sidecar" && p.Object.Kind != "Telemetry" {
			ns, of = "", "the mesh" // a policy of the root namespace selects workloads of all
		}
		if len(p.Selector) == 0 || ns == root || !inhabited(s, ns) || len(s.Workloads.Labelled(ns, p.Selector)) > 0 {
			continue
		}
		f := r.at(p.Place, "no workload of %s has these labels", of)
		if near := s.Workloads.NearestLabels(ns, p.Selector); near != "" {
			f.help("did you mean %s?", near)
		}
		f.infoUnless(s.Complete(ns, facts.WorkloadKinds...))
	}
}
