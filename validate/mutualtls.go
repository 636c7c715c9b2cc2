package validate

import (
	"slices"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM150",
	Title:    "ISTIO_MUTUAL for a server outside the mesh",
	Severity: diag.Error,
	Stage:    diag.AtTLS,
	Why: `With mode ISTIO_MUTUAL the proxy presents the workload's Istio certificate, and requires an Istio certificate from the server. A server
outside the mesh has no such certificate: the handshake fails, and the client receives 503 (response flag UF).`,
	Fix: `Use the mode that the server expects: none for plaintext, SIMPLE or MUTUAL for TLS; set location: MESH_INTERNAL in the ServiceEntry if the server has a sidecar.`,
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
	Aliases: []string{"IST0115"},
}, mutualOutside)

func mutualOutside(s *facts.Set, r *reporter) {
	reported := map[facts.Place]bool{}
	for _, x := range s.DestinationRules.WantedPortsWithTLS() {
		if x.TLS.Settings.GetMode() != networking.ClientTLSSettings_ISTIO_MUTUAL || reported[x.TLS.Place] {
			continue
		}
		endpoints := s.Client(x.TLS.Object.Namespace).Endpoints(x.Service, x.Port)
		plain := withoutSidecar(endpoints)
		switch {
		case x.Service.External && !slices.ContainsFunc(endpoints, facts.InMesh):
			reported[x.TLS.Place] = true
			r.at(x.TLS.Sub("mode"), "mode ISTIO_MUTUAL fails: %q is outside the mesh and has no Istio certificate", x.Service.Host).
				help("use mode SIMPLE or MUTUAL if the server expects TLS, or remove tls if it expects plaintext; if it has a sidecar, set location: MESH_INTERNAL").
				related(facts.At(x.Service.Object, x.Service.Field), "the ServiceEntry is MESH_EXTERNAL")
		case len(plain) > 0 && len(s.Gateways.SelectedBy(x.Service)) == 0: // a gateway has its certificate without that label
			reported[x.TLS.Place] = true
			r.at(x.TLS.Sub("mode"), "mode ISTIO_MUTUAL fails: an endpoint of %q has no sidecar and no Istio certificate", x.Service.Host).
				help("remove tls: with automatic mutual TLS, clients send plaintext to endpoints without a sidecar").
				related(facts.At(plain[0].Object, plain[0].Field), "%s has no sidecar", plain[0].Address)
		}
	}
}

// withoutSidecar returns the endpoints that plainly have no certificate of Istio: Pods that run without the label that injection
// writes, and do not serve a Gateway of the Gateway API.
func withoutSidecar(endpoints []*mesh.Endpoint) []*mesh.Endpoint {
	return slices.DeleteFunc(slices.Clone(endpoints), func(e *mesh.Endpoint) bool {
		kind := ""
		if e.Object != nil {
			kind = e.Object.Kind
		}
		return e.TLSMode == "istio" || e.Labels[mesh.LabelGateway] != "" || kind != "Pod" && (kind != "EndpointSlice" || e.Workload == "")
	})
}

var _ = register(diag.Check{
	ID:       "SEM151",
	Title:    "DestinationRule disables mutual TLS that the server requires",
	Severity: diag.Error,
	Stage:    diag.AtTLS,
	Why: `A PeerAuthentication with mode STRICT makes the sidecars of the workloads accept mutual TLS only. The DestinationRule makes clients send
something else, so the connection is reset. Without tls, clients use mutual TLS automatically. The
finding is a warning if the input has no workload of the service.`,
	Fix: `Remove tls from the DestinationRule.`,
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

func refusedPlaintext(s *facts.Set, r *reporter) {
	reported := map[facts.Place]bool{}
	for _, x := range s.DestinationRules.WantedPortsWithTLS() {
		if x.TLS.Settings.GetMode() == networking.ClientTLSSettings_ISTIO_MUTUAL || x.Service.External || reported[x.TLS.Place] {
			continue
		}
		server, certain := strictServer(s, x)
		if server == nil {
			continue
		}
		reported[x.TLS.Place] = true
		f := r.at(x.TLS.Sub("mode"), "tls mode %s fails: the workloads of %q accept mutual TLS only", x.TLS.Settings.GetMode(), x.Service.Host).
			related(facts.At(server, "spec.mtls.mode"), "required here")
		if !certain {
			f.severity(diag.Warning)
		}
	}
}

// strictServer returns the PeerAuthentication by which a port accepts nothing but mutual TLS, or nil. It is certain where an
// endpoint is known to have a sidecar; where none is known, policies for the whole namespace or mesh count.
func strictServer(s *facts.Set, x facts.PortTLS) (policy *config.Object, certain bool) {
	if all := s.Client(x.Service.Namespace).Endpoints(x.Service, x.Port); len(all) > 0 {
		e := all[0]
		if !facts.InMesh(e) {
			return nil, false
		}
		server := s.Mesh.View(mesh.Proxy{Type: mesh.Sidecar, Namespace: e.Namespace, Labels: e.Labels, Name: e.Workload})
		mode, at := server.MutualTLS(e.Port)
		if mode == facts.Strict && at.Object != nil {
			return at.Object, true
		}
		return nil, false
	}
	if !x.Service.Kubernetes() || s.Workloads.RefuseSidecars(x.Service) {
		return nil, false
	}
	if d := s.MutualTLS.Mode(x.Service.Namespace); d.Mode == facts.Strict && !s.MutualTLS.WithWorkloadPolicies()[x.Service.Namespace] {
		return d.By.Object, false
	}
	return nil, false
}
