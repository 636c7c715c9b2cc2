package validate

import (
	"slices"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM040",
	Title:    "exportTo is contradictory",
	Severity: diag.Error,
	Rejects:  true,
	Stage:    diag.NoStage,
	Why: `exportTo lists the namespaces that see the resource. * (all) and ~ (none) cannot be combined with other values, and no namespace may be
repeated; . is the resource's namespace. A DestinationRule with a workloadSelector is visible in its own namespace only.`,
	Fix: `Use [.], [*] or a list of namespaces.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: DNS
  exportTo: ["*", web]
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: DNS
  exportTo: [., web]
`,
}, exportTo)

func exportTo(s *facts.Set, r *reporter) {
	facts.Each(s.Documents, "ServiceEntry", func(o *config.Object, spec *networking.ServiceEntry) { exports(r, o, spec.ExportTo) })
	facts.Each(s.Documents, "VirtualService", func(o *config.Object, spec *networking.VirtualService) { exports(r, o, spec.ExportTo) })
	facts.Each(s.Documents, "DestinationRule", func(o *config.Object, spec *networking.DestinationRule) {
		exports(r, o, spec.ExportTo)
		if spec.WorkloadSelector != nil {
			selectedExports(r, o, spec.ExportTo)
		}
	})
}

func exports(r *reporter, o *config.Object, namespaces []string) {
	seen := map[string]bool{}
	for i, ns := range namespaces {
		at := facts.At(o, "spec.exportTo").Item(i)
		if ns == "." {
			ns = o.Namespace
		}
		switch {
		case seen[ns]:
			r.at(at, "namespace %q is listed twice", ns).help("remove one of the two").rejected()
		case len(namespaces) > 1 && (ns == "*" || ns == "~"):
			r.at(at, "%q means %s namespace and cannot be combined with other values", ns, quantity(ns)).
				help("remove %q, or the other values", ns).rejected()
		}
		seen[ns] = true
	}
}

func quantity(export string) string {
	if export == "*" {
		return "every"
	}
	return "no"
}

// selectedExports reports a rule for selected clients that is exported beyond their namespace.
func selectedExports(r *reporter, o *config.Object, namespaces []string) {
	beyond := slices.IndexFunc(namespaces, func(ns string) bool { return ns != "." && ns != o.Namespace })
	if beyond >= 0 {
		at := facts.At(o, "spec.exportTo").Item(beyond)
		r.at(at, "a DestinationRule with a workloadSelector applies to clients in %s only and cannot be exported to %q", o.Namespace, namespaces[beyond]).
			help("write exportTo: [.], or remove workloadSelector").rejected()
	}
}
