package request

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
)

// An option of curl: whether it takes a value, and what it does to the request, nil where it does nothing to it.
type option struct {
	value bool
	set   func(c *curl, value string) error
}

// letters are the one-letter names of options.
var letters = map[byte]string{
	'0': "http1.0", 'a': "append", 'A': "user-agent", 'b': "cookie", 'B': "use-ascii", 'c': "cookie-jar", 'C': "continue-at",
	'd': "data", 'D': "dump-header", 'e': "referer", 'E': "cert", 'f': "fail", 'F': "form", 'g': "globoff", 'G': "get",
	'H': "header", 'i': "include", 'I': "head", 'j': "junk-session-cookies", 'J': "remote-header-name", 'k': "insecure",
	'K': "config", 'l': "list-only", 'L': "location", 'm': "max-time", 'M': "manual", 'n': "netrc", 'N': "no-buffer",
	'o': "output", 'O': "remote-name", 'p': "proxytunnel", 'q': "disable", 'r': "range", 'R': "remote-time", 's': "silent",
	'S': "show-error", 'T': "upload-file", 'u': "user", 'v': "verbose", 'w': "write-out", 'x': "proxy", 'X': "request",
	'y': "speed-time", 'Y': "speed-limit", 'z': "time-cond", 'Z': "parallel", '#': "progress-bar", ':': "next",
	'1': "tlsv1", '2': "sslv2", '3': "sslv3", '4': "ipv4", '6': "ipv6",
}

// The options that change nothing that a proxy decides by, without and with a value.
const (
	plainSwitches = `anyauth append basic ca-native cert-status compressed-ssh create-dirs crlf digest disable
		disallow-username-in-url doh-cert-status fail fail-early fail-with-body false-start globoff http0.9
		ignore-content-length include insecure ipv4 ipv6 junk-session-cookies list-only location location-trusted manual
		negotiate netrc netrc-optional no-buffer no-clobber no-keepalive no-progress-meter no-sessionid ntlm parallel
		parallel-immediate post301 post302 post303 progress-bar remote-header-name remote-name remote-name-all remote-time
		remove-on-error retry-all-errors retry-connrefused sasl-ir show-error show-headers silent ssl ssl-allow-beast
		ssl-auto-client-cert ssl-no-revoke ssl-reqd ssl-revoke-best-effort styled-output suppress-connect-headers sslv2 sslv3
		tcp-fastopen tcp-nodelay tlsv1 tlsv1.0 tlsv1.1 tlsv1.2 tlsv1.3 tr-encoding trace-ids trace-time use-ascii verbose
		xattr buffer keepalive progress-meter sessionid raw skip-existing`
	plainValues = `aws-sigv4 cacert capath ciphers connect-timeout continue-at cookie-jar crlfile curves delegation
		dns-interface dns-ipv4-addr dns-ipv6-addr dns-servers doh-url dump-header ech engine etag-compare etag-save
		expect100-timeout form-escape happy-eyeballs-timeout-ms hostpubsha256 hsts interface ip-tos ipfs-gateway
		keepalive-cnt keepalive-time key key-type limit-rate local-port login-options max-filesize max-redirs max-time
		netrc-file output output-dir parallel-max parallel-max-host pass pinnedpubkey proto proto-default proto-redir rate
		retry retry-delay retry-max-time service-name speed-limit speed-time stderr tls-max tls13-ciphers
		tls-earlydata trace trace-ascii trace-config vlan-priority write-out noproxy cert-type create-file-mode time-cond
		variable`
)

// options are all that sem knows, by their long names.
var options = sync.OnceValue(makeOptions)

func makeOptions() map[string]option {
	out := map[string]option{}
	for _, name := range strings.Fields(plainSwitches) {
		out[name] = option{}
	}
	for _, name := range strings.Fields(plainValues) {
		out[name] = option{value: true}
	}
	for name, set := range switches {
		out[name] = option{false, func(c *curl, _ string) error { set(c); return nil }}
	}
	for name, set := range values {
		out[name] = option{true, func(c *curl, v string) error { set(c, v); return nil }}
	}
	for name, set := range strict {
		out[name] = option{true, set}
	}
	for name, why := range refused {
		out[name] = option{why.value, func(*curl, string) error { return errors.New(why.because) }}
	}
	return out
}

// switches change the request and take no value.
var switches = map[string]func(*curl){
	"get":                   func(c *curl) { c.get = true },
	"head":                  func(c *curl) { c.options.Head = true },
	"path-as-is":            func(c *curl) { c.asIs = true },
	"compressed":            func(c *curl) { c.preset("accept-encoding", "deflate, gzip, br, zstd") },
	"no-alpn":               func(c *curl) { c.alpn = "" },
	"http1.0":               func(c *curl) { c.alpn = "http/1.0" },
	"http1.1":               func(c *curl) { c.alpn = "http/1.1" },
	"http2":                 func(c *curl) { c.alpn, c.upgrade = "h2,http/1.1", true },
	"http2-prior-knowledge": func(c *curl) { c.alpn, c.prior = "h2", true },
}

