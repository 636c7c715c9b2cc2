package registry

import (
	"slices"
	"strings"
)

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

// IsHTTP reports whether the proxy reads the port's traffic as HTTP.
func (p Protocol) IsHTTP() bool {
	switch p {
	case HTTP, HTTP2, HTTPProxy, GRPC, GRPCWeb:
		return true
	}
	return false
}

// IsHTTP2 reports whether the port speaks HTTP/2.
func (p Protocol) IsHTTP2() bool { return p == HTTP2 || p == GRPC || p == GRPCWeb }

// IsTLS reports whether the application encrypts.
func (p Protocol) IsTLS() bool { return p == HTTPS || p == TLS }

// IsTCP reports whether the port's traffic is opaque to the proxy.
func (p Protocol) IsTCP() bool {
	switch p {
	case TCP, HTTPS, TLS, Mongo, Redis, MySQL:
		return true
	}
	return false
}

// protocols are the names that documents may use, in lower case.
var protocols = map[string]Protocol{
	"tcp": TCP, "udp": UDP, "http": HTTP, "http_proxy": HTTPProxy, "http2": HTTP2, "grpc": GRPC, "grpc-web": GRPCWeb,
	"https": HTTPS, "tls": TLS, "mongo": Mongo, "redis": Redis, "mysql": MySQL,
}

// ParseProtocol reads a protocol's name, whatever its case. An unknown name is to be detected, as an empty one is.
func ParseProtocol(name string) Protocol { return protocols[strings.ToLower(name)] }

// serverFirst are the ports of SMTP, DNS, MySQL and MongoDB. Their servers speak first, so that waiting for the client's
// bytes would stall them: without a protocol they are TCP.
var serverFirst = []uint32{25, 53, 3306, 27017}

// appProtocols are the application protocols that Kubernetes itself names.
var appProtocols = map[string]Protocol{
	"kubernetes.io/h2c": HTTP2,
	"kubernetes.io/ws":  HTTP,
	"kubernetes.io/wss": HTTPS,
}

// servicePortProtocol selects the protocol of a port of a Kubernetes Service: by transport, then by appProtocol, else by
// the part of the port's name before the first hyphen.
func servicePortProtocol(number uint32, name, transport string, appProtocol *string) Protocol {
	if transport == "UDP" {
		return UDP
	}
	if appProtocol != nil {
		name = *appProtocol
		if p, ok := appProtocols[name]; ok {
			return p
		}
	}
	if strings.HasPrefix(strings.ToLower(name), "grpc-web") {
		return GRPCWeb
	}
	prefix, _, _ := strings.Cut(name, "-")
	p := ParseProtocol(prefix)
	if p == Detected && slices.Contains(serverFirst, number) {
		return TCP
	}
	return p
}
