package validate

import (
	networking "istio.io/api/networking/v1alpha3"
	security "istio.io/api/security/v1beta1"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM311",
	Title:    "DestinationRule sets mutual TLS that the server rejects",
	Severity: diag.Error,
	Stage:    diag.AtTLS,
	Why: `A PeerAuthentication with mode DISABLE makes the sidecars of the workloads take connections as plaintext. The DestinationRule makes clients
send mutual TLS: the server reads the handshake as a malformed request, and the connection fails. Without tls, clients decide by the policy. The
finding is a warning if the input has no workload of the service.`,
	Fix: `Remove tls from the DestinationRule, or set mode PERMISSIVE in the PeerAuthentication.`,
	Wrong: `
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {ports: [{name: http, port: 80}], selector: {app: web}}
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: default, namespace: shop}
spec: {mtls: {mode: DISABLE}}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: web, namespace: shop}
spec:
  host: web
  trafficPolicy:
    tls: {mode: ISTIO_MUTUAL}
`,
	Right: `
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {ports: [{name: http, port: 80}], selector: {app: web}}
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: default, namespace: shop}
spec: {mtls: {mode: DISABLE}}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: web, namespace: shop}
spec:
  host: web
  trafficPolicy:
    loadBalancer: {simple: ROUND_ROBIN}
`,
	Aliases: []string{"KIA0505", "KIA0506"},
}, refusedMutualTLS)

func refusedMutualTLS(s *facts.Set, r *reporter) {
	reported := map[facts.Place]bool{}
	report := func(at facts.Place, host string, by config.Place, certain bool) {
		if reported[at] || by.Object == nil {
			return
		}
		reported[at] = true
		f := r.at(at.Sub("mode"), "mode ISTIO_MUTUAL fails: the workloads of %q do not accept mutual TLS", host).related(by, "disabled here")
		if !certain {
			f.severity(diag.Warning)
		}
	}
	for _, x := range s.DestinationRules.WantedPortsWithTLS() {
		if x.TLS.Settings.GetMode() == networking.ClientTLSSettings_ISTIO_MUTUAL && !x.Service.External {
			by, certain := plaintextServer(s, x)
			report(x.TLS.Place, x.Service.Host, by, certain)
		}
	}
	for _, o := range s.WantedObjects("DestinationRule") {
		spec := config.Spec[*networking.DestinationRule](o)
		host := s.FullHost(spec.GetHost(), o)
		ns, kubernetes := s.Hosts.NamespaceOf(host)
		if !kubernetes || len(s.Hosts.Matching(host)) > 0 || spec.GetTrafficPolicy().GetTls().GetMode() != networking.ClientTLSSettings_ISTIO_MUTUAL {
			continue
		}
		report(facts.At(o, "spec.trafficPolicy.tls"), host, plaintextNamespace(s, ns), false)
	}
}

// plaintextServer returns where a policy says that a port takes plaintext only. It is certain where an endpoint is known.
func plaintextServer(s *facts.Set, x facts.PortTLS) (by config.Place, certain bool) {
	if all := s.Client(x.Service.Namespace).Endpoints(x.Service, x.Port); len(all) > 0 {
		for _, e := range all {
			server := s.Mesh.View(mesh.Proxy{Type: mesh.Sidecar, Namespace: e.Namespace, Labels: e.Labels, Name: e.Workload})
			mode, at := server.MutualTLS(e.Port)
			if !facts.InMesh(e) || mode != security.PeerAuthentication_MutualTLS_DISABLE {
				return config.Place{}, false
			}
			by = at
		}
		return by, true
	}
	if !x.Service.Kubernetes() || len(s.Gateways.SelectedBy(x.Service)) > 0 {
		return config.Place{}, false
	}
	return plaintextNamespace(s, x.Service.Namespace), false
}

// plaintextNamespace returns where the mode DISABLE is written for all workloads of a namespace, or the zero place.
func plaintextNamespace(s *facts.Set, namespace string) config.Place {
	d := s.MutualTLS.Mode(namespace)
	if d.Mode != security.PeerAuthentication_MutualTLS_DISABLE || s.MutualTLS.WithWorkloadPolicies()[namespace] {
		return config.Place{}
	}
	return d.By
}
