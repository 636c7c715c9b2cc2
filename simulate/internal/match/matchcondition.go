package match

import (
	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"

	"sem.example/simulate/decision"
	"sem.example/simulate/internal/request"
)

// NewConditions compiles what a route demands beside the path.
func NewConditions(m *routev3.RouteMatch) []Condition {
	var out []Condition
	if m.GetGrpc() != nil {
		out = append(out, isGRPC)
	}
	for _, h := range m.GetHeaders() {
		out = append(out, NewRouteHeader(h))
	}
	for _, q := range m.GetQueryParameters() {
		out = append(out, newQuery(q))
	}
	for _, c := range m.GetCookies() {
		out = append(out, newCookie(c))
	}
	if t := m.GetTlsContext(); t != nil {
		out = append(out, newPeerCondition(t)...)
	}
	for _, d := range m.GetDynamicMetadata() {
		test := NewMetadata(d)
		out = append(out, Condition{func(r *request.Request) bool { return test(r.Metadata) }, decision.Condition{
			Subject: decision.Metadata, Name: metadataPath(d), Filter: d.GetFilter(), Text: ValueText(d.GetValue()), Inverted: d.GetInvert(),
		}})
	}
	if len(m.GetFilterState()) > 0 {
		out = append(out, Condition{func(*request.Request) bool { return false }, decision.Condition{Subject: decision.FilterState}})
	}
	return out
}

func newPeerCondition(t *routev3.RouteMatch_TlsContextMatchOptions) []Condition {
	var out []Condition
	if want := t.GetPresented(); want != nil {
		out = append(out, Condition{func(r *request.Request) bool { return (r.Principal != "") == want.GetValue() }, decision.Condition{Subject: decision.CertificatePresented}})
	}
	if want := t.GetValidated(); want != nil {
		out = append(out, Condition{func(r *request.Request) bool { return (r.Principal != "") == want.GetValue() }, decision.Condition{Subject: decision.CertificateValid}})
	}
	return out
}
