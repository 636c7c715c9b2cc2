package xds

// What proxies of the mesh offer as application protocols when they speak mutual TLS to each other: for traffic that the
// client's proxy knows to be HTTP, and for any other.
var (
	MeshHTTP = []string{"istio-http/1.0", "istio-http/1.1", "istio-h2"}
	MeshTCP  = []string{"istio-peer-exchange", "istio"}
	MeshAny  = []string{"istio", "istio-peer-exchange", "istio-http/1.0", "istio-http/1.1", "istio-h2"}
)
