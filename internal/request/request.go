package request

import (
	"fmt"
	"maps"
	"net"
	"slices"
	"strconv"
	"strings"

	"sem.example/internal/hostname"
	"sem.example/simulate"
)

// A CurlOptions is a request in the words of curl's options. What is empty is not said.
type CurlOptions struct {
	Method    string   // -X
	URL       string   //
	Headers   []string // -H, "Name: value"; "Name:" takes a header away, "Name;" sends it empty
	Data      []string // -d
	Kind      string   // content type of the data; "" is that of a form
	Query     []string // --url-query, and the data with -G
	Head      bool     // -I
	Upload    bool     // -T
	Resolve   []string // HOST:PORT:ADDRESS
	ConnectTo []string // HOST1:PORT1:HOST2:PORT2
}

// On puts what the options say on a call.
func (d *CurlOptions) On(call simulate.Call) (simulate.Call, error) {
	if d.URL != "" {
		call.URL = d.URL
	}
	call.URL = withQuery(call.URL, d.Query)
	if m := d.method(); m != "" {
		call.Method = m
	}
	call.Headers = maps.Clone(call.Headers)
	if call.Headers == nil {
		call.Headers = map[string][]string{}
	}
	if len(d.Data) > 0 && speaksHTTP(call.URL) {
		call.Headers["content-type"] = []string{or(d.Kind, "application/x-www-form-urlencoded")}
		if body := strings.Join(d.Data, "&"); !strings.HasPrefix(body, "@") { // which names a file
			call.Headers["content-length"] = []string{strconv.Itoa(len(body))}
		}
	}
	if err := d.headers(call.Headers); err != nil {
		return call, err
	}
	if len(call.Headers) == 0 {
		call.Headers = nil
	}
	if call.URL != "" && call.Address == "" && hostname.OfURL(call.URL) == "" {
		return call, fmt.Errorf("the URL %s names no host", call.URL)
	}
	if err := portOf(call.URL); err != nil {
		return call, err
	}
	return call, d.route(&call)
}

