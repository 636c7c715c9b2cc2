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
	ID:       "SEM155",
	Title:    "clients send plaintext to a workload that requires mutual TLS",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `With automatic mutual TLS, clients decide for each endpoint: for an endpoint of a ServiceEntry or a WorkloadEntry they use mutual TLS only
if it has a serviceAccount or the label security.istio.io/tlsMode: istio. This one has neither and receives plaintext, which a
PeerAuthentication with mode STRICT rejects. A machine without a sidecar ignores the policy.`,
	Fix: `Set the serviceAccount of the workload; if it has no sidecar, exclude it from the policy.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: db, namespace: shop}
spec:
  hosts: [db.shop.internal]
  ports: [{number: 80, name: http, protocol: HTTP}]
  location: MESH_INTERNAL
  resolution: STATIC
  workloadSelector: {labels: {app: db}}
---
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: db-1, namespace: shop}
spec: {address: 192.0.2.7, labels: {app: db}}
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: default, namespace: shop}
spec: {mtls: {mode: STRICT}}
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: db, namespace: shop}
spec:
  hosts: [db.shop.internal]
  ports: [{number: 80, name: http, protocol: HTTP}]
  location: MESH_INTERNAL
  resolution: STATIC
  workloadSelector: {labels: {app: db}}
---
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: db-1, namespace: shop}
spec: {address: 192.0.2.7, labels: {app: db}, serviceAccount: db}
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: default, namespace: shop}
spec: {mtls: {mode: STRICT}}
`,
}, plaintextWorkload)

func plaintextWorkload(s *facts.Set, r *reporter) {
	reported := map[facts.Place]bool{}
	for _, svc := range s.Mesh.Services {
		if svc.Kubernetes() || svc.External {
			continue
		}
		view := s.Client(svc.Namespace)
		for _, port := range svc.Ports {
			if facts.TLSTowards(view.DestinationRule(svc), "", port.Number).Settings != nil {
				continue // SEM151 judges that
			}
			for _, e := range view.Endpoints(svc, port) {
				at := facts.At(e.Object, e.Field)
				mode, _ := view.ServerMutualTLS(e)
				if facts.InMesh(e) || e.IsUnix() || reported[at] || mode != facts.Strict {
					continue
				}
				reported[at] = true
				f := r.at(at, "clients send plaintext to %s, which requires mutual TLS: it has no serviceAccount", e.Address).help("set serviceAccount for the endpoint")
				server := s.Mesh.View(mesh.Proxy{Type: mesh.Sidecar, Namespace: svc.Namespace, Labels: e.Labels, Name: e.Workload})
				if _, by := server.MutualTLS(e.Port); by.Object != nil {
					f.related(facts.At(by.Object, by.Field), "required here")
				}
			}
		}
	}
}

var _ = register(diag.Check{
	ID:       "SEM254",
	Title:    "endpoint without a service account",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `With mutual TLS, a client accepts the identities of the service accounts of a host's endpoints. Other endpoints of this host have one;
this one has none, so its certificate is rejected unless it uses one of theirs.`,
	Fix: `Set the serviceAccount of the workload, or list its identity in subjectAltNames of the ServiceEntry.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: db, namespace: shop}
spec:
  hosts: [db.shop.internal]
  ports: [{number: 80, name: http, protocol: HTTP}]
  location: MESH_INTERNAL
  resolution: STATIC
  endpoints:
  - {address: 192.0.2.7, serviceAccount: db}
  - {address: 192.0.2.8}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: db, namespace: shop}
spec:
  host: db.shop.internal
  trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: db, namespace: shop}
spec:
  hosts: [db.shop.internal]
  ports: [{number: 80, name: http, protocol: HTTP}]
  location: MESH_INTERNAL
  resolution: STATIC
  endpoints:
  - {address: 192.0.2.7, serviceAccount: db}
  - {address: 192.0.2.8, serviceAccount: db}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: db, namespace: shop}
spec:
  host: db.shop.internal
  trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}
`,
}, namelessEndpoint)