// values change the request by their value.
var values = map[string]func(*curl, string){
	"request":        func(c *curl, v string) { c.options.Method = v },
	"data":           func(c *curl, v string) { c.options.Data = append(c.options.Data, v) },
	"data-ascii":     func(c *curl, v string) { c.options.Data = append(c.options.Data, v) },
	"data-raw":       func(c *curl, v string) { c.options.Data = append(c.options.Data, v) },
	"data-binary":    func(c *curl, v string) { c.options.Data = append(c.options.Data, v) },
	"data-urlencode": func(c *curl, v string) { c.options.Data = append(c.options.Data, encoded(v)) },
	"form":           form,
	"form-string":    form,
	"json":           sendJSON,
	"url-query":      func(c *curl, v string) { c.options.Query = append(c.options.Query, query(v)) },
	"upload-file":    func(c *curl, _ string) { c.options.Upload = true },
	"user-agent":     func(c *curl, v string) { c.options.Headers = append(c.options.Headers, "user-agent: "+v) },
	"referer":        func(c *curl, v string) { c.preset("referer", strings.TrimSuffix(v, ";auto")) },
	"range":          func(c *curl, v string) { c.preset("range", "bytes="+v) },
	"user":           func(c *curl, v string) { c.preset("authorization", basic(v)) },
	"oauth2-bearer":  func(c *curl, v string) { c.preset("authorization", "Bearer "+v) },
	"cookie":         cookie,
	"cert":           func(c *curl, _ string) { c.cert = true },
	"unix-socket":    func(c *curl, v string) { c.socket = "unix://" + v },
	"request-target": func(c *curl, v string) { c.target = v },
	"resolve":        func(c *curl, v string) { c.options.Resolve = append(c.options.Resolve, v) },
	"connect-to":     func(c *curl, v string) { c.options.ConnectTo = append(c.options.ConnectTo, v) },
}

// strict are options whose values may be wrong.
var strict = map[string]func(*curl, string) error{
	"url": (*curl).url,
	"header": func(c *curl, v string) error {
		if strings.HasPrefix(v, "@") {
			return fmt.Errorf("sem does not read the headers of %s: write them out", v[1:])
		}
		c.options.Headers = append(c.options.Headers, v)
		return nil
	},
}

// refused are options that make of the call something else than one request through the mesh.
var refused = map[string]struct {
	value   bool
	because string
}{
	"next":                 {false, "it makes several requests: trace them one by one"},
	"config":               {true, "sem does not read curl's configuration: write its options out"},
	"proxy":                {true, "the call goes to that proxy: trace the call to the proxy, or leave the option out"},
	"preproxy":             {true, "the call goes to that proxy: trace the call to the proxy, or leave the option out"},
	"socks4":               {true, "the call goes to that proxy: trace the call to the proxy, or leave the option out"},
	"socks5":               {true, "the call goes to that proxy: trace the call to the proxy, or leave the option out"},
	"socks5-hostname":      {true, "the call goes to that proxy: trace the call to the proxy, or leave the option out"},
	"proxytunnel":          {false, "the call goes to a proxy: trace the call to the proxy, or leave the option out"},
	"http3":                {false, "a mesh of sidecars carries no HTTP/3"},
	"http3-only":           {false, "a mesh of sidecars carries no HTTP/3"},
	"abstract-unix-socket": {true, "abstract sockets are none that a proxy listens on"},
	"haproxy-protocol":     {false, "sem does not follow the PROXY protocol of clients"},
	"haproxy-clientip":     {true, "sem does not follow the PROXY protocol of clients"},
	"telnet-option":        {true, "it is not HTTP"},
	"quote":                {true, "it is not HTTP"},
}

func form(c *curl, v string) {
	c.options.Data = append(c.options.Data, v)
	c.options.Kind = "multipart/form-data; boundary=------------------------"
}

func sendJSON(c *curl, v string) {
	c.options.Data = append(c.options.Data, v)
	c.options.Kind = "application/json"
	c.preset("accept", "application/json")
}

// cookie is a header where it holds "name=value"; else it names a file, which says nothing of the cookies that are sent.
func cookie(c *curl, v string) {
	if strings.Contains(v, "=") {
		c.preset("cookie", v)
	}
}

// encoded is the value of --data-urlencode as it is sent: "name=text" and "=text" escape the text only.
func encoded(v string) string {
	name, text, found := strings.Cut(v, "=")
	if !found {
		return escaped(v)
	}
	if name == "" {
		return escaped(text)
	}
	return name + "=" + escaped(text)
}

// query is the value of --url-query: what begins with "+" is sent as it is.
func query(v string) string {
	if plain, ok := strings.CutPrefix(v, "+"); ok {
		return plain
	}
	return encoded(v)
}

func escaped(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }
