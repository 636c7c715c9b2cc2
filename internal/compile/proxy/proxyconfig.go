package proxy

import (
	meshconfig "istio.io/api/mesh/v1alpha1"

	"sem.example/internal/mesh"
	"sem.example/internal/mesh/routing"
)

// Config is the configuration of proxies as the mesh sets it; nil where it sets none.
func Config(view *mesh.View) *meshconfig.ProxyConfig {
	return view.Mesh.Settings.Config.GetDefaultConfig()
}

// KeepsCase reports whether the mesh wants the case of HTTP/1 header names kept.
func KeepsCase(view *mesh.View) bool {
	return view.Mesh.Settings.Config.GetDefaultConfig().GetProxyHeaders().GetPreserveHttp1HeaderCase().GetValue()
}

// CountsAttempts reports whether the upstream learns which attempt a request is.
func CountsAttempts(view *mesh.View) bool {
	return !Config(view).GetProxyHeaders().GetAttemptCount().GetDisabled().GetValue()
}

// HTTPProxyPort is the port at which sidecars serve as an HTTP proxy; 0 is none.
func HTTPProxyPort(view *mesh.View) uint32 {
	return uint32(view.Mesh.Settings.Config.GetProxyHttpPort())
}

// IsClient reports whether the proxy has the labels and is in the namespace that a match asks for.
func IsClient(view *mesh.View, want routing.Client) bool {
	return view.Proxy().Selected(want.Labels) && (want.Namespace == "" || view.Proxy().In(want.Namespace))
}