func namelessEndpoint(s *facts.Set, r *reporter) {
	reported := map[facts.Place]bool{}
	for _, x := range s.DestinationRules.PortsWithTLS() {
		view := s.Client(x.TLS.Object.Namespace)
		if x.TLS.Settings.GetMode() != networking.ClientTLSSettings_ISTIO_MUTUAL || x.Service.Kubernetes() || x.Service.External ||
			len(x.TLS.Settings.GetSubjectAltNames()) > 0 || len(x.Service.SubjectAltNames) > 0 || len(view.Identities(x.Service)) == 0 {
			continue
		}
		for _, e := range view.Endpoints(x.Service, x.Port) {
			at := facts.At(e.Object, e.Field)
			if e.ServiceAccount == "" && !e.IsUnix() && !reported[at] {
				reported[at] = true
				r.at(at, "TLS to %s fails: it has no serviceAccount, and clients of %q accept only the identities of the other endpoints", e.Address, x.Service.Host).
					help("set serviceAccount for the endpoint").
					related(x.TLS.Place, "mutual TLS is set here")
			}
		}
	}
}

var _ = register(diag.Check{
	ID:       "SEM258",
	Title:    "workload policy requires mutual TLS, but clients send plaintext",
	Severity: diag.Error,
	Stage:    diag.NoStage,
	Why: `For automatic mutual TLS, istiod uses the PeerAuthentication of the server's namespace, or else of the mesh; it does not use policies with a
selector. The mode there is DISABLE, so clients send plaintext to every workload of the namespace. Workloads whose own policy is STRICT
reject it.`,
	Fix: `Set mode PERMISSIVE in the policy of the namespace or mesh, or tls mode ISTIO_MUTUAL in a DestinationRule for these workloads.`,
	Wrong: `
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: default, namespace: shop}
spec: {mtls: {mode: DISABLE}}
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: vault, namespace: shop}
spec:
  selector: {matchLabels: {app: vault}}
  mtls: {mode: STRICT}
`,
	Right: `
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: default, namespace: shop}
spec: {mtls: {mode: PERMISSIVE}}
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: vault, namespace: shop}
spec:
  selector: {matchLabels: {app: vault}}
  mtls: {mode: STRICT}
`,
}, unheardMutual)

func unheardMutual(s *facts.Set, r *reporter) {
	secured := map[string]bool{} // namespaces for which some rule asks for mutual TLS
	for _, x := range s.DestinationRules.PortsWithTLS() {
		if x.TLS.Settings.GetMode() == networking.ClientTLSSettings_ISTIO_MUTUAL {
			secured[x.Service.Namespace] = true
		}
	}
	for _, o := range s.WantedObjects("PeerAuthentication") {
		spec := config.Spec[*security.PeerAuthentication](o)
		if len(spec.GetSelector().GetMatchLabels()) == 0 || secured[o.Namespace] || spec.GetMtls().GetMode() != facts.Strict {
			continue
		}
		if d := s.MutualTLS.Mode(o.Namespace); d.Mode == security.PeerAuthentication_MutualTLS_DISABLE {
			r.at(facts.At(o, "spec.mtls.mode"), "clients send plaintext, because the policy of the namespace is DISABLE, and these workloads accept mutual TLS only").
				related(facts.At(d.By.Object, d.By.Field), "clients use this policy")
		}
	}
}

var _ = register(diag.Check{
	ID:       "SEM257",
	Title:    "external Service leads to workloads that require mutual TLS",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why: `A Service of type NodePort or LoadBalancer accepts clients outside the mesh, which have no Istio certificate. The sidecars of these
workloads require mutual TLS (PeerAuthentication with mode STRICT) and reset such connections.`,
	Fix: `Route external clients through a gateway, or set mode PERMISSIVE for the port in portLevelMtls.`,
	Wrong: `
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {type: LoadBalancer, selector: {app: web}, ports: [{name: http, port: 80, targetPort: 8080}]}
---
apiVersion: v1
kind: Pod
metadata: {name: web-0, namespace: shop, labels: {app: web, security.istio.io/tlsMode: istio}}
spec: {containers: [{name: web, image: web}]}
status: {podIP: 192.0.2.1, phase: Running, conditions: [{type: Ready, status: "True"}]}
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: default, namespace: shop}
spec: {mtls: {mode: STRICT}}
`,
	Right: `
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {type: ClusterIP, selector: {app: web}, ports: [{name: http, port: 80, targetPort: 8080}]}
---
apiVersion: v1
kind: Pod
metadata: {name: web-0, namespace: shop, labels: {app: web, security.istio.io/tlsMode: istio}}
spec: {containers: [{name: web, image: web}]}
status: {podIP: 192.0.2.1, phase: Running, conditions: [{type: Ready, status: "True"}]}
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: default, namespace: shop}
spec: {mtls: {mode: STRICT}}
`,
}, refusedCallers)

