package validate

import (
	meshconfig "istio.io/api/mesh/v1alpha1"
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM371",
	Title:    "Envoy rejects the cluster of a DYNAMIC_DNS host",
	Severity: diag.Error,
	Stage:    diag.AtCluster,
	Why: `With resolution DYNAMIC_DNS the proxy resolves the name in the request. Envoy runs such a cluster with options for HTTP only if it verifies
the certificate of that name. HTTP/2, a port without protocol, idle timeouts and limits of requests are such options; in plaintext there is
no certificate. Envoy rejects the cluster, and requests to the host receive 503.`,
	Fix: `Originate TLS in a DestinationRule, or use protocol HTTP and no settings for idle connections and requests.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: partners, namespace: shop}
spec:
  hosts: ["*.example.com"]
  ports: [{number: 7070, name: grpc, protocol: GRPC}]
  resolution: DYNAMIC_DNS
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: partners, namespace: shop}
spec:
  hosts: ["*.example.com"]
  ports: [{number: 7070, name: grpc, protocol: GRPC}]
  resolution: DYNAMIC_DNS
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: partners, namespace: shop}
spec:
  host: "*.example.com"
  trafficPolicy: {tls: {mode: SIMPLE}}
`,
}, refusedName)

func refusedName(s *facts.Set, r *reporter) {
	for _, svc := range s.Mesh.Services {
		if svc.Resolution != mesh.DynamicDNS {
			continue
		}
		rule := s.Client(svc.Namespace).DestinationRule(svc)
		for _, p := range svc.Ports {
			used := rule.For(p.Number, "")
			if s.DestinationRules.EverEncrypt(svc, p) || used.TLS.Value.GetMode() != networking.ClientTLSSettings_DISABLE {
				continue
			}
			why := optionsForHTTP(s, p.Protocol, used.ConnectionPool.Value)
			if why == "" {
				continue
			}
			f := r.at(facts.PortPlace(svc, p), "Envoy rejects the cluster of %q, port %d: %s needs TLS to a host that the proxy resolves by the request", svc.Host, p.Number, why)
			if rule != nil {
				f.related(facts.At(rule.Object, "spec.host"), "this DestinationRule does not originate TLS for the port")
			}
		}
	}
}

// optionsForHTTP returns what gives the cluster of a port options for HTTP; "" for nothing.
func optionsForHTTP(s *facts.Set, protocol mesh.Protocol, pool *networking.ConnectionPoolSettings) string {
	h, tcp := pool.GetHttp(), pool.GetTcp()
	upgrades := h.GetH2UpgradePolicy() == networking.ConnectionPoolSettings_HTTPSettings_UPGRADE ||
		h.GetH2UpgradePolicy() == networking.ConnectionPoolSettings_HTTPSettings_DEFAULT && protocol.IsHTTP() &&
			s.Mesh.Settings.Config.GetH2UpgradePolicy() == meshconfig.MeshConfig_UPGRADE
	switch {
	case protocol.IsHTTP2() || upgrades && !h.GetUseClientProtocol():
		return "HTTP/2"
	case protocol == mesh.Detected:
		return "a port without protocol"
	case h.GetUseClientProtocol():
		return "connectionPool.http.useClientProtocol"
	case h.GetIdleTimeout() != nil:
		return "connectionPool.http.idleTimeout"
	case tcp.GetIdleTimeout() != nil:
		return "connectionPool.tcp.idleTimeout"
	case tcp.GetMaxConnectionDuration() != nil:
		return "connectionPool.tcp.maxConnectionDuration"
	case h.GetMaxRequestsPerConnection() > 0:
		return "connectionPool.http.maxRequestsPerConnection"
	case h.GetMaxConcurrentStreams() > 0:
		return "connectionPool.http.maxConcurrentStreams"
	case h.GetHttp2KeepAlive() != nil:
		return "connectionPool.http.http2KeepAlive"
	}
	return ""
}
