package validate

import (
	"strings"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/lazy"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM077",
	Title:    "gateway name is malformed",
	Severity: diag.Error,
	Rejects:  true,
	Stage:    diag.NoStage,
	Why:      `A gateway is referred to as NAME (same namespace) or NAMESPACE/NAME. Istio still reads dotted names, with a warning.`,
	Fix:      `Write NAME or NAMESPACE/NAME, or mesh for all sidecars.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews.example.com]
  gateways: [./edge]
  http: [{route: [{destination: {host: reviews}}]}]
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews.example.com]
  gateways: [shop/edge]
  http: [{route: [{destination: {host: reviews}}]}]
`,
	Aliases: []string{"KIA1108"},
}, gatewayNames)

func gatewayNames(s *facts.Set, r *reporter) {
	facts.Each(s.Documents, "VirtualService", func(o *config.Object, spec *networking.VirtualService) {
		gateways(r, facts.At(o, "spec.gateways"), spec.Gateways, diag.Warned)
		for i, route := range spec.Http {
			for j, m := range route.GetMatch() {
				gateways(r, matchGateways(o, "http", i, j), m.GetGateways(), "")
			}
		}
		for i, route := range spec.Tls {
			for j, m := range route.GetMatch() {
				gateways(r, matchGateways(o, "tls", i, j), m.GetGateways(), diag.Warned)
			}
		}
		for i, route := range spec.Tcp {
			for j, m := range route.GetMatch() {
				gateways(r, matchGateways(o, "tcp", i, j), m.GetGateways(), "")
			}
		}
	})
}

func matchGateways(o *config.Object, protocol string, rule, match int) facts.Place {
	return facts.RuleAt(o, protocol, rule).Sub("match").Item(match).Sub("gateways")
}

// gateways checks a list of gateway names. Istio's webhook looks no further than the first name without a namespace; what it
// lets pass after that names no gateway all the same. Of former names it warns in some places only.
func gateways(r *reporter, at facts.Place, names []string, legacy diag.Admission) {
	malformed := diag.Rejected
	for i, name := range names {
		here := at.Item(i)
		if problem := gatewayName(name); problem != "" {
			f := r.at(here, "gateway %q %s", name, problem)
			if _, short, qualified := strings.Cut(name, "/"); qualified && label().MatchString(short) {
				f.help("write %s, or NAMESPACE/%s for a Gateway of another namespace", short, short)
			}
			f.Admission = malformed
		}
		if strings.Contains(name, "/") {
			continue
		}
		if parts := strings.Split(name, "."); len(parts) > 1 {
			f := r.at(here, "gateway %q uses the deprecated dotted form", name).severity(diag.Warning)
			f.Admission = legacy
			if gatewayName(name) == "" {
				f.help("write %s/%s", parts[1], parts[0])
			}
		}
		malformed, legacy = "", ""
	}
}

// gatewayName returns what is wrong with the name of a gateway.
func gatewayName(name string) string {
	namespace, short, qualified := strings.Cut(name, "/")
	switch {
	case !qualified && !isHostName(name):
		return "must be NAME or NAMESPACE/NAME"
	case !qualified:
		return ""
	case namespace == "":
		return "has no namespace before the slash"
	case !label().MatchString(namespace):
		return "has an invalid namespace before the slash"
	case short == "":
		return "has no name after the slash"
	case !label().MatchString(short):
		return "has an invalid name after the slash"
	}
	return ""
}

var (
	label   = lazy.Regexp(`^[a-zA-Z0-9]([-a-zA-Z0-9]{0,61}[a-zA-Z0-9])?$`)
	numeric = lazy.Regexp(`^[0-9]+$`)
)

// isHostName reports whether a text is a DNS name without wildcard. A final dot is allowed; a last label of digits is not, for that
// is how IP addresses look.
func isHostName(s string) bool {
	if len(s) > 255 {
		return false
	}
	labels := strings.Split(s, ".")
	last := len(labels) - 1
	if last > 0 && labels[last] == "" {
		labels = labels[:last]
	} else if numeric().MatchString(labels[last]) {
		return false
	}
	for _, l := range labels {
		if !label().MatchString(l) {
			return false
		}
	}
	return true
}
