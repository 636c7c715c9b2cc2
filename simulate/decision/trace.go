package decision

import (
	"sem.example/simulate/call"
)

// A Trace is what happens to a call: its JSON form is the trace document (apiVersion sem/v1), to which fields are only
// ever added.
type Trace struct {
	APIVersion    string    `json:"apiVersion"`
	Kind          string    `json:"kind"`
	ID            string    `json:"id,omitempty"`
	Verdict       Verdict   `json:"verdict"`
	Qualification string    `json:"qualification,omitempty"` // the share of requests that the verdict holds for, and what may change it
	Summary       string    `json:"summary"`
	Sees          string    `json:"sees,omitempty"` // what the application gets to see
	Fix           string    `json:"fix,omitempty"`  // how to fix a failure
	Status        int       `json:"status"`
	ResponseFlags string    `json:"responseFlags"`
	AccessLog     string    `json:"accessLog,omitempty"` // the line that Envoy would write in Istio's default format
	Call          call.Call `json:"call"`

	Istio        string `json:"istio,omitempty"`        // the release that the answer is for: "1.30"
	Envoy        string `json:"envoy,omitempty"`        // the release of Envoy that its proxies run
	IstioBecause string `json:"istioBecause,omitempty"` // why it is this release
	IstioOrigin  *Place `json:"istioOrigin,omitempty"`  // where the input names it

	Assumed     []Assumption `json:"assumed,omitempty"`     // what the input does not say
	NotAdmitted []Warning    `json:"notAdmitted,omitempty"` // resources that admission rejects, and that take no part

	Hops        []Hop     `json:"hops"`
	NotModelled []string  `json:"notModelled"`
	Warnings    []Warning `json:"warnings"`

	Returned *Returned `json:"-"` // set where the call comes back to a proxy that it has passed
	Refused  bool      `json:"-"` // the last proxy refuses the connection of the one before

	IstioDefault bool `json:"-"` // the release is the newest as it is, and nothing asks for it
}

// A Warning is a trap that this call shows.
type Warning struct {
	ID       string `json:"id"`                 // of the check that finds the same in the documents
	Severity string `json:"severity,omitempty"` // of a finding about the documents: error, warning, info
	Message  string `json:"message"`
	Help     string `json:"help,omitempty"`
	Step     string `json:"step,omitempty"` // the stage that it belongs to
	Origin   *Place `json:"origin,omitempty"`

	Trap Trap `json:"-"`
}

// A Hop is one proxy's part of the path.
type Hop struct {
	Proxy       call.Proxy   `json:"proxy"`
	Direction   string       `json:"direction"`
	Authority   string       `json:"authority,omitempty"` // the host that is asked for as the call arrives: of bytes, by the server name or the URL
	Listener    string       `json:"listener"`
	FilterChain string       `json:"filterChain"`
	RouteConfig string       `json:"routeConfig"`
	VirtualHost string       `json:"virtualHost"`
	Route       string       `json:"route"`
	Cluster     string       `json:"cluster"`
	Error       string       `json:"error"`
	Destination *Destination `json:"destination,omitempty"`
	Endpoints   []Endpoint   `json:"endpoints,omitempty"`
	TLS         *TLS         `json:"tls,omitempty"`
	Protocol    string       `json:"protocol,omitempty"` // towards the upstream: http/1.1, http/2; "" for bytes that are not read
	Rewrite     *Rewrite     `json:"rewrite,omitempty"`
	Headers     *HeaderOps   `json:"headers,omitempty"`
	Response    *Response    `json:"response,omitempty"`
	Policy      *Policy      `json:"policy,omitempty"`
	Policies    []PolicyRule `json:"policies,omitempty"` // the rules of access control that were asked
	Branches    []Branch     `json:"branches,omitempty"`
	Authorizers []Authorizer `json:"authorizers,omitempty"` // the external authorizers that are asked
	Steps       []Step       `json:"steps"`

	Facts Facts `json:"-"` // what the outcome depends on
}

// A Destination is the host, subset and port that a cluster was made for.
type Destination struct {
	Host       string `json:"host"`
	Subset     string `json:"subset"`
	Port       uint32 `json:"port"`
	Resolution string `json:"resolution"` // DNS, STATIC, EDS, ORIGINAL_DST, DYNAMIC_DNS
}

