package call

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

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
	Resolve   map[string]string   `json:"resolve,omitempty"`   // what DNS gives a proxy for HOST:PORT; either may be *
	Random    *int                `json:"random,omitempty"`    // 0 to 99, decides weighted choices; nil follows the likeliest and lists all
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
	Version        string            `json:"version,omitempty"`  // of Istio, as the proxy names it: "1.32.0"
	Metadata       map[string]string `json:"metadata,omitempty"` // of the proxy's node

	// Gateway is the Gateway that somebody named to find the proxy, as NAMESPACE/NAME. Other workloads may serve it, too.
	Gateway string `json:"-"`
}

// A scheme is what the beginning of a URL says about a call.
type scheme struct {
	protocol string
	tls      bool
	port     uint32
	grpc     bool
	upgrade  bool // to a WebSocket
}

var schemes = map[string]scheme{
	"http":  {protocol: "http", port: 80},
	"https": {protocol: "http", tls: true, port: 443},
	"grpc":  {protocol: "http2", port: 80, grpc: true},
	"grpcs": {protocol: "http2", tls: true, port: 443, grpc: true},
	"ws":    {protocol: "http", port: 80, upgrade: true},
	"wss":   {protocol: "http", tls: true, port: 443, upgrade: true},
	"tcp":   {protocol: "tcp"},
	"tls":   {protocol: "tcp", tls: true, port: 443},
}

// A requestURL is what a URL says of a request: where to, and what for.
type requestURL struct {
	scheme
	Authority, host, Path string
	port                  uint32
	wrongPort             string // the port as it is written, where no connection can have it
}

// ParseURL reads the URL. It does not resolve names, decode escapes or correct paths: a proxy must see what was written.
func (c *Call) ParseURL() requestURL {
	if c.URL == "" {
		return requestURL{Path: "/"}
	}
	name, rest, found := strings.Cut(c.URL, "://")
	if !found {
		name, rest = "http", c.URL
	}
	t := requestURL{scheme: schemes[strings.ToLower(name)], Authority: rest, Path: "/"}
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		t.Authority, t.Path = rest[:i], rest[i:]
	}
	if !strings.HasPrefix(t.Path, "/") {
		t.Path = "/" + t.Path
	}
	if i := strings.LastIndexByte(t.Authority, '@'); i >= 0 {
		t.Authority = t.Authority[i+1:]
	}
	t.host, t.port = SplitPort(t.Authority)
	if i := PortStart(t.Authority); i >= 0 && t.port == 0 && i < len(t.Authority)-1 && !bareIPv6(t.Authority) {
		t.wrongPort = t.Authority[i+1:]
	}
	return t
}

// Scheme is the scheme that a client of HTTP/2 names in its request.
func (u *requestURL) Scheme() string {
	if u.tls {
		return "https"
	}
	return "http"
}

// bareIPv6 reports whether an authority is an IPv6 address without brackets, whose last group is not a port.
func bareIPv6(authority string) bool {
	addr, err := netip.ParseAddr(authority)
	return err == nil && addr.Is6()
}

// Normal fills in what the URL says and what goes without saying. The error tells what a call lacks or contradicts.
func (c Call) Normal() (Call, error) {
	t := c.ParseURL()
	if c.URL != "" && t.protocol == "" {
		return c, fmt.Errorf("the URL %q has a scheme that sem does not know", c.URL)
	}
	if t.wrongPort != "" && c.Port == 0 {
		return c, fmt.Errorf("the URL %q has the port %q: use a number from 1 to 65535", c.URL, t.wrongPort)
	}
	c.fill(t)
	return c, c.check()
}

func (c *Call) fill(t requestURL) {
	preset(&c.Direction, "outbound")
	if c.Proxy.Type == "gateway" && c.Direction == "outbound" {
		c.Direction = "gateway"
	}
	if c.URL == "" {
		preset(&c.Protocol, "tcp")
	}
	preset(&c.Protocol, t.protocol)
	c.fillTLS(t)
	c.fillHeaders(t)
	if c.Protocol != "tcp" {
		preset(&c.Method, map[bool]string{true: "POST", false: "GET"}[t.grpc])
	}
	if c.Port == 0 {
		c.Port = t.port
	}
	if c.Port == 0 {
		c.Port = t.scheme.port
	}
	if _, err := netip.ParseAddr(t.host); err == nil {
		preset(&c.Address, t.host)
	}
}

// fillHeaders adds the headers that gRPC and WebSocket requests have by themselves.
func (c *Call) fillHeaders(t requestURL) {
	add := map[string]string{}
	if t.grpc {
		add["content-type"] = "application/grpc"
	}
	if t.upgrade {
		add["connection"], add["upgrade"] = "Upgrade", "websocket"
	}
	if len(add) == 0 {
		return
	}
	headers := map[string][]string{}
	for name, value := range add {
		headers[name] = []string{value}
	}
	for name, values := range c.Headers {
		delete(headers, strings.ToLower(name))
		headers[name] = values
	}
	c.Headers = headers
}

func (c *Call) fillTLS(t requestURL) {
	switch {
	case c.TLS != "":
	case c.Principal != "":
		c.TLS = "mtls"
	case t.tls || c.SNI != "":
		c.TLS = "tls"
	default:
		c.TLS = "plaintext"
	}
	if _, err := netip.ParseAddr(t.host); err != nil && c.TLS != "plaintext" {
		preset(&c.SNI, t.host)
	}
}

// preset gives an empty field its value.
func preset(field *string, value string) {
	if *field == "" {
		*field = value
	}
}

// The closed lists of a call's fields.
var (
	directions  = []string{"outbound", "inbound", "gateway"}
	protocols   = []string{"http", "http2", "tcp"}
	encryptions = []string{"plaintext", "tls", "mtls"}
)

func (c *Call) check() error {
	switch {
	case c.Port == 0 && !strings.HasPrefix(c.Address, "unix://"):
		return fmt.Errorf("the call to %q names no port", cmp.Or(c.URL, c.Address))
	case c.Port > 65535:
		return fmt.Errorf("the port is %d: use a number from 1 to 65535", c.Port)
	case !slices.Contains(directions, c.Direction):
		return fmt.Errorf("direction %q must be outbound, inbound or gateway", c.Direction)
	case !slices.Contains(protocols, c.Protocol):
		return fmt.Errorf("protocol %q must be http, http2 or tcp", c.Protocol)
	case !slices.Contains(encryptions, c.TLS):
		return fmt.Errorf("tls %q must be plaintext, tls or mtls", c.TLS)
	case c.Random != nil && (*c.Random < 0 || *c.Random > 99):
		return fmt.Errorf("the random number %d is not one of 0 to 99", *c.Random)
	case c.Source != "" && !isAddress(c.Source):
		return fmt.Errorf("the source %q is not an IP address", c.Source)
	case c.Protocol != "tcp" && c.URL == "":
		return fmt.Errorf("an HTTP call needs a URL")
	}
	return nil
}

func isAddress(text string) bool {
	_, err := netip.ParseAddr(text)
	return err == nil
}

// Inner is what the application speaks, inside its TLS if it has any.
func (c *Call) Inner() string {
	switch c.Protocol {
	case "http":
		return HTTP11
	case "http2":
		return HTTP2
	}
	return Payload
}
