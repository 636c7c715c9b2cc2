package validate

import (
	"fmt"
	"maps"

	networking "istio.io/api/networking/v1alpha3"
	security "istio.io/api/security/v1beta1"
	telemetry "istio.io/api/telemetry/v1alpha1"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM173",
	Title:    "two namespace-wide resources of one kind",
	Severity: diag.Error,
	Stage:    diag.NoStage,
	Why: `A Sidecar, PeerAuthentication or Telemetry without a selector applies to its whole namespace. If there are several, the oldest takes
precedence and the others are ignored.`,
	Fix: `Keep one, or add a selector to the other.`,
	Wrong: `
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: default, namespace: shop}
spec: {mtls: {mode: STRICT}}
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: lenient, namespace: shop}
spec: {mtls: {mode: PERMISSIVE}}
`,
	Right: `
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: default, namespace: shop}
spec: {mtls: {mode: STRICT}}
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: lenient, namespace: shop}
spec: {selector: {matchLabels: {app: legacy}}, mtls: {mode: PERMISSIVE}}
`,
	Aliases: []string{"IST0111", "IST0160", "KIA0002"},
}, rivalDefaults)

func rivalDefaults(s *facts.Set, r *reporter) {
	for _, kind := range []string{"Sidecar", "PeerAuthentication", "Telemetry"} {
		first := map[string]*config.Object{}
		for _, o := range s.Mesh.Objects(kind) {
			if len(selectorOf(o)) > 0 || hasTargets(o) {
				continue
			}
			if older := first[o.Namespace]; older != nil {
				f := r.at(facts.At(o, "metadata.name"), "%s is ignored: namespace %s already has a namespace-wide one", name(o), o.Namespace).
					related(facts.At(older, "metadata.name"), "the older one takes precedence%s", elder(older, o))
				if kind == "Telemetry" {
					f.severity(diag.Warning) // requests pass as before
				}
				continue
			}
			first[o.Namespace] = o
		}
	}
}

// hasTargets reports whether a Telemetry names the resources that it is for.
func hasTargets(o *config.Object) bool {
	spec, ok := o.Spec.(*telemetry.Telemetry)
	return ok && (len(spec.GetTargetRefs()) > 0 || spec.GetTargetRef() != nil)
}

// selectorOf returns the labels by which a Sidecar, PeerAuthentication or Telemetry selects workloads.
func selectorOf(o *config.Object) map[string]string {
	switch spec := o.Spec.(type) {
	case *networking.Sidecar:
		return spec.GetWorkloadSelector().GetLabels()
	case *security.PeerAuthentication:
		return spec.GetSelector().GetMatchLabels()
	case *telemetry.Telemetry:
		return spec.GetSelector().GetMatchLabels()
	}
	return nil
}

var _ = register(diag.Check{
	ID:       "SEM174",
	Title:    "two resources select the same workload",
	Severity: diag.Error,
	Stage:    diag.NoStage,
	Why: `One Sidecar and one PeerAuthentication with a selector apply to a workload. If there are several, the oldest takes precedence; they are
not merged.`,
	Fix: `Merge the two, or select different workloads.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: a, namespace: shop}
spec:
  workloadSelector: {labels: {app: web}}
  egress: [{hosts: ["./*"]}]
---
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: b, namespace: shop}
spec:
  workloadSelector: {labels: {app: web}}
  egress: [{hosts: ["istio-system/*"]}]
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: a, namespace: shop}
spec:
  workloadSelector: {labels: {app: web}}
  egress: [{hosts: ["./*"]}]
---
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: b, namespace: shop}
spec:
  workloadSelector: {labels: {app: api}}
  egress: [{hosts: ["istio-system/*"]}]
`,
	Aliases: []string{"IST0110", "KIA0003"},
}, rivalSelectors)

func rivalSelectors(s *facts.Set, r *reporter) {
	for _, kind := range []string{"Sidecar", "PeerAuthentication"} {
		all := s.Mesh.Objects(kind)
		claimed := map[claim]int{} // by the first of them
		for i, o := range all {
			rival := i
			for _, c := range claimsOf(s, o) {
				if first, taken := claimed[c]; taken {
					rival = min(rival, first)
				} else {
					claimed[c] = i
				}
			}
			if rival < i {
				reportRival(s, r, o, all[rival])
			}
		}
	}
}

// A claim is what of two objects in a namespace only the older one gets: a workload, or a selector, whether or not the input holds
// workloads for it.
type claim struct {
	namespace string
	workload  *config.Object
	selector  string
}

// claimsOf returns what an object with a selector claims.
func claimsOf(s *facts.Set, o *config.Object) []claim {
	selector := selectorOf(o)
	if len(selector) == 0 {
		return nil
	}
	all := []claim{{namespace: o.Namespace, selector: fmt.Sprintf("%q", selector)}}
	for _, w := range s.Workloads.Selected(o.Namespace, selector) {
		all = append(all, claim{namespace: o.Namespace, workload: w})
	}
	return all
}

func reportRival(s *facts.Set, r *reporter, o, first *config.Object) {
	f := r.at(facts.At(o, selectorField(o)), "this %[2]s is ignored for these workloads: %[1]s is older and takes precedence", name(first), o.Kind).
		related(facts.At(first, selectorField(first)), "the older one takes precedence%s", elder(first, o))
	if workload := bothSelect(s, o.Namespace, selectorOf(first), selectorOf(o)); workload != nil {
		f.related(facts.At(workload, "metadata.name"), "both select %s", name(workload))
	}
}

// bothSelect returns a workload of the input that two selectors select, or nil.
func bothSelect(s *facts.Set, namespace string, a, b map[string]string) *config.Object {
	for k, v := range a {
		if other, ok := b[k]; ok && other != v {
			return nil
		}
	}
	both := maps.Clone(a)
	maps.Copy(both, b)
	if all := s.Workloads.Selected(namespace, both); len(all) > 0 {
		return all[0]
	}
	return nil
}

func selectorField(o *config.Object) string {
	if o.Kind == "Sidecar" {
		return "spec.workloadSelector"
	}
	return "spec.selector"
}
