package registry

import (
	"strings"

	"sem.example/internal/config"
	"sem.example/internal/gatewayapi"
	"sem.example/internal/release"
)

// backendProtocols are the protocols of XBackends beside TCP, which stands for all others.
var backendProtocols = map[string]Protocol{
	"": HTTP, "HTTP": HTTP, "HTTP11": HTTP, "MCP": HTTP, "HTTP2": HTTP2, "H2C": HTTP2, "GRPC": GRPC,
}

// backendServices makes a service of the host of each XBackend, as istiod does: outside the mesh, resolved by DNS.
func (b *reader) backendServices() []*Service {
	if !b.settings.Release.Has(release.ExternalBackends) || !b.settings.Release.Has(release.AlphaGatewayAPI) {
		return nil
	}
	var out []*Service
	for _, o := range b.store.Objects(gatewayapi.ExperimentalGroup + "/XBackend") {
		spec := config.Spec[*gatewayapi.XBackend](o)
		if spec == nil || b.inCluster(spec.Host()) {
			continue
		}
		protocol, known := backendProtocols[spec.Spec.Protocol]
		if !known {
			protocol = TCP
		}
		out = append(out, &Service{
			Host: spec.Host(), Namespace: o.Namespace, Name: o.Name + "~" + gatewayapi.Generated,
			Ports:      []*Port{{Name: string(protocol), Number: spec.Spec.Port.Port, Protocol: protocol, Field: "spec.port.port"}},
			Resolution: DNSLoadBalanced, External: true, Labels: o.Labels,
			Object: o, Field: "spec.externalHostname.hostname", audience: b.entryAudience(nil, o.Namespace),
		})
	}
	return out
}

// inCluster reports whether a host cannot be that of an XBackend: it has none, or a name of a Service in the cluster or cluster set.
func (b *reader) inCluster(host string) bool {
	return host == "" || strings.HasSuffix(host, ".svc."+b.settings.Domain) || strings.HasSuffix(host, ".svc.clusterset.local")
}
