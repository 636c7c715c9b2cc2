package validate

import (
	"net/netip"
	"slices"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM394",
	Title:    "listeners of a Sidecar share an address of IPv6",
	Severity: diag.Warning,
	Stage:    diag.AtListener,
	Why: `A workload with addresses of IPv4 and IPv6 listens for hosts without an address on 0.0.0.0 and :: together. A listener of the Sidecar
with bind: "::" has one of these addresses as well, Envoy runs the one that it receives first, and istiod sends them in no order.`,
	Fix: `Remove bind: the listener is then for both families.`,
	Wrong: `
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}}
spec: {containers: [{name: web, image: web}]}
status: {phase: Running, podIP: 10.1.0.1, podIPs: [{ip: 10.1.0.1}, {ip: "fd00::1"}]}
---
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: default, namespace: shop}
spec:
  egress:
  - {port: {number: 80, name: http, protocol: HTTP}, bind: "::", hosts: [shop/*]}
  - {hosts: [istio-system/*]}
`,
	Right: `
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}}
spec: {containers: [{name: web, image: web}]}
status: {phase: Running, podIP: 10.1.0.1, podIPs: [{ip: 10.1.0.1}, {ip: "fd00::1"}]}
---
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: default, namespace: shop}
spec:
  egress:
  - {port: {number: 80, name: http, protocol: HTTP}, hosts: [shop/*]}
  - {hosts: [istio-system/*]}
`,
}, sharedWildcard)

func sharedWildcard(s *facts.Set, r *reporter) {
	facts.Each(s.Documents, "Sidecar", func(o *config.Object, spec *networking.Sidecar) {
		for i, l := range spec.Egress {
			if addr, err := netip.ParseAddr(l.GetBind()); err != nil || addr != netip.IPv6Unspecified() {
				continue
			}
			other := slices.IndexFunc(spec.Egress, func(other *networking.IstioEgressListener) bool {
				number := other.GetPort().GetNumber()
				return other.GetBind() == "" && (number == 0 || number == l.GetPort().GetNumber())
			})
			pods := s.Workloads.Selected(o.Namespace, spec.GetWorkloadSelector().GetLabels())
			if at := slices.IndexFunc(pods, ofBothFamilies); at >= 0 && other >= 0 {
				r.at(facts.At(o, "spec.egress").Item(i).Sub("bind"), "Envoy runs this listener or that of another egress: both have the address [::]:%d on %s %s/%s", l.GetPort().GetNumber(), pods[at].Kind, pods[at].Namespace, pods[at].Name).
					related(facts.At(o, "spec.egress").Item(other), "other listeners of port %d come from here", l.GetPort().GetNumber())
			}
		}
	})
}

// ofBothFamilies reports whether a Pod has an address of IPv4 and one of IPv6.
func ofBothFamilies(o *config.Object) bool {
	pod, ok := o.Spec.(*config.Pod)
	if !ok {
		return false
	}
	var v4, v6 bool
	for _, own := range pod.Status.PodIPs {
		if addr, err := netip.ParseAddr(own.IP); err == nil {
			v4, v6 = v4 || addr.Is4(), v6 || addr.Is6()
		}
	}
	return v4 && v6
}
