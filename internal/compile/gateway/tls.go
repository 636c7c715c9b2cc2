package gateway

import (
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/compile/filterchain"
	"sem.example/internal/compile/origin"
	"sem.example/internal/compile/tlscontext"
	"sem.example/internal/mesh"
)

// endTLS makes a chain take the connections for a server's hosts, and end their TLS.
func endTLS(view *mesh.View, d *filterchain.Chain, s *gatewayServer) {
	d.SNI = s.sni()
	d.Origins.Add("match", origin.DefinesTreeAt(s.HostsAt)...)
	d.TLS = tlscontext.Server(view, s.GetTls(), s.protocol)
	d.Origins.Add("tls", origin.DefinesTreeAt(s.TLSAt)...)
	if s.GetTls().GetMode() != networking.ServerTLSSettings_ISTIO_MUTUAL {
		d.Origins.Add("tls", origin.SettingTree(view, "tlsDefaults")...)
	}
}
