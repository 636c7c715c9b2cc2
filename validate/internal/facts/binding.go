package facts

import (
	"slices"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/mesh"
)

// GatewaysOf returns the gateways that a VirtualService is bound to, by full name; "mesh" stands for the sidecars.
func GatewaysOf(o *config.Object) []string {
	names := config.Spec[*networking.VirtualService](o).GetGateways()
	if len(names) == 0 {
		return []string{mesh.MeshGateway}
	}
	full := make([]string, len(names))
	for i, n := range names {
		full[i] = FullGateway(n, o)
	}
	return full
}

// FullGateway is the full name of a gateway that an object names.
func FullGateway(name string, o *config.Object) string {
	if name == mesh.MeshGateway {
		return name
	}
	return mesh.FullGateway(name, o.Namespace)
}

// IsBoundTo reports whether a VirtualService is bound to a gateway.
func IsBoundTo(o *config.Object, gateway string) bool { return slices.Contains(GatewaysOf(o), gateway) }

// OnlyGateways reports whether a VirtualService is for gateways and not for the sidecars of the mesh.
func OnlyGateways(spec *networking.VirtualService) bool {
	return len(spec.Gateways) > 0 && !slices.Contains(spec.Gateways, "mesh")
}
