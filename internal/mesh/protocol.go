package mesh

// A Protocol is the application protocol of a port, in istiod's spelling; the empty value is to be detected.
type Protocol string

// The protocols.
const (
	Detected  Protocol = ""
	TCP       Protocol = "TCP"
	UDP       Protocol = "UDP"
	HTTP      Protocol = "HTTP"
	HTTPProxy Protocol = "HTTP_PROXY"
	HTTP2     Protocol = "HTTP2"
	GRPC      Protocol = "GRPC"
	GRPCWeb   Protocol = "GRPC-Web"
	HTTPS     Protocol = "HTTPS"
	TLS       Protocol = "TLS"
	Mongo     Protocol = "Mongo"
	Redis     Protocol = "Redis"
	MySQL     Protocol = "MySQL"
)

// IsHTTP says whether the proxy reads the port's traffic as HTTP.
func (p Protocol) IsHTTP() bool {
	switch p {
	case HTTP, HTTP2, HTTPProxy, GRPC, GRPCWeb:
		return true
	}
	return false
}

// IsHTTP2 says whether the port speaks HTTP/2.
func (p Protocol) IsHTTP2() bool { return p == HTTP2 || p == GRPC || p == GRPCWeb }

// IsTLS says whether the application encrypts.
func (p Protocol) IsTLS() bool { return p == HTTPS || p == TLS }

// IsTCP says whether the port's traffic is opaque to the proxy.
func (p Protocol) IsTCP() bool {
	switch p {
	case TCP, HTTPS, TLS, Mongo, Redis, MySQL:
		return true
	}
	return false
}
