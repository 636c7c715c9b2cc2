package envoytest

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	accesslogv3 "github.com/envoyproxy/go-control-plane/envoy/config/accesslog/v3"
	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	filev3 "github.com/envoyproxy/go-control-plane/envoy/extensions/access_loggers/file/v3"
	"google.golang.org/protobuf/types/known/structpb"
)

type accessLog = accesslogv3.AccessLog

// The kinds of entries. A connection that a filter chain took leaves one for each request, or one for itself where the
// chain proxies bytes. Last of all, every connection leaves one of its end.
const (
	request       = "request"
	connection    = "connection"
	connectionEnd = "end"
)

// An entry is a line of the access log. Of the fields that the writer of the log format knows, Listener, RouteConfig
// and Kind, the entry holds the values; of the others, Envoy's.
type entry struct {
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

// labels is the key of the metadata that tells where a route stands.
const labels = "sem.envoytest"

func routePlace(host string, index int) map[string]*structpb.Struct {
	return map[string]*structpb.Struct{labels: {Fields: map[string]*structpb.Value{
		"virtual_host": structpb.NewStringValue(host),
		"route":        structpb.NewStringValue(strconv.Itoa(index)),
	}}}
}

// log is an access log that writes entries with the given fixed fields.
func (w *wiring) log(fixed entry) *accessLog {
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
	return &accessLog{Name: "envoy.access_loggers.file", ConfigType: &accesslogv3.AccessLog_TypedConfig{TypedConfig: pack(&filev3.FileAccessLog{
		Path: w.logPath,
		AccessLogFormat: &filev3.FileAccessLog_LogFormat{LogFormat: &corev3.SubstitutionFormatString{
			Format: &corev3.SubstitutionFormatString_JsonFormat{JsonFormat: &structpb.Struct{Fields: fields}},
		}},
	})}}
}

func literal(text string) string { return strings.ReplaceAll(text, "%", "%%") }

// A logReader reads the entries that Envoy appends to a file.
type logReader struct {
	path    string
	offset  int64
	entries []entry // since the last call
}

// forget drops what was logged so far. A client's port may be used again by another connection.
func (r *logReader) forget() error {
	err := r.read()
	r.entries = nil
	return err
}

// grace is how long after the end of a connection Envoy may still log what its filter chain did: it destroys the one
// before the other, in no certain order.
const grace = 40 * time.Millisecond

// of returns the entries of the connection whose client is peer, once it has ended; that of its end is the last.
func (r *logReader) of(ctx context.Context, peer string) ([]entry, error) {
	var ended time.Time
	for {
		if err := r.read(); err != nil {
			return nil, err
		}
		out := r.connection(peer)
		if n := len(out); n > 0 && out[n-1].Kind == connectionEnd {
			if ended.IsZero() {
				ended = time.Now()
			}
			if n > 1 || time.Since(ended) > grace {
				return out, nil
			}
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("Envoy logged no end of the connection from %s: %w", peer, ctx.Err())
		case <-time.After(2 * time.Millisecond):
		}
	}
}

// connection returns the entries of a connection, that of its end last.
func (r *logReader) connection(peer string) []entry {
	var out []entry
	for _, e := range r.entries {
		if e.Peer == peer {
			out = append(out, e)
		}
	}
	slices.SortStableFunc(out, func(a, b entry) int { return cmp.Compare(rank(a), rank(b)) })
	return out
}

func rank(e entry) int {
	if e.Kind == connectionEnd {
		return 1
	}
	return 0
}

// read takes the lines that are whole.
func (r *logReader) read() error {
	f, err := os.Open(r.path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := f.Seek(r.offset, io.SeekStart); err != nil {
		return err
	}
	text, err := io.ReadAll(f)
	if err != nil {
		return err
	}
	whole := text[:bytes.LastIndexByte(text, '\n')+1]
	r.offset += int64(len(whole))
	for _, line := range bytes.Split(bytes.TrimSpace(whole), []byte("\n")) {
		var e entry
		if len(line) == 0 {
			continue
		}
		if err := json.Unmarshal(line, &e); err != nil {
			return fmt.Errorf("access log: %w: %s", err, line)
		}
		if e.ResponseFlags == "-" {
			e.ResponseFlags = ""
		}
		r.entries = append(r.entries, e)
	}
	return nil
}