// portOf returns why the port of a URL is not one that a connection can have, or nil.
func portOf(url string) error {
	_, rest, found := strings.Cut(url, "://")
	if !found {
		rest = url
	}
	authority, _ := cutAny(rest, "/?#")
	authority = authority[strings.LastIndexByte(authority, '@')+1:]
	if net.ParseIP(authority) != nil {
		return nil // an IPv6 address without brackets
	}
	_, port, err := net.SplitHostPort(authority)
	if err != nil || port == "" {
		return nil
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
		return fmt.Errorf("the URL %s has the port %q: use a number from 1 to 65535", url, port)
	}
	return nil
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// method is the method that the options ask for or stand for; "" where they say nothing of it.
func (d *CurlOptions) method() string {
	switch {
	case d.Method != "":
		return d.Method
	case d.Head:
		return "HEAD"
	case d.Upload:
		return "PUT"
	case len(d.Data) > 0:
		return "POST"
	}
	return ""
}

// speaksHTTP reports whether a URL is one that curl sends a form to; gRPC names its content itself.
func speaksHTTP(url string) bool {
	scheme, _, found := strings.Cut(url, "://")
	return !found || strings.EqualFold(scheme, "http") || strings.EqualFold(scheme, "https")
}

// headers puts the headers on those that are there. Several of one name are all sent.
func (d *CurlOptions) headers(on map[string][]string) error {
	own := map[string]bool{}
	for _, h := range d.Headers {
		name, value, found := strings.Cut(h, ":")
		empty := false
		if !found {
			name, empty = strings.CutSuffix(strings.TrimSpace(h), ";")
		}
		name, value = strings.ToLower(strings.TrimSpace(name)), strings.TrimSpace(value)
		if name == "" || !found && !empty {
			return fmt.Errorf("-H %q is not a header: write 'name: value'", h)
		}
		if !own[name] {
			delete(on, name)
		}
		if value != "" || empty {
			on[name], own[name] = append(on[name], value), true
		}
	}
	return nil
}

// withQuery adds parameters to the query of a URL.
func withQuery(url string, parameters []string) string {
	if len(parameters) == 0 {
		return url
	}
	url, fragment, found := strings.Cut(url, "#")
	if found {
		fragment = "#" + fragment
	}
	separator := "?"
	if i := strings.IndexByte(url, '?'); i >= 0 {
		separator = "&"
		if i == len(url)-1 {
			separator = ""
		}
	}
	return url + separator + strings.Join(parameters, "&") + fragment
}

// route returns where the application dials instead, where --connect-to or --resolve is about the URL's host and port. The
// first rule that fits counts.
func (d *CurlOptions) route(call *simulate.Call) error {
	full, err := call.Normal()
	if err != nil {
		return nil // the trace says what the call lacks
	}
	host, port := hostname.OfURL(call.URL), full.Port
	for _, rule := range d.ConnectTo {
		parts, err := colons(rule, 4)
		if err != nil {
			return fmt.Errorf("--connect-to %q: write HOST1:PORT1:HOST2:PORT2", rule)
		}
		if !fits(parts[0], host) || !fitsPort(parts[1], port) {
			continue
		}
		if host = or(parts[2], host); parts[2] != "" {
			call.Address = host
		}
		if n, err := strconv.ParseUint(parts[3], 10, 16); err == nil && n > 0 {
			call.Port, port = uint32(n), uint32(n)
		} else if parts[3] != "" {
			return fmt.Errorf("--connect-to %q: %q is not a port", rule, parts[3])
		}
		break
	}
	return d.resolve(call, host, port)
}

// resolve returns what DNS gives: to the application for the host that it dials, and to the proxies for any.
func (d *CurlOptions) resolve(call *simulate.Call, host string, port uint32) error {
	dialled := false
	for _, rule := range slices.Backward(d.Resolve) {
		parts, err := colons(strings.TrimPrefix(rule, "+"), 3)
		if err != nil {
			return fmt.Errorf("--resolve %q: write HOST:PORT:ADDRESS", rule)
		}
		address, _, _ := strings.Cut(parts[2], ",")
		address = strings.Trim(address, "[]")
		if net.ParseIP(address) == nil {
			return fmt.Errorf("--resolve %q: %q is not an IP address", rule, address)
		}
		if n, err := strconv.ParseUint(parts[1], 10, 16); (err != nil || n == 0) && parts[1] != "" && parts[1] != "*" {
			return fmt.Errorf("--resolve %q: the port is %q: use a number from 1 to 65535", rule, parts[1])
		}
		key := strings.ToLower(or(parts[0], "*")) + ":" + or(parts[1], "*")
		if call.Resolve == nil {
			call.Resolve = map[string]string{}
		}
		if call.Resolve[key] == "" {
			call.Resolve[key] = address
		}
		if !dialled && (parts[0] == "*" || strings.EqualFold(parts[0], host)) && fitsPort(parts[1], port) {
			call.Address, dialled = address, true
		}
	}
	return nil
}

func fits(want, host string) bool { return want == "" || strings.EqualFold(want, host) }

func fitsPort(want string, port uint32) bool {
	return want == "" || want == strconv.FormatUint(uint64(port), 10)
}

// colons splits at colons outside of brackets, and takes the brackets off. The last part of three keeps what is left.
func colons(rule string, n int) ([]string, error) {
	var parts []string
	depth, start := 0, 0
	for i := 0; i < len(rule) && (n != 3 || len(parts) < 2); i++ {
		switch rule[i] {
		case '[':
			depth++
		case ']':
			depth--
		case ':':
			if depth == 0 {
				parts = append(parts, strings.Trim(rule[start:i], "[]"))
				start = i + 1
			}
		}
	}
	last := rule[start:]
	if n != 3 {
		last = strings.Trim(last, "[]")
	}
	if parts = append(parts, last); len(parts) != n {
		return nil, fmt.Errorf("%d parts", len(parts))
	}
	return parts, nil
}

// cutAny cuts a text before the first of some characters.
func cutAny(s, any string) (before, after string) {
	if i := strings.IndexAny(s, any); i >= 0 {
		return s[:i], s[i:]
	}
	return s, ""
}
