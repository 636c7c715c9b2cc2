package request

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"

	"sem.example/internal/clustername"
	"sem.example/simulate"
)

// logFields are the fields of Istio's default text format of access logs, in order, by their names in its JSON form. The
// request line holds three: method, path and protocol.
var logFields = []string{
	"start_time", "request", "response_code", "response_flags", "response_code_details", "connection_termination_details",
	"upstream_transport_failure_reason", "bytes_received", "bytes_sent", "duration", "upstream_service_time",
	"x_forwarded_for", "user_agent", "request_id", "authority", "upstream_host", "upstream_cluster",
	"upstream_local_address", "downstream_local_address", "downstream_remote_address", "requested_server_name", "route_name",
}

// AccessLog reads a line of a proxy's access log, in Istio's default text format or its JSON form, and returns the call
// that the proxy logged: what was dialled, by whom, with which server name, and the request. Only the direction in which
// the call passed the proxy, and what of the request is not logged, are guessed.
func AccessLog(line string) (simulate.Call, error) {
	l, err := readLog(strings.TrimSpace(line))
	if err != nil {
		return simulate.Call{}, err
	}
	c := simulate.Call{SNI: l["requested_server_name"], Direction: "outbound"}
	cluster := l["upstream_cluster"]
	if name, _ := clustername.Parse(cluster); name.Inbound() || cluster == "InboundPassthroughCluster" {
		c.Direction = "inbound"
	}
	if err := l.addresses(&c); err != nil {
		return c, err
	}
	l.request(&c)
	l.encryption(&c)
	return c, nil
}

// A logged holds the fields of a line by name; "-" and null are left out.
type logged map[string]string

func readLog(line string) (logged, error) {
	if strings.HasPrefix(line, "{") {
		return readJSON(line)
	}
	// What is before the time was put there by whoever collected the log.
	if i := strings.Index(line, `] "`); i >= 0 {
		line = line[max(0, strings.LastIndexByte(line[:i], '[')):]
	}
	fields := logWords(line)
	if len(fields) < len(logFields) {
		return nil, fmt.Errorf("the line has %d fields, and Istio's default format %d: sem reads that and its JSON form", len(fields), len(logFields))
	}
	last := len(logFields) - 1
	fields[last] = strings.Join(fields[last:], " ")
	l := logged{}
	for i, name := range logFields {
		l.keep(name, fields[i])
	}
	if parts := strings.Split(l["request"], " "); len(parts) >= 3 {
		n := len(parts) - 1
		l.keep("method", parts[0])
		l.keep("path", strings.Join(parts[1:n], " "))
		l.keep("protocol", parts[n])
	}
	return l, nil
}

func (l logged) keep(name, value string) {
	if value != "-" && value != "" {
		l[name] = value
	}
}

// logWords splits a line at blanks; a quoted field ends at a quote that a blank follows, for nothing in it is escaped.
func logWords(line string) []string {
	var out []string
	for line = strings.TrimSpace(line); line != ""; line = strings.TrimLeft(line, " ") {
		end, skip := strings.IndexByte(line, ' '), 0
		switch line[0] {
		case '"':
			line, skip = line[1:], 1
			end = strings.Index(line+" ", `" `)
		case '[':
			end, skip = strings.IndexByte(line, ']'), 1
		}
		if end < 0 {
			return append(out, line)
		}
		out = append(out, line[:end])
		line = line[min(len(line), end+skip):]
	}
	return out
}

func readJSON(line string) (logged, error) {
	d := json.NewDecoder(strings.NewReader(line))
	d.UseNumber()
	var fields map[string]any
	if err := d.Decode(&fields); err != nil {
		return nil, fmt.Errorf("the line is not JSON: %w", err)
	}
	l := logged{}
	for name, value := range fields {
		if value != nil {
			l.keep(name, fmt.Sprint(value))
		}
	}
	if l["downstream_local_address"] == "" {
		return nil, errors.New(`the line has no "downstream_local_address", which says where the call went: sem reads the fields of Istio's default format`)
	}
	return l, nil
}

// addresses are what the client dialled, before any redirection, and the client's own.
func (l logged) addresses(c *simulate.Call) error {
	local := l["downstream_local_address"]
	host, port, err := net.SplitHostPort(local)
	if err != nil {
		return fmt.Errorf("%q is not a destination address", local)
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return fmt.Errorf("%q has no port", local)
	}
	c.Address, c.Port = host, uint32(n)
	if from, _, err := net.SplitHostPort(l["downstream_remote_address"]); err == nil {
		c.Source = from
	}
	return nil
}

// request is the HTTP request; a line without a method is about bytes that the proxy did not read.
func (l logged) request(c *simulate.Call) {
	c.Method = l["method"]
	if c.Method == "" {
		c.Protocol = "tcp"
		return
	}
	c.Protocol = "http"
	if l["protocol"] == "HTTP/2" {
		c.Protocol = "http2"
	}
	path := l["path"]
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	scheme := "http"
	if c.SNI != "" && c.Direction != "inbound" {
		scheme = "https"
	}
	c.URL = scheme + "://" + l["authority"] + path
	c.Headers = map[string][]string{}
	if agent := l["user_agent"]; agent != "" {
		c.Headers["user-agent"] = []string{agent}
	}
	if forwarded := l.forwarded(c.Source); forwarded != "" {
		c.Headers["x-forwarded-for"] = []string{forwarded}
	}
}

// forwarded is the x-forwarded-for header as the client sent it: without its own address, which the proxy adds.
func (l logged) forwarded(client string) string {
	value := l["x_forwarded_for"]
	if value == client {
		return ""
	}
	return strings.TrimSuffix(value, ","+client)
}

// encryption is TLS where a server name was asked for. Between two sidecars the name is that of a cluster, and the client
// shows its certificate.
func (l logged) encryption(c *simulate.Call) {
	if c.SNI == "" {
		return
	}
	c.TLS = "tls"
	name, _ := clustername.Parse(c.SNI)
	between := c.Direction == "inbound" && name.SNI
	if between {
		c.TLS = "mtls"
	}
	c.ALPN = offers[c.Protocol][between]
}

// offers are what clients offer to speak, by protocol, and whether they are sidecars of the mesh.
var offers = map[string]map[bool]string{
	"http":  {false: "http/1.1", true: "istio-http/1.1,istio,http/1.1"},
	"http2": {false: "h2", true: "istio-h2,istio,h2"},
	"tcp":   {true: "istio-peer-exchange,istio"},
}
