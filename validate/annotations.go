package validate

import (
	"maps"
	"slices"
	"strings"
	"sync"

	"istio.io/api/annotation"
	istiolabel "istio.io/api/label"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM373",
	Title:    "annotation of Istio has no effect here",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `Istio reads each of its annotations on certain kinds only, and ignores names that it does not know. An annotation for Pods belongs into the
template of a Deployment: Pods do not get those of the Deployment itself.`,
	Fix: `Move the annotation to a resource of the kind that Istio reads it on, or correct its name.`,
	Wrong: `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop, annotations: {traffic.sidecar.istio.io/excludeOutboundPorts: "3306"}}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: web}]}
`,
	Right: `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}, annotations: {traffic.sidecar.istio.io/excludeOutboundPorts: "3306"}}
    spec: {containers: [{name: web, image: web}]}
`,
	Aliases: []string{"IST0107", "IST0108"},
}, annotations)

func annotations(s *facts.Set, r *reporter) {
	eachAnnotation(s, func(at facts.Place, kind, name string, known *annotation.Instance) {
		switch {
		case known == nil:
			f := r.at(at, "Istio has no annotation %q", name)
			if near := diag.Nearest(name, slices.Collect(maps.Keys(istioAnnotations()))); near != "" {
				f.help("did you mean %s?", near)
			}
		case !attaches(known, kind):
			var kinds []string
			for _, k := range known.Resources {
				kinds = append(kinds, k.String())
			}
			r.at(at, "Istio reads the annotation %s on a %s only", name, strings.Join(kinds, " or "))
		}
	})
}

var _ = register(diag.Check{
	ID:       "SEM374",
	Title:    "annotation of Istio is deprecated",
	Severity: diag.Info,
	Stage:    diag.NoStage,
	Why:      `The annotation still works, and a later release of Istio may ignore it. The injector prefers the label of the name sidecar.istio.io/inject.`,
	Fix:      `Use what replaced the annotation; of sidecar.istio.io/inject, the label of the same name.`,
	Wrong: `
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, annotations: {sidecar.istio.io/inject: "true"}}
spec: {containers: [{name: web, image: web}]}
`,
	Right: `
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {sidecar.istio.io/inject: "true"}}
spec: {containers: [{name: web, image: web}]}
`,
	Aliases: []string{"IST0135"},
}, deprecatedAnnotations)

func deprecatedAnnotations(s *facts.Set, r *reporter) {
	eachAnnotation(s, func(at facts.Place, _, name string, known *annotation.Instance) {
		if known != nil && known.Deprecated {
			f := r.at(at, "the annotation %s is deprecated", name)
			if name == istiolabel.SidecarInject.Name {
				f.help("use the label of the same name instead")
			}
		}
	})
}

// eachAnnotation calls do for each annotation of Istio in the input, with the kind of the object that has it; of a template of Pods
// that is Pod. One for which the object has the label of the same name is left out: releases differ in which they read.
func eachAnnotation(s *facts.Set, do func(at facts.Place, kind, name string, known *annotation.Instance)) {
	each := func(at facts.Place, kind string, annotations, labels map[string]string) {
		for _, name := range slices.Sorted(maps.Keys(annotations)) {
			domain, _, _ := strings.Cut(name, "/")
			_, labelled := labels[name]
			if domain != "istio.io" && !strings.HasSuffix(domain, ".istio.io") || name == istiolabel.SidecarInject.Name && labelled {
				continue
			}
			do(at.Key(name), kind, name, istioAnnotations()[name])
		}
	}
	for _, kind := range []string{"Namespace", "Pod", "Service"} {
		for _, o := range s.WantedObjects(kind) {
			made := o.Doc == nil || o.Doc.Kind != kind || o.Labels[istiolabel.IoK8sNetworkingGatewayGatewayName.Name] != ""
			if !made { // of another resource, whose annotations it has
				each(facts.At(o, "metadata.annotations"), kind, o.Annotations, o.Labels)
			}
		}
	}
	for _, kind := range facts.PodMakers {
		for _, o := range s.WantedObjects(kind) {
			each(facts.At(o, "metadata.annotations"), kind, o.Annotations, o.Labels)
			if w := config.Spec[*config.Workload](o); w != nil {
				template := w.Spec.Template.Metadata
				each(facts.At(o, "spec.template.metadata.annotations"), "Pod", template.Annotations, template.Labels)
			}
		}
	}
}

// attaches reports whether Istio reads an annotation on a kind.
func attaches(known *annotation.Instance, kind string) bool {
	return slices.ContainsFunc(known.Resources, func(k annotation.ResourceTypes) bool { return k == annotation.Any || k.String() == kind })
}

// istioAnnotations are the annotations that Istio knows, by name.
var istioAnnotations = sync.OnceValue(func() map[string]*annotation.Instance {
	all := map[string]*annotation.Instance{}
	for _, a := range annotation.AllResourceAnnotations() {
		all[a.Name] = a
	}
	return all
})
