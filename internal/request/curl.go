package request

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"path"
	"strings"

	"sem.example/simulate"
)

// Curl reads a curl command line and returns the call that curl would make: with its headers of its own, the method
// that the options stand for, and over TLS the protocols that it offers. The data themselves are not kept.
func Curl(line string) (simulate.Call, error) {
	args, err := words(line)
	if err != nil {
		return simulate.Call{}, err
	}
	if len(args) > 0 && args[0] == "$" {
		args = args[1:]
	}
	if len(args) == 0 || path.Base(args[0]) != "curl" {
		return simulate.Call{}, errors.New("it does not begin with 'curl'")
	}
	c := curl{alpn: "h2,http/1.1"}
	if err := c.read(args[1:]); err != nil {
		return simulate.Call{}, err
	}
	return c.call()
}

// A curl is a command line of curl that is being read.
type curl struct {
	options  CurlOptions
	get      bool // -G: the data are a query
	asIs     bool // --path-as-is
	target   string
	alpn     string
	prior    bool // HTTP/2 without asking
	cert     bool // a client certificate
	upgrade  bool // --http2 in plaintext asks for an upgrade
	socket   string
	defaults map[string]string
}

// read takes the options and the URL.
func (c *curl) read(args []string) error {
	for len(args) > 0 {
		arg := args[0]
		args = args[1:]
		var err error
		switch {
		case arg == "--":
		case strings.HasPrefix(arg, "--"):
			args, err = c.long(arg, args)
		case len(arg) > 1 && arg[0] == '-':
			args, err = c.short(arg[1:], args)
		default:
			err = c.url(arg)
		}
		if err != nil {
			return err
		}
	}
	if c.options.URL == "" {
		return errors.New("it has no URL")
	}
	return nil
}

// long takes an option of a whole word, and its value from what follows.
func (c *curl) long(arg string, rest []string) ([]string, error) {
	name := strings.TrimPrefix(arg, "--")
	o, ok := options()[name]
	if !ok {
		if off, is := options()[strings.TrimPrefix(name, "no-")]; is && !off.value && strings.HasPrefix(name, "no-") {
			return rest, nil
		}
		return nil, fmt.Errorf("curl's option %s is none that sem knows: leave it out if it does not change the request", arg)
	}
	return c.take(arg, o, nil, rest)
}

// short takes a group of one-letter options; the last may have its value in the same word.
func (c *curl) short(group string, rest []string) ([]string, error) {
	for i := range len(group) {
		o, ok := options()[letters[group[i]]]
		if !ok {
			return nil, fmt.Errorf("curl's option -%c is none that sem knows: leave it out if it does not change the request", group[i])
		}
		if o.value {
			var attached []string
			if i+1 < len(group) {
				attached = []string{group[i+1:]}
			}
			return c.take("-"+group[i:i+1], o, attached, rest)
		}
		if _, err := c.take("-"+group[i:i+1], o, nil, nil); err != nil {
			return nil, err
		}
	}
	return rest, nil
}

func (c *curl) take(arg string, o option, attached, rest []string) ([]string, error) {
	value := ""
	if o.value {
		if attached == nil {
			if len(rest) == 0 {
				return nil, fmt.Errorf("curl's option %s lacks its value", arg)
			}
			attached, rest = rest[:1], rest[1:]
		}
		value = attached[0]
	}
	if o.set == nil {
		return rest, nil
	}
	if err := o.set(c, value); err != nil {
		return nil, fmt.Errorf("%s: %w", arg, err)
	}
	return rest, nil
}

// url takes the URL, as curl completes and corrects it.
func (c *curl) url(text string) error {
	if c.options.URL != "" {
		return fmt.Errorf("it has two URLs, %s and %s: trace them one by one", c.options.URL, text)
	}
	if !strings.Contains(text, "://") {
		text = "http://" + text
	}
	scheme, rest, _ := strings.Cut(text, "://")
	switch scheme = strings.ToLower(scheme); scheme {
	case "http", "https", "ws", "wss":
	default:
		return fmt.Errorf("the URL %s is not one of HTTP", text)
	}
	authority, target := cutAny(rest, "/?#")
	if strings.ContainsAny(target, "{}[]") {
		return fmt.Errorf("the URL %s stands for several: trace them one by one", text)
	}
	if at := strings.LastIndexByte(authority, '@'); at >= 0 {
		user, err := url.PathUnescape(authority[:at])
		if err != nil {
			return err
		}
		c.preset("authorization", basic(user))
		authority = authority[at+1:]
	}
	target, _, _ = strings.Cut(target, "#")
	c.options.URL = scheme + "://" + authority + target
	return nil
}

func basic(user string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(user))
}

// preset is a header that curl sends unless the user gives it another value.
func (c *curl) preset(name, value string) {
	if c.defaults == nil {
		c.defaults = map[string]string{}
	}
	c.defaults[name] = value
}

// call is the call that curl makes.
func (c *curl) call() (simulate.Call, error) {
	d := &c.options
	if c.get {
		d.Query, d.Data = append(d.Query, d.Data...), nil
	}
	d.URL = c.path(d.URL)
	call := simulate.Call{Headers: map[string][]string{"accept": {"*/*"}, "user-agent": {"curl"}}, Address: c.socket}
	for name, value := range c.defaults {
		call.Headers[name] = []string{value}
	}
	encrypted := strings.HasPrefix(d.URL, "https:") || strings.HasPrefix(d.URL, "wss:")
	switch {
	case encrypted:
		call.TLS, call.ALPN = "tls", c.alpn
		if c.cert {
			call.TLS = "mtls"
		}
	case c.upgrade:
		call.Headers["connection"], call.Headers["upgrade"] = []string{"Upgrade, HTTP2-Settings"}, []string{"h2c"}
	}
	if c.prior || encrypted && strings.HasPrefix(c.alpn, "h2") && !strings.HasPrefix(d.URL, "wss:") {
		call.Protocol = "http2"
	}
	return d.On(call)
}

// path is the URL with its path as curl sends it: without dot segments, unless it is told to leave them.
func (c *curl) path(text string) string {
	scheme, rest, _ := strings.Cut(text, "://")
	authority, target := cutAny(rest, "/?")
	only, query := cutAny(target, "?")
	switch {
	case c.target != "":
		only, query = c.target, ""
	case !c.asIs:
		only = undotted(only)
	}
	return scheme + "://" + authority + only + query
}

// undotted takes the segments "." and ".." out of a path; each ".." takes the segment before it along.
func undotted(path string) string {
	if !strings.Contains(path, "/.") {
		return path
	}
	segments := strings.Split(path, "/")
	out := segments[:1:1]
	for i, s := range segments[1:] {
		last := i == len(segments)-2
		switch s {
		case ".":
		case "..":
			out = out[:max(1, len(out)-1)]
		default:
			out = append(out, s)
			continue
		}
		if last {
			out = append(out, "")
		}
	}
	return strings.Join(out, "/")
}
