package validate

import (
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM092",
	Title:    "HTTP limits on a port that is not HTTP",
	Severity: diag.Warning,
	Stage:    diag.NoStage,
	Why:      `On a port of another protocol the proxy sees connections instead of requests: only TCP limits apply.`,
	Fix:      `Set the port's protocol to HTTP, HTTP2 or GRPC if applicable, or use tcp limits.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: db, namespace: shop}
spec:
  workloadSelector: {labels: {app: db}}
  ingress: [{port: {number: 5432, protocol: TCP, name: tcp}, connectionPool: {http: {http2MaxRequests: 10}}}]
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: db, namespace: shop}
spec:
  workloadSelector: {labels: {app: db}}
  ingress: [{port: {number: 5432, protocol: TCP, name: tcp}, connectionPool: {tcp: {maxConnections: 10}}}]
`,
}, httpLimits)

func httpLimits(s *facts.Set, r *reporter) {
	facts.Each(s.Documents, "Sidecar", func(o *config.Object, spec *networking.Sidecar) {
		for i, l := range spec.Ingress {
			protocol := l.GetPort().GetProtocol()
			if l.GetConnectionPool().GetHttp() != nil && !mesh.ParseProtocol(protocol).IsHTTP() {
				at := facts.At(o, "spec.ingress").Item(i).Sub("connectionPool.http")
				r.at(at, "HTTP limits have no effect on a port of protocol %s", called(protocol)).warned()
			}
		}
	})
}

// called is what a message calls a protocol that may be left out.
func called(protocol string) string {
	if protocol == "" {
		return "unknown"
	}
	return protocol
}
