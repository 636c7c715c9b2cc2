package explain

import (
	"strings"

	"sem.example/simulate/decision"
)

// conditionText is what a condition demands of a request.
func conditionText(c decision.Condition) string {
	text := ""
	switch c.Subject {
	case decision.Path:
		text = "path " + c.Text.String()
	case decision.Header:
		text = headerName(c.Name) + " " + c.Text.String()
	case decision.Query:
		text = "query parameter " + c.Name + " " + c.Text.String()
	case decision.Cookie:
		text = "cookie " + c.Name + " " + c.Text.String()
	case decision.Metadata:
		text = metadataName(c) + " " + c.Text.String()
	case decision.ConnectRequest:
		text = "it is a CONNECT request"
	case decision.GRPCRequest:
		text = "it is a gRPC request"
	case decision.CertificatePresented:
		text = "the client presents a certificate"
	case decision.CertificateValid:
		text = "the client's certificate is valid"
	case decision.FilterState:
		text = "a filter has set a state that sem does not model"
	}
	if c.Inverted {
		return "not (" + text + ")"
	}
	return text
}

func differenceText(d decision.Difference) string {
	switch d {
	case decision.OnlyCase:
		return "only the case differs: set ignoreUriCase to ignore it"
	case decision.OnlyFinalSlash:
		return "only the trailing slash differs"
	case decision.OnlyQuery:
		return "paths are matched without the query string"
	case decision.OnlyPart:
		return "it must match the whole path, not a part"
	}
	return ""
}

// failedText is what a request would need to meet a condition: `header x-tester must be "yes" (not sent)`.
func failedText(r decision.FailedCondition) string {
	text, ok := demandText(r.Condition)
	if !ok {
		text = "condition not met: " + conditionText(r.Condition)
	}
	if r.Missing && r.Condition.Text.Test != decision.Present {
		text += " (not sent)"
	}
	if d := differenceText(r.Difference); d != "" {
		text += "; " + d
	}
	return text
}

// demandText words a condition on a text as a demand, and reports whether it is one.
func demandText(c decision.Condition) (string, bool) {
	subject, ok := map[decision.Subject]string{
		decision.Path: "path", decision.Header: headerName(c.Name), decision.Query: "query parameter " + c.Name, decision.Cookie: "cookie " + c.Name,
		decision.Metadata: metadataName(c),
	}[c.Subject]
	verb, rest, _ := strings.Cut(c.Text.String(), " ")
	verb, known := infinitives[verb]
	if c.Inverted {
		verb = "not " + verb
	}
	return subject + " must " + verb + " " + rest, ok && known
}

// infinitives are the verbs of tests of a text, as they follow "must".
var infinitives = map[string]string{"is": "be", "starts": "start", "ends": "end", "contains": "contain", "matches": "match"}

// headerName names what a condition on a header is about. Envoy tests the method, the authority and the scheme as headers.
func headerName(name string) string {
	if pseudo, ok := strings.CutPrefix(name, ":"); ok {
		return pseudo
	}
	return "header " + name
}

// metadataName names what filters learnt of a request: for most conditions, a claim of its token.
func metadataName(c decision.Condition) string {
	if claim, ok := strings.CutPrefix(c.Name, "payload."); ok && c.Filter == "envoy.filters.http.jwt_authn" {
		return "claim " + claim
	}
	return c.Name + " of " + c.Filter
}
