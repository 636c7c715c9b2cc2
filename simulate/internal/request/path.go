package request

import (
	"strings"

	hcmv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"

	"sem.example/simulate/call"
)

// A normaliser is what an HTTP connection manager does to a request before it looks for a route.
type normaliser struct {
	dots         bool // resolve "." and ".." and decode what need not be encoded
	mergeSlashes bool
	escaped      hcmv3.HttpConnectionManager_PathWithEscapedSlashesAction
	stripPort    uint32 // strip this port from the authority
	stripAny     bool   // strip every port
	trailingDot  bool   // strip a trailing dot of the authority
}

// NewNormaliser compiles what a connection manager does to paths and authorities before it looks for a route.
func NewNormaliser(m *hcmv3.HttpConnectionManager, port uint32) normaliser {
	n := normaliser{
		dots: m.GetNormalizePath().GetValue(), mergeSlashes: m.GetMergeSlashes(), escaped: m.GetPathWithEscapedSlashesAction(),
		stripAny: m.GetStripAnyHostPort(), trailingDot: m.GetStripTrailingHostDot(),
	}
	if m.GetStripMatchingHostPort() {
		n.stripPort = port
	}
	return n
}

// A pathVerdict is what happens to a path that was normalised.
type pathVerdict int

const (
	pathFine pathVerdict = iota
	PathRejected
	PathRedirected
)

// Apply normalises path and authority in place.
func (n normaliser) Apply(r *Request) pathVerdict {
	n.host(r)
	if r.Path == "" {
		return pathFine
	}
	if strings.Contains(r.Path, "#") {
		return PathRejected
	}
	verdict := n.slashes(r)
	if verdict == PathRejected {
		return verdict
	}
	only := r.PathOnly()
	query := r.Path[len(only):]
	if n.dots {
		clean, ok := canonical(only)
		if !ok {
			return PathRejected
		}
		only = clean
	}
	if n.mergeSlashes {
		only = merged(only)
	}
	r.Path = only + query
	return verdict
}

// slashes deals with encoded slashes as the manager is told to.
func (n normaliser) slashes(r *Request) pathVerdict {
	if n.escaped <= hcmv3.HttpConnectionManager_KEEP_UNCHANGED {
		return pathFine
	}
	only := r.PathOnly()
	plain := unescapeSlashes.Replace(only)
	if plain == only {
		return pathFine
	}
	r.Path = plain + r.Path[len(only):]
	switch n.escaped {
	case hcmv3.HttpConnectionManager_REJECT_REQUEST:
		return PathRejected
	case hcmv3.HttpConnectionManager_UNESCAPE_AND_REDIRECT:
		return PathRedirected
	}
	return pathFine
}

