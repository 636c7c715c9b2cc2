package simulate

import (
	"strconv"
	"strings"
)

// accessLog is the line that Envoy would write in Istio's default format. What only time tells (durations, sizes, ids,
// local ports) is "-", as Envoy writes what it does not know.
func (r *run) accessLog(o *outcome) string {
	if o.verdict == NoListener || r.req == nil && o.verdict == TLSMismatch && o.err != errDouble {
		return "" // the connection never becomes a stream that is logged
	}
	upstream := ""
	if len(r.ends) > 0 {
		upstream = likeliest(r.ends).at
	}
	l := line{}
	l.Grow(256)
	l.WriteString("[-]")
	r.logRequest(&l)
	l.add(r.logStatus(o), o.flags, o.details, "")
	l.quote("")
	l.add("", "", "", "")
	for _, name := range [...]string{"x-forwarded-for", "user-agent", "x-request-id", ":authority"} {
		l.quote(r.header(name))
	}
	l.quote(upstream)
	l.add(r.hop.Cluster, "", r.dialled(), r.logSource(), r.conn.sni, r.hop.Route)
	return l.String()
}

// A line is a line of a log; what is empty is written as "-".
type line struct{ strings.Builder }

func (l *line) add(fields ...string) {
	for _, f := range fields {
		l.WriteByte(' ')
		l.WriteString(dash(f))
	}
}

func (l *line) quote(field string) {
	l.WriteString(` "`)
	l.WriteString(dash(field))
	l.WriteByte('"')
}

// dash stands for what is not known.
func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// logRequest writes the request line, "- - -" for bytes that are not read. The path is the one that the client sent.
func (r *run) logRequest(l *line) {
	if r.req == nil {
		l.quote("- - -")
		return
	}
	version := " HTTP/1.1"
	if r.req.version == http2 {
		version = " HTTP/2"
	}
	path := r.req.path
	if r.hop.Rewrite != nil && r.hop.Rewrite.Path != nil {
		path = r.hop.Rewrite.Path.From
	}
	l.quote(r.req.method + " " + path + version)
}

// logStatus is the proxy's own answer; that of a server is not known, and bytes that are not read have none.
func (r *run) logStatus(o *outcome) string {
	if o.status == 0 && r.req != nil {
		return ""
	}
	if r.hop.Response != nil && r.hop.Response.GRPCStatus != "" {
		return "200"
	}
	return strconv.Itoa(o.status)
}

func (r *run) header(name string) string {
	if r.req == nil {
		return ""
	}
	value, _ := r.req.get(name)
	return value
}

func (r *run) logSource() string {
	if r.call.Source == "" {
		return ""
	}
	return r.conn.source.String()
}
