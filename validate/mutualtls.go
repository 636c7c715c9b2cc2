package validate

import (
	"slices"

	networking "istio.io/api/networking/v1alpha3"
	security "istio.io/api/security/v1beta1"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
)

var _ = register(diag.Check{
	ID:       "SEM150",
	Title:    "mutual TLS of the mesh towards a server outside of it",
	Severity: diag.Error,
	Why: `Mode ISTIO_MUTUAL presents the workload's mesh certificate and asks the server for one of the same mesh. A server without sidecar
has none: the handshake fails, and the proxy answers 503 with the flag UF. Without a tls block Istio would decide by itself, endpoint
by endpoint.`,
	Fix: `Use mode SIMPLE or MUTUAL for an outside server that wants TLS, DISABLE for one that does not; or take the tls block out.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: DNS
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec:
  host: api.example.com
  trafficPolicy:
    tls: {mode: ISTIO_MUTUAL}
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  ports: [{number: 80, name: http, protocol: HTTP, targetPort: 443}]
  resolution: DNS
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: shop}
spec:
  host: api.example.com
  trafficPolicy:
    tls: {mode: SIMPLE}
`,
}, mutualOutside)

func mutualOutside(s *Scope, r *reporter) {
	told := map[place]bool{}
	for _, x := range s.securedSubjects() {
		if x.tls.settings.GetMode() != networking.ClientTLSSettings_ISTIO_MUTUAL || told[x.tls.place] {
			continue
		}
		endpoints := s.client(x.tls.object.Namespace).Endpoints(x.service, x.port)
		plain := withoutSidecar(endpoints)
		switch {
		case x.service.External && !slices.ContainsFunc(endpoints, inMesh):
			told[x.tls.place] = true
			r.at(x.tls.at("mode"), "%q is outside of the mesh and has no certificate of it", x.service.Host).
				related(place{x.service.Object, x.service.Field}, "the entry is MESH_EXTERNAL")
		case len(plain) > 0 && len(s.gatewaysBehind(x.service)) == 0: // a gateway has its certificate without that label
			told[x.tls.place] = true
			r.at(x.tls.at("mode"), "an endpoint of %q has no sidecar to show a certificate of the mesh", x.service.Host).
				related(place{plain[0].Object, plain[0].Field}, "%s has none", plain[0].Address)
		}
	}
}

// withoutSidecar returns the endpoints that plainly have no sidecar: Pods that run without the label that injection writes.
func withoutSidecar(endpoints []*mesh.Endpoint) []*mesh.Endpoint {
	return slices.DeleteFunc(slices.Clone(endpoints), func(e *mesh.Endpoint) bool {
		kind := ""
		if e.Object != nil {
			kind = e.Object.Kind
		}
		return e.TLSMode == "istio" || kind != "Pod" && (kind != "EndpointSlice" || e.Workload == "")
	})
}

func inMesh(e *mesh.Endpoint) bool { return e.TLSMode == "istio" }

var _ = register(diag.Check{
	ID:       "SEM151",
	Title:    "client does not speak the mutual TLS that the server demands",
	Severity: diag.Error,
	Why: `A PeerAuthentication of mode STRICT makes the sidecars of the workloads refuse everything but the mesh's mutual TLS. The
DestinationRule makes clients send something else, so the connection is reset. Without a tls block clients would use mutual TLS by
themselves.`,
	Fix: `Take the tls block out of the DestinationRule.`,
	Wrong: `
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {ports: [{name: http, port: 80}], selector: {app: web}}
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: default, namespace: shop}
spec: {mtls: {mode: STRICT}}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: web, namespace: shop}
spec:
  host: web
  trafficPolicy:
    tls: {mode: DISABLE}
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
spec: {mtls: {mode: STRICT}}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: web, namespace: shop}
spec:
  host: web
  trafficPolicy:
    loadBalancer: {simple: ROUND_ROBIN}
`,
	Aliases: []string{"KIA0207", "KIA0208"},
}, refusedPlaintext)

func refusedPlaintext(s *Scope, r *reporter) {
	told := map[place]bool{}
	for _, x := range s.securedSubjects() {
		if x.tls.settings.GetMode() == networking.ClientTLSSettings_ISTIO_MUTUAL || x.service.External || told[x.tls.place] {
			continue
		}
		server, certain := s.strictServer(x)
		if server == nil {
			continue
		}
		told[x.tls.place] = true
		f := r.at(x.tls.at("mode"), "mode %s is refused by the workloads of %q, which demand mutual TLS", x.tls.settings.GetMode(), x.service.Host).
			related(place{server, "spec.mtls.mode"}, "it is demanded here")
		if !certain {
			f.severity(diag.Warning)
		}
	}
}

// strictServer returns the PeerAuthentication by which a port accepts nothing but mutual TLS, or nil. It is certain where an
// endpoint is known to have a sidecar; where none is known, policies for the whole namespace or mesh count.
func (s *Scope) strictServer(x secured) (policy *config.Object, certain bool) {
	if all := s.client(x.service.Namespace).Endpoints(x.service, x.port); len(all) > 0 {
		e := all[0]
		if !inMesh(e) {
			return nil, false
		}
		server := s.Mesh.View(mesh.Proxy{Type: mesh.Sidecar, Namespace: e.Namespace, Labels: e.Labels, Name: e.Workload})
		mode, at := server.MutualTLS(e.Port)
		if mode == strict && at.Object != nil {
			return at.Object, true
		}
		return nil, false
	}
	if !x.service.Kubernetes() || s.uninjected(x.service) {
		return nil, false
	}
	if d := s.demandOf(x.service.Namespace); d.mode == strict && !s.relaxed()[x.service.Namespace] {
		return d.by.Object, false
	}
	return nil, false
}

const strict = security.PeerAuthentication_MutualTLS_STRICT

// A demand is the mode of mutual TLS in which the ordinary workloads of a namespace take connections, and where it is written.
type demand struct {
	mode security.PeerAuthentication_MutualTLS_Mode
	by   mesh.Written
}

func (s *Scope) demandOf(namespace string) demand {
	return s.demands.get(namespace, func() demand {
		mode, by := s.client(namespace).MutualTLS(0)
		return demand{mode, by}
	})
}

// relaxed returns the namespaces of which a PeerAuthentication sets another mode for some workloads.
func (s *Scope) relaxed() map[string]bool {
	return s.lax.get(func() map[string]bool {
		relaxed := map[string]bool{}
		for _, o := range s.Mesh.Objects("PeerAuthentication") {
			if len(config.Spec[*security.PeerAuthentication](o).GetSelector().GetMatchLabels()) > 0 {
				relaxed[o.Namespace] = true
			}
		}
		return relaxed
	})
}
