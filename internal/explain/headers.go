package explain

import (
	"strings"

	"sem.example/simulate/decision"
)

// headersText returns which headers of the client the connection manager takes off or writes anew, and why.
func headersText(r decision.HeadersSanitised) string {
	return strings.Join(r.Names, ", ") + ": " + headerRules[r.Rule]
}

var headerRules = map[decision.HeaderRule]string{
	decision.HopByHop:            "hop-by-hop header, not forwarded",
	decision.EnvoyInternal:       "accepted from within the mesh only",
	decision.NoPeerCertificate:   "the client presents no certificate",
	decision.CertificateWithheld: "the proxy does not forward it here",
	decision.WrittenByProxy:      "overwritten by the proxy",
	decision.MalformedReferer:    "the value is not a valid URL",
}
