package simulate

import (
	"fmt"
	"strings"
)

// accessLog is the line that Envoy would write in Istio's default format. What only time tells (durations, sizes, ids,
// local ports) is "-", as Envoy writes what it does not know.
func (r *run) accessLog(o *outcome) string {
	if o.verdict == NoListener || r.req == nil && o.verdict == TLSMismatch && o.err != errDouble {
		return "" // the connection never becomes a stream that is logged
	}
	upstream, cluster := "-", dash(r.hop.Cluster)
	if len(r.ends) > 0 {
		upstream = hostPort(likeliest(r.ends).Address, likeliest(r.ends).Port)
	}
	return fmt.Sprintf(`[-] %s %d %s %s - "-" - - - - "%s" "%s" "%s" "%s" "%s" %s - %s %s %s %s`,
		r.requestLogged(), o.status, dash(o.flags), dash(o.details),
		r.header("x-forwarded-for"), r.header("user-agent"), r.header("x-request-id"), r.header(":authority"), upstream,
		cluster, r.dialled(), r.sourceLogged(), dash(r.conn.sni), dash(r.hop.Route))
}

// requestLogged is the request line of the log, "- - -" for bytes that are not read.
func (r *run) requestLogged() string {
	if r.req == nil {
		return `"- - -"`
	}
	version := "HTTP/1.1"
	if r.req.version == http2 {
		version = "HTTP/2"
	}
	path := r.req.path
	if r.hop.Rewrite != nil && r.hop.Rewrite.Path != nil {
		path = r.hop.Rewrite.Path.From
	}
	return fmt.Sprintf("%q", strings.Join([]string{r.req.method, path, version}, " "))
}

func (r *run) header(name string) string {
	if r.req == nil {
		return "-"
	}
	value, _ := r.req.get(name)
	return dash(value)
}

func (r *run) sourceLogged() string {
	if a := r.conn.source.Addr(); a.IsValid() {
		return hostPort(a.String(), uint32(r.conn.source.Port()))
	}
	return "-"
}

// dash stands for what is not known.
func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
