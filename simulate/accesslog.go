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
func (h *hopTrace) accessLog(o *decision.Outcome) string {
	if o.Verdict == decision.NoListener || h.up.Req == nil && o.Verdict == decision.TLSMismatch && o.Err != decision.ErrDouble {
		return "" // the connection never becomes a stream that is logged
	}
	dialled := ""
	if len(h.up.Endpoints) > 0 {
		dialled = upstream.Likeliest(h.up.Endpoints).At
	}
	l := line{}
	l.Grow(256)
	l.WriteString("[-]")
	h.logRequest(&l)
	l.add(h.logStatus(o), o.Flags, o.Details, "")
	l.quote("")
	l.add("", "", "", "")
	for _, name := range [...]string{"x-forwarded-for", "user-agent", "x-request-id", ":authority"} {
		l.quote(h.header(name))
	}
	l.quote(dialled)
	l.add(h.Hop.Cluster, "", h.conn.Dialled(), h.logSource(), h.conn.SNI, h.Hop.Route)
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
func (h *hopTrace) logRequest(l *line) {
	if h.up.Req == nil {
		l.quote("- - -")
		return
	}
	version := " HTTP/1.1"
	if h.up.Req.Version == call.HTTP2 {
		version = " HTTP/2"
	}
	path := h.up.Req.Path
	if h.Hop.Rewrite != nil && h.Hop.Rewrite.Path != nil {
		path = h.Hop.Rewrite.Path.From
	}
	l.quote(h.up.Req.Method + " " + dash(path) + version)
}

// logStatus is the proxy's own answer; that of a server is not known, and bytes that are not read have none.
func (h *hopTrace) logStatus(o *decision.Outcome) string {
	if o.Status == 0 && h.up.Req != nil {
		return ""
	}
	if h.Hop.Response != nil && h.Hop.Response.GRPCStatus != "" {
		return "200"
	}
	return strconv.Itoa(o.Status)
}

func (h *hopTrace) header(name string) string {
	if h.up.Req == nil {
		return ""
	}
	value, _ := h.up.Req.Get(name)
	return value
}

func (h *hopTrace) logSource() string {
	if h.call.Source == "" {
		return ""
	}
	return h.conn.Source.String()
}
