package explain

import (
	"strings"

	"sem.example/simulate/decision"
)

// headersText says which headers of the client the connection manager takes off or writes anew, and why.
func headersText(r decision.HeadersSanitised) string {
	return strings.Join(r.Names, ", ") + ": " + headerRules[r.Rule]
}

var headerRules = map[decision.HeaderRule]string{
	decision.HopByHop:            "a header about the client's own connection goes no further",
	decision.EnvoyInternal:       "the proxy takes such a header from its own mesh only",
	decision.NoPeerCertificate:   "the client shows no certificate",
	decision.CertificateWithheld: "the proxy does not forward it here",
	decision.WrittenByProxy:      "the proxy writes it itself and does not keep the client's value",
	decision.MalformedReferer:    "the value is not the address of a page",
}
