package call

// The protocols that a connection's first bytes may be, in the words that Envoy's inspectors use.
const (
	http10  = "http/1.0"
	HTTP11  = "http/1.1"
	HTTP2   = "h2c"
	Payload = "" // neither HTTP nor TLS, or unread
)

// The transport protocols of a connection, in the words of a filter chain match.
const (
	RawBuffer = "raw_buffer"
	TLSBytes  = "tls"
)
