package proxy

import (
	meshconfig "istio.io/api/mesh/v1alpha1"

	"sem.example/internal/compile/origin"
	"sem.example/internal/envoy"
	"sem.example/internal/mesh"
	"sem.example/internal/release"
)

// What happens to traffic for hosts that the proxy does not know: the modes of an outbound traffic policy. The Sidecar's
// own enumeration is a subset of the mesh's.
const (
	RegistryOnly = meshconfig.MeshConfig_OutboundTrafficPolicy_REGISTRY_ONLY
	AllowAny     = meshconfig.MeshConfig_OutboundTrafficPolicy_ALLOW_ANY
	AllowDynamic = meshconfig.MeshConfig_OutboundTrafficPolicy_ALLOW_ANY_DYNAMIC_DNS
)

// OutboundMode is the mode of the outbound traffic policy, as the release of the mesh knows it.
func OutboundMode(view *mesh.View) meshconfig.MeshConfig_OutboundTrafficPolicy_Mode {
	mode := meshconfig.MeshConfig_OutboundTrafficPolicy_Mode(view.Outbound.GetMode())
	if mode == AllowDynamic && !view.Mesh.Settings.Release.Has(release.AllowAnyDynamicDNS) {
		return RegistryOnly // what is not ALLOW_ANY is blocked
	}
	return mode
}

// OutboundPolicyOrigins is where the outbound traffic policy is written; none for the default.
func OutboundPolicyOrigins(view *mesh.View) []envoy.Origin {
	if at := view.Policy; at.Object != nil {
		return origin.DefinesTree(at.Object, at.Field)
	}
	return nil
}
