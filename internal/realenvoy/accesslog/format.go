// Package accesslog has Envoy log, for each connection and request, what it chose, and reads the log.
package accesslog

import (
	"strconv"
	"strings"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	filev3 "github.com/envoyproxy/go-control-plane/envoy/extensions/access_loggers/file/v3"
	"google.golang.org/protobuf/types/known/structpb"
)

// The kinds of entries. A connection that a filter chain took leaves one for each request, or one for itself where the
// chain proxies bytes. Last of all, every connection leaves one of its end.
const (
	Request       = "request"
	Connection    = "connection"
	ConnectionEnd = "end"
)

// An Entry is a line of the access log. Of the fields that the writer of the log format knows, Listener, RouteConfig
// and Kind, the entry holds the values; of the others, Envoy's.
type Entry struct {
	Kind        string `json:"kind"`
	Listener    string `json:"listener"`
	RouteConfig string `json:"routeConfig"`

	Peer          string `json:"peer"` // the client's end of the connection, which identifies it
	FilterChain   string `json:"filterChain"`
	VirtualHost   string `json:"virtualHost"`
	Route         string `json:"route"`
	RouteIndex    string `json:"routeIndex"`
	Cluster       string `json:"cluster"`
	UpstreamHost  string `json:"upstreamHost"`
	ResponseFlags string `json:"responseFlags"`
	Details       string `json:"details"`
	Termination   string `json:"termination"` // why Envoy ended the connection
	Failure       string `json:"failure"`     // of the transport towards the upstream
}

// labels is the key of the metadata with the position of a route.
const labels = "sem.realenvoy"

// RouteMetadata is the metadata of a route that the log repeats: its virtual host, and its position there from 0.
func RouteMetadata(host string, index int) map[string]*structpb.Struct {
	return map[string]*structpb.Struct{labels: {Fields: map[string]*structpb.Value{
		"virtual_host": structpb.NewStringValue(host),
		"route":        structpb.NewStringValue(strconv.Itoa(index)),
	}}}
}

// ToFile is an access log that appends entries with the given fixed fields to a file.
func ToFile(path string, fixed Entry) *filev3.FileAccessLog {
	format := map[string]string{
		"kind":          literal(fixed.Kind),
		"listener":      literal(fixed.Listener),
		"routeConfig":   literal(fixed.RouteConfig),
		"peer":          "%DOWNSTREAM_DIRECT_REMOTE_ADDRESS%",
		"filterChain":   "%FILTER_CHAIN_NAME%",
		"virtualHost":   "%METADATA(ROUTE:" + labels + ":virtual_host)%",
		"route":         "%ROUTE_NAME%",
		"routeIndex":    "%METADATA(ROUTE:" + labels + ":route)%",
		"cluster":       "%UPSTREAM_CLUSTER_RAW%",
		"upstreamHost":  "%UPSTREAM_HOST%",
		"responseFlags": "%RESPONSE_FLAGS%",
		"details":       "%RESPONSE_CODE_DETAILS%",
		"termination":   "%CONNECTION_TERMINATION_DETAILS%",
		"failure":       "%UPSTREAM_TRANSPORT_FAILURE_REASON%",
	}
	fields := map[string]*structpb.Value{}
	for k, v := range format {
		fields[k] = structpb.NewStringValue(v)
	}
	return &filev3.FileAccessLog{
		Path: path,
		AccessLogFormat: &filev3.FileAccessLog_LogFormat{LogFormat: &corev3.SubstitutionFormatString{
			Format: &corev3.SubstitutionFormatString_JsonFormat{JsonFormat: &structpb.Struct{Fields: fields}},
		}},
	}
}

func literal(text string) string { return strings.ReplaceAll(text, "%", "%%") }