func refusedCallers(s *facts.Set, r *reporter) {
	for _, svc := range s.WantedServices() {
		if svc.Type != "NodePort" && svc.Type != "LoadBalancer" || len(s.Gateways.SelectedBy(svc)) > 0 {
			continue
		}
		for _, port := range svc.Ports {
			if by, ok := demanded(s, svc, port); ok {
				r.at(facts.At(svc.Object, "spec.type"), "external clients have no Istio certificate, which port %d requires", port.Number).
					related(facts.At(by.Object, by.Field), "required here")
				break
			}
		}
	}
}

// demanded returns the policy by which the workloads behind a port accept mutual TLS only; the second result is false where they
// accept more, or where the input cannot tell whether they have a sidecar.
func demanded(s *facts.Set, svc *mesh.Service, port *mesh.Port) (config.Place, bool) {
	for _, w := range s.Workloads.Labelled(svc.Namespace, svc.Selector) {
		number, ok := facts.PodPort(w, port)
		if !ok || !s.Workloads.HasSidecar(w) {
			continue
		}
		server := s.Mesh.View(mesh.Proxy{Type: mesh.Sidecar, Namespace: w.Namespace, Labels: mesh.WorkloadLabels(w), Name: w.Name})
		if mode, by := server.MutualTLS(number); mode == facts.Strict && by.Object != nil {
			return by, true
		}
	}
	return config.Place{}, false
}

var _ = register(diag.Check{
	ID:       "SEM262",
	Title:    "policy for workloads without a sidecar",
	Severity: diag.Info,
	Stage:    diag.NoStage,
	Why: `The sidecar enforces PeerAuthentication, AuthorizationPolicy, RequestAuthentication and Sidecar. The namespace label istio-injection:
disabled, or the workload label sidecar.istio.io/inject: "false", prevents injection, and the policy has no effect.`,
	Fix: `Inject sidecars, or exclude the workloads from the policy.`,
	Wrong: `
apiVersion: apps/v1
kind: Deployment
metadata: {name: legacy, namespace: shop}
spec:
  template:
    metadata: {labels: {app: legacy, sidecar.istio.io/inject: "false"}}
    spec: {containers: [{name: legacy, image: legacy}]}
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: legacy, namespace: shop}
spec:
  selector: {matchLabels: {app: legacy}}
  rules: [{from: [{source: {namespaces: [shop]}}]}]
`,
	Right: `
apiVersion: apps/v1
kind: Deployment
metadata: {name: legacy, namespace: shop}
spec:
  template:
    metadata: {labels: {app: legacy}}
    spec: {containers: [{name: legacy, image: legacy}]}
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: legacy, namespace: shop}
spec:
  selector: {matchLabels: {app: legacy}}
  rules: [{from: [{source: {namespaces: [shop]}}]}]
`,
	Aliases: []string{"IST0102", "IST0103"},
}, powerlessPolicy)

func powerlessPolicy(s *facts.Set, r *reporter) {
	for _, p := range s.Workloads.WantedPolicies() {
		if len(p.Selector) > 0 {
			picked := s.Workloads.Labelled(p.Object.Namespace, p.Selector)
			for _, w := range picked {
				if !facts.RefusesInjection(w) {
					picked = nil
				}
			}
			if len(picked) > 0 {
				r.at(p.Place, "the policy has no effect: the selected workloads have no sidecar").
					related(facts.At(picked[0], "metadata.name"), "%s disables injection", name(picked[0]))
			}
			continue
		}
		ns := s.Mesh.Object("Namespace", "", p.Object.Namespace)
		if ns != nil && ns.Labels[facts.InjectionLabel] == "disabled" && p.Object.Namespace != s.Mesh.Settings.Config.GetRootNamespace() {
			r.at(facts.At(p.Object, "metadata.name"), "the policy has no effect: the workloads of namespace %s have no sidecar", p.Object.Namespace).
				related(facts.At(ns, "metadata.labels").Key(facts.InjectionLabel), "injection is disabled here")
		}
	}
}