var unescapeSlashes = strings.NewReplacer("%2F", "/", "%2f", "/", "%5C", `\`, "%5c", `\`)

func (n normaliser) host(r *Request) {
	i := call.PortStart(r.Authority)
	if i >= 0 {
		_, port := call.SplitPort(r.Authority)
		if n.stripAny || n.stripPort != 0 && port == n.stripPort {
			r.Authority = r.Authority[:i]
		}
	}
	if n.trailingDot {
		host, port := r.Authority, ""
		if i := call.PortStart(host); i >= 0 {
			host, port = host[:i], host[i:]
		}
		r.Authority = strings.TrimSuffix(host, ".") + port
	}
}

// merged turns runs of slashes into one. A path of nothing but slashes keeps two, as Envoy joins what stands between the
// slashes to one before it and, since the path ends in one, to one after it.
func merged(path string) string {
	if len(path) > 1 && strings.Trim(path, "/") == "" {
		return "//"
	}
	var b strings.Builder
	for i := range len(path) {
		if path[i] != '/' || i == 0 || path[i-1] != '/' {
			b.WriteByte(path[i])
		}
	}
	return b.String()
}

// canonical is the normalisation of RFC 3986 as Envoy does it: dot segments are resolved, backslashes become slashes,
// unreserved characters are decoded and unsafe ones encoded. An encoded NUL or a NUL is refused.
func canonical(path string) (string, bool) {
	if clean(path) {
		return path, true
	}
	c := canonicaliser{in: path, out: make([]byte, 0, len(path)+8)}
	if !isSlash(path[0]) {
		c.out = append(c.out, '/')
	}
	for c.at < len(path) {
		if !c.step() {
			return "", false
		}
	}
	return string(c.out), true
}

// clean reports whether a path has nothing to normalise, which most have not.
func clean(path string) bool {
	for i := range len(path) {
		switch b := path[i]; {
		case b == '.' && i > 0 && path[i-1] == '/', b == '\\', b == '%', escapes(b):
			return false
		}
	}
	return path != "" && path[0] == '/'
}

type canonicaliser struct {
	in  string
	at  int
	out []byte
}

// step reads one character or escape.
func (c *canonicaliser) step() bool {
	b := c.in[c.at]
	if n := dotAt(c.in, c.at); n > 0 {
		c.dot(n)
		return true
	}
	switch {
	case b == '\\':
		c.out = append(c.out, '/')
	case b == '%':
		return c.percent()
	case b == 0:
		return false
	case escapes(b):
		c.out = append(c.out, '%', hex[b>>4], hex[b&15])
	default:
		c.out = append(c.out, b)
	}
	c.at++
	return true
}

const hex = "0123456789ABCDEF"

// percent copies an escape, decoded where the character is unreserved.
func (c *canonicaliser) percent() bool {
	value, ok := escapeAt(c.in, c.at)
	switch {
	case !ok:
		c.out = append(c.out, '%')
		c.at++
		return true
	case value == 0:
		return false
	case unreserved(value):
		c.out = append(c.out, value)
	default:
		c.out = append(c.out, c.in[c.at:c.at+3]...)
	}
	c.at += 3
	return true
}

// dot resolves a dot of n bytes ("." or "%2e") where it begins a segment.
func (c *canonicaliser) dot(n int) {
	after := c.at + n
	if len(c.out) == 0 || c.out[len(c.out)-1] != '/' {
		c.out, c.at = append(c.out, '.'), after
		return
	}
	if end, ok := segmentEnd(c.in, after); ok {
		c.at = end
		return
	}
	if second := dotAt(c.in, after); second > 0 {
		if end, ok := segmentEnd(c.in, after+second); ok {
			c.up()
			c.at = end
			return
		}
	}
	c.out, c.at = append(c.out, '.'), after
}

// up removes the last segment but never the first slash.
func (c *canonicaliser) up() {
	i := len(c.out) - 1
	if i <= 0 {
		return
	}
	for i--; i > 0 && c.out[i] != '/'; i-- {
	}
	c.out = c.out[:i+1]
}

// segmentEnd reports whether a segment ends at an index, and where the next begins.
func segmentEnd(s string, at int) (int, bool) {
	if at == len(s) {
		return at, true
	}
	return at + 1, isSlash(s[at])
}

func dotAt(s string, at int) int {
	if at < len(s) && s[at] == '.' {
		return 1
	}
	if at+2 < len(s) && s[at] == '%' && s[at+1] == '2' && s[at+2]|0x20 == 'e' {
		return 3
	}
	return 0
}

func escapeAt(s string, at int) (byte, bool) {
	if at+2 >= len(s) {
		return 0, false
	}
	high, low := strings.IndexByte(hex, upper(s[at+1])), strings.IndexByte(hex, upper(s[at+2]))
	return byte(high<<4 | low&15), high >= 0 && low >= 0
}

func upper(b byte) byte {
	if b >= 'a' && b <= 'f' {
		return b - 'a' + 'A'
	}
	return b
}

func isSlash(b byte) bool { return b == '/' || b == '\\' }

func unreserved(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || strings.IndexByte("-._~", b) >= 0
}

// escapes reports whether a character may not be in a path unencoded.
func escapes(b byte) bool {
	return b <= ' ' || b >= 0x7f || strings.IndexByte("\"#<>?^`{|}", b) >= 0
}
