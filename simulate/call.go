package simulate

// A Call is a request as the application makes it: what it does at the socket and over it.
// It is also a line of "sem trace --batch", where everything but the proxy may be left out that the URL says.
type Call struct {
	ID        string              `json:"id,omitempty"`
	Proxy     Proxy               `json:"proxy"`
	Direction string              `json:"direction,omitempty"` // outbound (default), inbound, gateway
	Method    string              `json:"method,omitempty"`
	URL       string              `json:"url,omitempty"`
	Headers   map[string][]string `json:"headers,omitempty"`
	Address   string              `json:"address,omitempty"` // the destination that the application dials
	Port      uint32              `json:"port,omitempty"`
	Protocol  string              `json:"protocol,omitempty"` // http, http2, tcp
	TLS       string              `json:"tls,omitempty"`      // plaintext, tls, mtls
	SNI       string              `json:"sni,omitempty"`
	ALPN      string              `json:"alpn,omitempty"` // comma-separated
	Source    string              `json:"source,omitempty"`
	Principal string              `json:"principal,omitempty"` // the peer's SPIFFE identity, with mtls
}

// Proxy says which proxy a call goes through.
type Proxy struct {
	Type           string            `json:"type"` // sidecar, gateway
	Namespace      string            `json:"namespace"`
	Name           string            `json:"name"`
	Labels         map[string]string `json:"labels,omitempty"`
	IPs            []string          `json:"ips,omitempty"`
	Locality       string            `json:"locality,omitempty"`
	Network        string            `json:"network,omitempty"`
	ServiceAccount string            `json:"serviceAccount,omitempty"`
	DNSCapture     bool              `json:"dnsCapture,omitempty"`
}
