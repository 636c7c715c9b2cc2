package validate

import (
	"strings"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM091",
	Title:    "egress host is listed twice or covered by another",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why:      `Another entry of the same listener already includes this host, so it has no effect. One of the two is probably a mistake.`,
	Fix:      `Remove one of the hosts.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: default, namespace: shop}
spec: {egress: [{hosts: ["./*", ./reviews.shop.svc.cluster.local]}]}
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: default, namespace: shop}
spec: {egress: [{hosts: ["./*", istio-system/*]}]}
`,
}, egressHosts)

func egressHosts(s *facts.Set, r *reporter) {
	facts.Each(s.Documents, "Sidecar", func(o *config.Object, spec *networking.Sidecar) {
		for i, l := range spec.Egress {
			duplicateHosts(r, facts.At(o, "spec.egress").Item(i).Sub("hosts"), l.GetHosts())
		}
	})
}

// duplicateHosts looks through the hosts of one listener. Those that leave a namespace out again (~) are none.
func duplicateHosts(r *reporter, at facts.Place, hosts []string) {
	seen := map[string]map[string]bool{} // by namespace
	for i, h := range hosts {
		namespace, host, ok := strings.Cut(h, "/")
		if !ok || strings.HasPrefix(namespace, "~") {
			continue
		}
		if namespace == "." {
			namespace = at.Object.Namespace
		}
		known := seen[namespace]
		if known[host] || known["*"] || host == "*" && len(known) > 0 {
			r.at(at.Item(i), "host %q overlaps with another host of the listener", h).warned()
		}
		if known == nil {
			known = map[string]bool{}
			seen[namespace] = known
		}
		known[host] = true
	}
	if seen["*"]["*"] && len(seen) > 1 {
		r.at(at, "*/* selects every host: the other hosts have no effect").warned()
	}
}
