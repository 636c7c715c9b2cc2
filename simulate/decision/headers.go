package decision

// A HeaderRule is why the connection manager takes a client's header off, or writes it anew, before it looks for a route.
type HeaderRule int

// The rules about headers of the client.
const (
	HopByHop            HeaderRule = iota + 1 // it is about the connection of the client
	EnvoyInternal                             // it directs Envoy, which strangers must not do
	NoPeerCertificate                         // the client's certificate, of which there is none
	CertificateWithheld                       // the proxy never forwards it
	WrittenByProxy                            // the proxy writes it itself
	MalformedReferer
)

// MadeValue replaces in a header a value that the proxy makes up, such as that of a cookie for a consistent hash.
const MadeValue = "%HASH%"

// HeadersSanitised are headers of the client that the connection manager takes off or writes anew.
type HeadersSanitised struct {
	Rule  HeaderRule
	Names []string
}

func (HeadersSanitised) reason() {}
