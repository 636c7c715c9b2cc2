package validate

import (
	networking "istio.io/api/networking/v1alpha3"
	security "istio.io/api/security/v1beta1"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/internal/source"
)

var _ = register(diag.Check{
	ID:       "SEM155",
	Title:    "clients send plaintext to a workload that demands mutual TLS",
	Severity: diag.Warning,
	Why: `Clients decide by themselves, endpoint by endpoint, whether to use the mesh's mutual TLS: for a ServiceEntry's endpoint or a
WorkloadEntry they do so only if it has a serviceAccount, or the label security.istio.io/tlsMode: istio. This one has neither, and so
gets plaintext, which a PeerAuthentication of mode STRICT makes its sidecar refuse. A machine without a sidecar does not look at the policy.`,
	Fix: `Write the serviceAccount that the workload runs as; or, where it has no sidecar, leave it out of the policy.`,
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

func plaintextWorkload(s *Scope, r *reporter) {
	told := map[place]bool{}
	for _, svc := range s.Mesh.Services {
		if svc.Kubernetes() || svc.External {
			continue
		}
		view := s.client(svc.Namespace)
		for _, port := range svc.Ports {
			if tlsTowards(view.DestinationRule(svc), "", port.Number).settings != nil {
				continue // SEM151 judges that
			}
			for _, e := range view.Endpoints(svc, port) {
				at := place{e.Object, e.Field}
				if inMesh(e) || e.IsUnix() || told[at] || view.ServerMutualTLS(e) != strict {
					continue
				}
				told[at] = true
				f := r.at(at, "clients send plaintext to %s, which has no serviceAccount, and mutual TLS is demanded there", e.Address)
				server := s.Mesh.View(mesh.Proxy{Type: mesh.Sidecar, Namespace: svc.Namespace, Labels: e.Labels, Name: e.Workload})
				if _, by := server.MutualTLS(e.Port); by.Object != nil {
					f.related(place{by.Object, by.Field}, "it is demanded here")
				}
			}
		}
	}
}

var _ = register(diag.Check{
	ID:       "SEM254",
	Title:    "endpoint has no identity that clients could verify",
	Severity: diag.Warning,
	Why: `With mutual TLS of the mesh a client accepts the identities of the service accounts that the endpoints of a host are known to run as.
Other endpoints of this host have one; this one has none, so that its certificate is refused, unless it happens to run as one of
theirs.`,
	Fix: `Write the serviceAccount that the workload runs as, or list its identity in the entry's subjectAltNames.`,
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

func namelessEndpoint(s *Scope, r *reporter) {
	told := map[place]bool{}
	for _, x := range s.securedPorts() {
		view := s.client(x.tls.object.Namespace)
		if x.tls.settings.GetMode() != networking.ClientTLSSettings_ISTIO_MUTUAL || x.service.Kubernetes() || x.service.External ||
			len(x.tls.settings.GetSubjectAltNames()) > 0 || len(x.service.SubjectAltNames) > 0 || len(view.Identities(x.service)) == 0 {
			continue
		}
		for _, e := range view.Endpoints(x.service, x.port) {
			at := place{e.Object, e.Field}
			if e.ServiceAccount == "" && !e.IsUnix() && !told[at] {
				told[at] = true
				r.at(at, "%s has no serviceAccount, and clients of %q accept those of the other endpoints only", e.Address, x.service.Host).
					related(x.tls.place, "mutual TLS is asked for here")
			}
		}
	}
}

var _ = register(diag.Check{
	ID:       "SEM258",
	Title:    "clients do not hear of the mutual TLS that a workload demands",
	Severity: diag.Error,
	Why: `Whether clients use mutual TLS by themselves is decided by the policy of the namespace or the mesh. That is DISABLE here, so they send
plaintext; a policy for some workloads does not change it, and its mode STRICT makes those refuse every client.`,
	Fix: `Let the namespace have mode PERMISSIVE instead of DISABLE, or set tls mode ISTIO_MUTUAL in a DestinationRule.`,
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

func unheardMutual(s *Scope, r *reporter) {
	secured := map[string]bool{} // namespaces for which some rule asks for mutual TLS
	for _, x := range s.securedPorts() {
		if x.tls.settings.GetMode() == networking.ClientTLSSettings_ISTIO_MUTUAL {
			secured[x.service.Namespace] = true
		}
	}
	for _, o := range s.subjects("PeerAuthentication") {
		spec := config.Spec[*security.PeerAuthentication](o)
		if len(spec.GetSelector().GetMatchLabels()) == 0 || secured[o.Namespace] || spec.GetMtls().GetMode() != strict {
			continue
		}
		if d := s.demandOf(o.Namespace); d.mode == security.PeerAuthentication_MutualTLS_DISABLE {
			r.at(place{o, "spec.mtls.mode"}, "clients send plaintext, because the policy of the namespace is DISABLE, and these workloads refuse it").
				related(place{d.by.Object, d.by.Field}, "clients go by this policy")
		}
	}
}

var _ = register(diag.Check{
	ID:       "SEM257",
	Title:    "Service for callers outside of the mesh leads to workloads that refuse them",
	Severity: diag.Warning,
	Why: `A Service of type NodePort or LoadBalancer lets callers in that have no sidecar and no certificate of the mesh. The sidecars of these
workloads demand mutual TLS (PeerAuthentication of mode STRICT), and reset such connections.`,
	Fix: `Let callers come in by a gateway; or set mode PERMISSIVE for the port (portLevelMtls) that they use.`,
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

func refusedCallers(s *Scope, r *reporter) {
	for _, svc := range s.subjectServices() {
		if svc.Type != "NodePort" && svc.Type != "LoadBalancer" || len(s.gatewaysBehind(svc)) > 0 {
			continue
		}
		for _, port := range svc.Ports {
			if by, ok := s.demanded(svc, port); ok {
				r.at(place{svc.Object, "spec.type"}, "callers from outside have no certificate of the mesh, which port %d demands", port.Number).
					related(place{by.Object, by.Field}, "it is demanded here")
				break
			}
		}
	}
}

// demanded returns the policy by which the workloads behind a port accept mutual TLS only; the second result is false where they
// accept more, or where the input cannot tell whether they have a sidecar.
func (s *Scope) demanded(svc *mesh.Service, port *mesh.Port) (mesh.Written, bool) {
	for _, w := range s.workloads(svc.Namespace, svc.Selector) {
		number, ok := portOf(w, port)
		if !ok || !s.injected(w) {
			continue
		}
		server := s.Mesh.View(mesh.Proxy{Type: mesh.Sidecar, Namespace: w.Namespace, Labels: mesh.WorkloadLabels(w), Name: w.Name})
		if mode, by := server.MutualTLS(number); mode == strict && by.Object != nil {
			return by, true
		}
	}
	return mesh.Written{}, false
}

var _ = register(diag.Check{
	ID:       "SEM262",
	Title:    "policies for workloads without a sidecar",
	Severity: diag.Info,
	Why: `A sidecar carries out what PeerAuthentication, AuthorizationPolicy, RequestAuthentication and Sidecar say. The label
istio-injection: disabled of the namespace, or the label sidecar.istio.io/inject: "false" of the workload, keeps it away, and the
policy has no effect there.`,
	Fix: `Inject sidecars, or leave the workloads out of the policy.`,
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

func powerlessPolicy(s *Scope, r *reporter) {
	for _, p := range s.workloadPolicies() {
		if len(p.selector) > 0 {
			picked := s.workloads(p.object.Namespace, p.selector)
			for _, w := range picked {
				if !refusesInjection(w) {
					picked = nil
				}
			}
			if len(picked) > 0 {
				r.at(p.place, "the workloads that this policy selects have no sidecar to carry it out").
					related(place{picked[0], "metadata.name"}, "%s asks for none", name(picked[0]))
			}
			continue
		}
		ns := s.Mesh.Object("Namespace", "", p.object.Namespace)
		if ns != nil && ns.Labels[injectionLabel] == "disabled" && p.object.Namespace != s.Mesh.Settings.Config.GetRootNamespace() {
			r.at(place{p.object, "metadata.name"}, "the workloads of namespace %s have no sidecar to carry this policy out", p.object.Namespace).
				related(place{ns, source.Join("metadata.labels", injectionLabel)}, "injection is turned off here")
		}
	}
}

// A workloadPolicy is a document that acts on the workloads of its namespace, or on those with certain labels.
type workloadPolicy struct {
	place    // of the labels
	selector map[string]string
}

// workloadPolicies returns the policies that sidecars carry out.
func (s *Scope) workloadPolicies() []workloadPolicy {
	var all []workloadPolicy
	for _, kind := range []string{"PeerAuthentication", "AuthorizationPolicy", "RequestAuthentication", "Sidecar"} {
		for _, o := range s.subjects(kind) {
			p := workloadPolicy{place: place{o, "spec.selector.matchLabels"}}
			switch spec := o.Spec.(type) {
			case *security.PeerAuthentication:
				p.selector = spec.GetSelector().GetMatchLabels()
			case *security.AuthorizationPolicy:
				p.selector = spec.GetSelector().GetMatchLabels()
				if len(spec.GetTargetRefs()) > 0 || spec.GetTargetRef() != nil {
					continue // a gateway or waypoint
				}
			case *security.RequestAuthentication:
				p.selector = spec.GetSelector().GetMatchLabels()
				if len(spec.GetTargetRefs()) > 0 || spec.GetTargetRef() != nil {
					continue
				}
			case *networking.Sidecar:
				p.selector, p.field = spec.GetWorkloadSelector().GetLabels(), "spec.workloadSelector.labels"
			}
			all = append(all, p)
		}
	}
	return all
}
