package facts

import (
	"strings"

	"sem.example/internal/mesh"
)

// A PortUse holds the services whose port falls on the listener for every address.
type PortUse struct{ Http, TLS []*mesh.Service }

// OnAnyAddress returns what falls on the listener for every address, by port: HTTP hosts always do, TLS hosts without an address.
func (s *Hosts) OnAnyAddress() map[uint32]PortUse {
	return s.anyAddress.get(func() map[uint32]PortUse {
		listeners := map[uint32]PortUse{}
		for _, svc := range s.docs.Mesh.Services {
			for _, p := range svc.Ports {
				use := listeners[p.Number]
				switch {
				case svc.Resolution == mesh.Alias:
				case p.Protocol.IsHTTP():
					use.Http = append(use.Http, svc)
				case p.Protocol.IsTLS() && len(svc.Addresses) == 0 && !svc.Kubernetes():
					use.TLS = append(use.TLS, svc)
				}
				listeners[p.Number] = use
			}
		}
		return listeners
	})
}

// CapturesDNS reports whether the mesh lets all proxies answer DNS queries.
func (s *Documents) CapturesDNS() bool {
	return strings.EqualFold(s.Mesh.Settings.Config.GetDefaultConfig().GetProxyMetadata()["ISTIO_META_DNS_CAPTURE"], "true")
}
