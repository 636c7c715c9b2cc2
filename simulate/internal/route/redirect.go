package route

import (
	"fmt"
	"strings"

	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"

	"sem.example/simulate/call"
	"sem.example/simulate/internal/request"
)

// A redirect is a route's answer that sends the client elsewhere.
type redirect struct {
	proto *routev3.RedirectAction
	path  rewrite
}

func newRedirect(d *routev3.RedirectAction) *redirect {
	return &redirect{d, rewrite{prefix: d.GetPrefixRewrite(), regex: NewSubstitution(d.GetRegexRewrite())}}
}

// Code is the status of the answer.
func (d *redirect) Code() int {
	switch d.proto.GetResponseCode() {
	case routev3.RedirectAction_FOUND:
		return 302
	case routev3.RedirectAction_SEE_OTHER:
		return 303
	case routev3.RedirectAction_TEMPORARY_REDIRECT:
		return 307
	case routev3.RedirectAction_PERMANENT_REDIRECT:
		return 308
	}
	return 301
}

// Location is where the client is sent.
func (d *redirect) Location(r *request.Request, matched func(string) int) string {
	scheme, port := d.scheme(r), ""
	if n := d.proto.GetPortRedirect(); n != 0 {
		port = fmt.Sprintf(":%d", n)
	}
	host := d.proto.GetHostRedirect()
	if host == "" {
		host = redirectHost(r, scheme, port)
	}
	return scheme + "://" + host + port + d.newPath(r.Path, matched)
}

func (d *redirect) scheme(r *request.Request) string {
	switch {
	case d.proto.GetSchemeRedirect() != "":
		return d.proto.GetSchemeRedirect()
	case d.proto.GetHttpsRedirect():
		return "https"
	}
	return r.Scheme
}

// newPath is the path of the location, which Envoy begins with a slash. A query that the redirect itself writes replaces
// the request's and is never stripped.
func (d *redirect) newPath(path string, matched func(string) int) string {
	to := d.proto.GetPathRedirect()
	if to != "" && to[0] != '/' {
		to = "/" + to
	}
	if strings.Contains(to, "?") {
		return to
	}
	query := ""
	if i := strings.IndexByte(path, '?'); i >= 0 {
		query = path[i:]
	}
	if to == "" {
		to = strings.TrimSuffix(d.path.newPath(path, matched), query)
	}
	if d.proto.GetStripQuery() {
		return to
	}
	return to + query
}

// redirectHost is the request's host for another scheme and port: its own port goes when the new location names one, or
// when it is the default port of a scheme that changes.
func redirectHost(r *request.Request, scheme, port string) string {
	i := call.PortStart(r.Authority)
	if i < 0 {
		return r.Authority
	}
	own := r.Authority[i:]
	from := r.Scheme
	if port != "" || scheme != from && (from == "https" && own == ":443" || from == "http" && own == ":80") {
		return r.Authority[:i]
	}
	return r.Authority
}