// An Endpoint may be dialled. One that DNS finds has the DNS name as its address.
type Endpoint struct {
	Address  string  `json:"address"`
	Port     uint32  `json:"port"`
	Resolved string  `json:"resolved,omitempty"` // what DNS gives for the name that is its address, where the call says so
	Weight   uint32  `json:"weight"`
	Priority uint32  `json:"priority"`
	Locality string  `json:"locality"`
	Share    float64 `json:"share"`             // of the cluster's requests, 0 to 1
	TLS      string  `json:"tls,omitempty"`     // the mode towards this endpoint, where the cluster's endpoints may differ
	SNI      string  `json:"sni,omitempty"`     // the server name towards this endpoint, where the TLS of the endpoints differs
	Verdict  Verdict `json:"verdict,omitempty"` // what the proxy behind it makes of the call, where that is not a success
	Because  string  `json:"because,omitempty"` // why it is none
	Origin   *Place  `json:"origin,omitempty"`

	Outcome *Trace `json:"-"` // of the proxy behind it, where that is not a success
}

// TLS is the encryption towards the upstream.
type TLS struct {
	Mode              string   `json:"mode"`         // DISABLE, SIMPLE, MUTUAL, ISTIO_MUTUAL; "" when the application's own
	OriginatedBy      string   `json:"originatedBy"` // proxy, application, none
	SNI               string   `json:"sni"`
	ALPN              []string `json:"alpn"`
	ClientCertificate string   `json:"clientCertificate"`
	PrivateKey        string   `json:"privateKey"`
	CACertificates    string   `json:"caCertificates"`
	SubjectAltNames   []string `json:"subjectAltNames"`
	Verified          bool     `json:"verified"`
}

// Rewrite names what the upstream receives where it differs from what the application sent.
type Rewrite struct {
	Path      *Change `json:"path,omitempty"` // query included
	Authority *Change `json:"authority,omitempty"`
}

// A Change is a value before and after.
type Change struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// HeaderOps are the header operations, request and response, in Envoy's order.
type HeaderOps struct {
	Request  *HeaderChange `json:"request,omitempty"`
	Response *HeaderChange `json:"response,omitempty"`
}

// HeaderChange sets, adds and removes headers.
type HeaderChange struct {
	Set    map[string]string `json:"set,omitempty"`
	Add    map[string]string `json:"add,omitempty"`
	Remove []string          `json:"remove,omitempty"`
}

// Response is the response of the proxy itself.
type Response struct {
	Status   int    `json:"status"`
	Location string `json:"location,omitempty"`
	Body     string `json:"body,omitempty"`

	GRPCStatus string `json:"grpcStatus,omitempty"` // what a gRPC client gets instead of the status, in an answer 200
}

// A Branch is one outcome of a weighted or random choice.
type Branch struct {
	Share     float64    `json:"share"`
	Cluster   string     `json:"cluster"`
	Endpoints []Endpoint `json:"endpoints,omitempty"`
	TLS       *TLS       `json:"tls,omitempty"`
	Rewrite   *Rewrite   `json:"rewrite,omitempty"`
	Headers   *HeaderOps `json:"headers,omitempty"`
	Policy    *Policy    `json:"policy,omitempty"`
	Verdict   Verdict    `json:"verdict"`
}

// A Step is one decision: what was chosen, why, what was rejected, and the fields behind it.
type Step struct {
	Stage    string      `json:"stage"` // listener, filterChain, virtualHost, route, rewrite, cluster, endpoint, tls, authorization, …
	Chose    string      `json:"chose"`
	Because  string      `json:"because"`
	Rejected []Candidate `json:"rejected,omitempty"`
	Origins  []Place     `json:"origins,omitempty"`

	Reason Reason `json:"-"`
}

// A Candidate lost a decision.
type Candidate struct {
	Candidate string `json:"candidate"`
	Because   string `json:"because"`
	Origin    *Place `json:"origin,omitempty"`

	Reason Reason `json:"-"`
}

// The TLS modes of the trace document.
const (
	ModeDisable     = "DISABLE"
	ModeSimple      = "SIMPLE"
	ModeMutual      = "MUTUAL"
	ModeIstioMutual = "ISTIO_MUTUAL"
)

// Who encrypts towards the upstream.
const (
	ByProxy       = "proxy"
	ByApplication = "application"
	ByNobody      = "none"
)
