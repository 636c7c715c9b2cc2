package validate

import (
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM060",
	Title:    "DestinationRule defines a subset twice",
	Severity: diag.Error,
	Rejects:  true,
	Stage:    diag.NoStage,
	Why:      `Destinations refer to a subset by name, which must be unique in the DestinationRule.`,
	Fix:      `Use a unique name for each subset.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: reviews, namespace: shop}
spec:
  host: reviews
  subsets: [{name: v1, labels: {version: v1}}, {name: v1, labels: {version: v2}}]
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: reviews, namespace: shop}
spec:
  host: reviews
  subsets: [{name: v1, labels: {version: v1}}, {name: v2, labels: {version: v2}}]
`,
}, subsetNames)

func subsetNames(s *facts.Set, r *reporter) {
	facts.Each(s.Documents, "DestinationRule", func(o *config.Object, spec *networking.DestinationRule) {
		seen := map[string]int{}
		for i, subset := range spec.Subsets {
			at := func(i int) facts.Place { return facts.At(o, "spec.subsets").Item(i).Sub("name") }
			if first, twice := seen[subset.GetName()]; twice {
				r.at(at(i), "subset %q is defined twice", subset.GetName()).related(at(first), "first defined here").rejected()
				continue
			}
			seen[subset.GetName()] = i
		}
	})
}
