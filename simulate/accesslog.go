package simulate

import (
	"strconv"
	"strings"

	"sem.example/simulate/call"
	"sem.example/simulate/decision"
	"sem.example/simulate/internal/upstream"
)

// accessLog is the line that Envoy would write in Istio's default format. What only time tells (durations, sizes, ids,
// local ports) is "-", as Envoy writes what it does not know.
func (r *run) accessLog(o *decision.Outcome) string {
	if o.Verdict == decision.NoListener || r.up.Req == nil && o.Verdict == decision.TLSMismatch && o.Err != decision.ErrDouble {
		return "" // the connection never becomes a stream that is logged
	}
	dialled := ""
	if len(r.up.Endpoints) > 0 {
		dialled = upstream.Likeliest(r.up.Endpoints).At
	}
	l := line{}
	l.Grow(256)
	l.WriteString("[-]")
	r.logRequest(&l)
	l.add(r.logStatus(o), o.Flags, o.Details, "")
	l.quote("")
	l.add("", "", "", "")
	for _, name := range [...]string{"x-forwarded-for", "user-agent", "x-request-id", ":authority"} {
		l.quote(r.header(name))
	}
	l.quote(dialled)
	l.add(r.Hop.Cluster, "", r.conn.Dialled(), r.logSource(), r.conn.SNI, r.Hop.Route)
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
	if r.up.Req == nil {
		l.quote("- - -")
		return
	}
	version := " HTTP/1.1"
	if r.up.Req.Version == call.HTTP2 {
		version = " HTTP/2"
	}
	path := r.up.Req.Path
	if r.Hop.Rewrite != nil && r.Hop.Rewrite.Path != nil {
		path = r.Hop.Rewrite.Path.From
	}
	l.quote(r.up.Req.Method + " " + dash(path) + version)
}

// logStatus is the proxy's own answer; that of a server is not known, and bytes that are not read have none.
func (r *run) logStatus(o *decision.Outcome) string {
	if o.Status == 0 && r.up.Req != nil {
		return ""
	}
	if r.Hop.Response != nil && r.Hop.Response.GRPCStatus != "" {
		return "200"
	}
	return strconv.Itoa(o.Status)
}

func (r *run) header(name string) string {
	if r.up.Req == nil {
		return ""
	}
	value, _ := r.up.Req.Get(name)
	return value
}

func (r *run) logSource() string {
	if r.call.Source == "" {
		return ""
	}
	return r.conn.Source.String()
}
