package registry

// An Interception is how a sidecar gets the connections of its workload.
type Interception string

// The ways. A proxy that says something else, or nothing, is redirected to.
const (
	Redirect   Interception = "REDIRECT"
	TProxy     Interception = "TPROXY" // keeps the client's address
	NotAtAll   Interception = "NONE"   // the application dials the proxy
	metaMode                = "INTERCEPTION_MODE"
	metaHTTP10              = "HTTP10"
)

// Interception returns how the proxy gets connections, by what its node says.
func (p Proxy) Interception() Interception {
	switch mode := Interception(p.Metadata[metaMode]); mode {
	case TProxy, NotAtAll:
		return mode
	}
	return Redirect
}

// AcceptsHTTP10 reports whether the proxy's node asks for HTTP/1.0.
func (p Proxy) AcceptsHTTP10() bool { return p.Metadata[metaHTTP10] == "1" }

// annotationMode is the annotation of a Pod that the injector makes the interception mode of.
const annotationMode = "sidecar.istio.io/interceptionMode"

// withInterception adds to a proxy the mode that the annotation of a Pod, or of a template of Pods, sets.
func (p Proxy) withInterception(annotations map[string]string) Proxy {
	if mode := annotations[annotationMode]; mode != "" {
		p.Metadata = united(map[string]string{metaMode: mode}, p.Metadata)
	}
	return p
}
