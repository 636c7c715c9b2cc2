package validate

import (
	"sem.example/internal/diag"
	"sem.example/internal/mesh"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM372",
	Title:    "ServiceEntry uses a port of the proxy itself",
	Severity: diag.Error,
	Stage:    diag.AtListener,
	Why: `Sidecars receive all connections on ports 15001 and 15006. For a TCP or TLS host without an address, Istio creates a listener for every
address on the host's port, and Envoy rejects the second listener of a port: depending on the order, sidecars lose the one that receives all
connections. For an HTTP host, Istio creates no listener, so its rules do not apply.`,
	Fix: `Use another port, or set addresses.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: ledger, namespace: shop}
spec:
  hosts: [ledger.example.com]
  ports: [{number: 15006, name: tls, protocol: TLS}]
  resolution: NONE
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: ledger, namespace: shop}
spec:
  hosts: [ledger.example.com]
  addresses: [192.0.2.8]
  ports: [{number: 15006, name: tls, protocol: TLS}]
  resolution: NONE
`,
}, ownPorts)

func ownPorts(s *facts.Set, r *reporter) {
	config := s.Mesh.Settings.Config
	own := map[uint32]bool{uint32(config.GetProxyListenPort()): true, uint32(config.GetProxyInboundListenPort()): true}
	for _, svc := range s.WantedServices() {
		if svc.Kubernetes() || svc.Resolution == mesh.Alias {
			continue
		}
		for _, p := range svc.Ports {
			switch {
			case !own[p.Number]:
			case p.Protocol.IsHTTP():
				r.at(facts.PortPlace(svc, p), "sidecars have no listener for %q on port %d, which is a port of the proxy itself", svc.Host, p.Number).severity(diag.Warning)
			case len(svc.Addresses) == 0 && (svc.Resolution == mesh.OriginalDst || !s.CapturesDNS()):
				r.at(facts.PortPlace(svc, p), "Envoy rejects the listener of %q on port %d, which is a port of the proxy itself", svc.Host, p.Number)
			}
		}
	}
}
