package validate

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/diag"
	"sem.example/internal/lazy"
	"sem.example/validate/internal/facts"
)

var _ = register(diag.Check{
	ID:       "SEM383",
	Title:    "variable of a header value that Envoy rejects",
	Severity: diag.Error,
	Stage:    diag.NoStage,
	Why: `In the value of a header, %NAME% and %NAME(arguments)% are variables of Envoy. Envoy rejects the whole route table, including the routes of
other hosts, if it does not know the name, if the arguments are missing or not allowed, or if a header name in them is malformed.`,
	Fix: `Use a variable that Envoy has, such as %REQ(x-id)%, or write %% for a percent sign.`,
	Wrong: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  gateways: [ingress/edge]
  http:
  - headers: {request: {set: {x-client: "%CLIENT_IP%"}}}
    route: [{destination: {host: api.example.com}}]
`,
	Right: `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: shop}
spec:
  hosts: [api.example.com]
  gateways: [ingress/edge]
  http:
  - headers: {request: {set: {x-client: "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%"}}}
    route: [{destination: {host: api.example.com}}]
`,
}, headerVariables)

func headerVariables(s *facts.Set, r *reporter) {
	for _, o := range s.WantedObjects("VirtualService") {
		for i, rule := range config.Spec[*networking.VirtualService](o).GetHttp() {
			at := facts.RuleAt(o, "http", i)
			variablesIn(r, at.Sub("headers"), rule.GetHeaders())
			for j, d := range rule.GetRoute() {
				variablesIn(r, at.Sub("route").Item(j).Sub("headers"), d.GetHeaders())
			}
		}
	}
}

// variablesIn looks at the values of one place.
func variablesIn(r *reporter, at facts.Place, h *networking.Headers) {
	for _, op := range []struct {
		field  string
		values map[string]string
	}{
		{"request.set", h.GetRequest().GetSet()}, {"request.add", h.GetRequest().GetAdd()},
		{"response.set", h.GetResponse().GetSet()}, {"response.add", h.GetResponse().GetAdd()},
	} {
		for _, header := range slices.Sorted(maps.Keys(op.values)) {
			for _, v := range variable().FindAllStringSubmatch(op.values[header], -1) {
				if wrong := wrongVariable(v[1], v[2], v[3]); v[0] != "%%" && wrong != "" {
					r.at(at.Sub(op.field).Key(header), "Envoy rejects the route table: %s in %s", wrong, v[0])
					break
				}
			}
		}
	}
}

// variable matches an escaped percent sign, or a variable with its arguments and its length.
var variable = lazy.Regexp(`%%|%([^%(:]+)(\([^)]*\))?(:[0-9]+)?%`)

// wrongVariable returns why Envoy does not take a variable, or "". Arguments have their parentheses.
func wrongVariable(name, args, length string) string {
	inside := strings.TrimSuffix(strings.TrimPrefix(args, "("), ")")
	switch takes, known := variables()[name]; {
	case !known:
		return fmt.Sprintf("there is no variable %s", name)
	case takes == nothing && (inside != "" || length != ""):
		return fmt.Sprintf("%s takes no arguments and no length", name)
	case takes == nothing || takes == anything:
	case inside == "":
		return fmt.Sprintf("%s needs an argument", name)
	case takes == header && strings.Count(inside, "?") > 1:
		return "there is more than one alternative header"
	case takes == header && !argumentHeader().MatchString(inside):
		return fmt.Sprintf("%q is not a header name", inside)
	}
	return ""
}

// argumentHeader matches a header name and an alternative; either may be missing.
var argumentHeader = lazy.Regexp(`^(:?[A-Za-z0-9_.~!#$&'*+^|-]*)(\?:?[A-Za-z0-9_.~!#$&'*+^|-]*)?$`)

// What a variable takes in its parentheses.
const (
	nothing = iota
	anything
	something
	header
)

// variables are those of Envoy, with what they take.
var variables = sync.OnceValue(func() map[string]int {
	all := map[string]int{}
	for takes, names := range map[int]string{
		header:    "REQ RESP TRAILER REQUEST_HEADER RESPONSE_HEADER RESPONSE_TRAILER STREAM_INFO_REQ",
		something: "PER_REQUEST_STATE CEL CLUSTER_METADATA COALESCE COMMON_DURATION DYNAMIC_METADATA ENVIRONMENT FILTER_STATE METADATA QUERY_PARAM UPSTREAM_FILTER_STATE UPSTREAM_METADATA",
		anything: `DOWNSTREAM_PEER_CERT_V_END DOWNSTREAM_PEER_CERT_V_START EMIT_TIME EMIT_TIME_LOCAL GRPC_STATUS PATH QUERY_PARAMS START_TIME START_TIME_LOCAL
			UPSTREAM_PEER_CERT_V_END UPSTREAM_PEER_CERT_V_START`,
		nothing: plainVariables,
	} {
		for name := range strings.FieldsSeq(names) {
			all[name] = takes
		}
	}
	return all
})

// plainVariables are the variables of Envoy that take no arguments.
const plainVariables = `
ACCESS_LOG_TYPE BYTES_RECEIVED BYTES_RETRANSMITTED BYTES_SENT CONNECTION_ID CONNECTION_TERMINATION_DETAILS CUSTOM_FLAGS
DOWNSTREAM_CX_RTT DOWNSTREAM_DECOMPRESSED_HEADER_BYTES_RECEIVED DOWNSTREAM_DECOMPRESSED_HEADER_BYTES_SENT
DOWNSTREAM_DETECTED_CLOSE_TYPE DOWNSTREAM_DIRECT_LOCAL_ADDRESS DOWNSTREAM_DIRECT_LOCAL_ADDRESS_ENDPOINT_ID
DOWNSTREAM_DIRECT_LOCAL_ADDRESS_WITHOUT_PORT DOWNSTREAM_DIRECT_LOCAL_PORT DOWNSTREAM_DIRECT_REMOTE_ADDRESS
DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT DOWNSTREAM_DIRECT_REMOTE_PORT DOWNSTREAM_HANDSHAKE_DURATION
DOWNSTREAM_HEADER_BYTES_RECEIVED DOWNSTREAM_HEADER_BYTES_SENT DOWNSTREAM_LOCAL_ADDRESS DOWNSTREAM_LOCAL_ADDRESS_ENDPOINT_ID
DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT DOWNSTREAM_LOCAL_CLOSE_REASON DOWNSTREAM_LOCAL_DNS_SAN DOWNSTREAM_LOCAL_EMAIL_SAN
DOWNSTREAM_LOCAL_IP_SAN DOWNSTREAM_LOCAL_OTHERNAME_SAN DOWNSTREAM_LOCAL_PORT DOWNSTREAM_LOCAL_SUBJECT DOWNSTREAM_LOCAL_URI_SAN
DOWNSTREAM_PEER_CERT DOWNSTREAM_PEER_CHAIN_FINGERPRINTS_1 DOWNSTREAM_PEER_CHAIN_FINGERPRINTS_256 DOWNSTREAM_PEER_CHAIN_SERIALS
DOWNSTREAM_PEER_DNS_SAN DOWNSTREAM_PEER_EMAIL_SAN DOWNSTREAM_PEER_FINGERPRINT_1 DOWNSTREAM_PEER_FINGERPRINT_256
DOWNSTREAM_PEER_IP_SAN DOWNSTREAM_PEER_ISSUER DOWNSTREAM_PEER_ISSUER_FINGERPRINT_256 DOWNSTREAM_PEER_ISSUER_SERIAL
DOWNSTREAM_PEER_OTHERNAME_SAN DOWNSTREAM_PEER_SERIAL DOWNSTREAM_PEER_SUBJECT DOWNSTREAM_PEER_URI_SAN DOWNSTREAM_REMOTE_ADDRESS
DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT DOWNSTREAM_REMOTE_PORT DOWNSTREAM_TLS_CIPHER DOWNSTREAM_TLS_GROUP DOWNSTREAM_TLS_SESSION_ID
DOWNSTREAM_TLS_VERSION DOWNSTREAM_TRANSPORT_FAILURE_REASON DOWNSTREAM_WIRE_BYTES_RECEIVED DOWNSTREAM_WIRE_BYTES_SENT DURATION
FILTER_CHAIN_NAME GRPC_STATUS_NUMBER HOSTNAME LOCAL_REPLY_BODY PROTOCOL REQUESTED_SERVER_NAME REQUEST_DURATION
REQUEST_HEADERS_BYTES REQUEST_TX_DURATION RESPONSE_CODE RESPONSE_CODE_DETAILS RESPONSE_DURATION RESPONSE_FLAGS RESPONSE_FLAGS_LONG
RESPONSE_HEADERS_BYTES RESPONSE_TRAILERS_BYTES RESPONSE_TX_DURATION ROUNDTRIP_DURATION ROUTE_NAME SPAN_ID STREAM_ID
TLS_JA3_FINGERPRINT TLS_JA4_FINGERPRINT TRACE_ID UNIQUE_ID UPSTREAM_CLUSTER UPSTREAM_CLUSTER_RAW UPSTREAM_CONNECTION_ID
UPSTREAM_CONNECTION_IDS_ATTEMPTED UPSTREAM_CONNECTION_POOL_READY_DURATION UPSTREAM_DECOMPRESSED_HEADER_BYTES_RECEIVED
UPSTREAM_DECOMPRESSED_HEADER_BYTES_SENT UPSTREAM_DETECTED_CLOSE_TYPE UPSTREAM_HEADER_BYTES_RECEIVED UPSTREAM_HEADER_BYTES_SENT
UPSTREAM_HOST UPSTREAM_HOSTS_ATTEMPTED UPSTREAM_HOSTS_ATTEMPTED_WITHOUT_PORT UPSTREAM_HOST_NAME UPSTREAM_HOST_NAMES_ATTEMPTED
UPSTREAM_HOST_NAMES_ATTEMPTED_WITHOUT_PORT UPSTREAM_HOST_NAME_WITHOUT_PORT UPSTREAM_LOCAL_ADDRESS
UPSTREAM_LOCAL_ADDRESS_WITHOUT_PORT UPSTREAM_LOCAL_CLOSE_REASON UPSTREAM_LOCAL_DNS_SAN UPSTREAM_LOCAL_IP_SAN UPSTREAM_LOCAL_PORT
UPSTREAM_LOCAL_URI_SAN UPSTREAM_PEER_CERT UPSTREAM_PEER_DNS_SAN UPSTREAM_PEER_IP_SAN UPSTREAM_PEER_ISSUER UPSTREAM_PEER_SUBJECT
UPSTREAM_PEER_URI_SAN UPSTREAM_PROTOCOL UPSTREAM_REMOTE_ADDRESS UPSTREAM_REMOTE_ADDRESS_ENDPOINT_ID
UPSTREAM_REMOTE_ADDRESS_WITHOUT_PORT UPSTREAM_REMOTE_PORT UPSTREAM_REQUEST_ATTEMPT_COUNT UPSTREAM_SERVER_NAME UPSTREAM_TLS_CIPHER
UPSTREAM_TLS_GROUP UPSTREAM_TLS_SESSION_ID UPSTREAM_TLS_VERSION UPSTREAM_TRANSPORT_FAILURE_REASON UPSTREAM_WIRE_BYTES_RECEIVED
UPSTREAM_WIRE_BYTES_SENT VIRTUAL_CLUSTER_NAME
`
