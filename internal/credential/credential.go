// Package credential finds the credentials of requests, and takes them out of what is shown: values of Authorization, cookies and
// headers such as x-api-key, userinfo in URLs, and query parameters such as access_token.
package credential

import (
	"maps"
	"net/url"
	"slices"
	"sort"
	"strings"

	"sem.example/internal/lazy"
	"sem.example/simulate"
)

// redacted replaces a credential.
const redacted = "[redacted]"

// shortest is how long a credential is at least that is looked for in every text of an answer: what is shorter is found in words
// that have nothing to do with it, and is replaced only where it is known to stand.
const shortest = 6

var (
	// secretHeader are the names of headers that carry credentials.
	secretHeader = lazy.Regexp(`(?i)^(proxy-)?authorization$|^(set-)?cookie2?$|token|secret|passw|credential|api-?key|^x-amz-security|^x-auth|session`)
	// secretParameter are the names of query parameters that do.
	secretParameter = lazy.Regexp(`(?i)token|secret|passw|^pwd$|credential|api-?key|^key$|^sig$|signature|^code$|^auth|session|^jwt$|assertion`)
	// parameter is one of a query, wherever a text holds it.
	parameter = lazy.Regexp(`([?&;])([A-Za-z0-9._~-]+)=([^&;#\s"'` + "`" + `|,)\]]+)`)
	// userInfo is what is before the host of a URL.
	userInfo = lazy.Regexp(`(\w://)[^/?#@\s]+@`)
)

// A Set are credentials that texts must not show, the longest first.
type Set []string

// Of returns the credentials of a call, and those that the configuration sets in a trace; the trace may be nil.
func Of(c *simulate.Call, t *simulate.Trace) Set {
	var all Set
	for name, values := range c.Headers {
		if secretHeader().MatchString(name) {
			for _, v := range values {
				all = append(all, secretParts(v)...)
			}
		}
	}
	for _, m := range parameter().FindAllStringSubmatch(c.URL, -1) {
		if secretParameter().MatchString(m[2]) {
			all = append(all, m[3])
			if plain, err := url.QueryUnescape(m[3]); err == nil {
				all = append(all, plain)
			}
		}
	}
	if t != nil {
		for i := range t.Hops {
			all = append(all, configured(t.Hops[i].Headers)...)
		}
	}
	all = slices.DeleteFunc(all, func(s string) bool { return len(s) < shortest })
	sort.Slice(all, func(i, j int) bool { return len(all[i]) > len(all[j]) })
	return slices.Compact(all)
}

// Any reports whether a trace has anything that is looked at for credentials; most have not.
func Any(t *simulate.Trace) bool {
	may := strings.ContainsAny(t.Call.URL, "=@")
	for name := range t.Call.Headers {
		may = may || secretHeader().MatchString(name)
	}
	for i := range t.Hops {
		h := &t.Hops[i]
		may = may || len(configured(h.Headers)) > 0
		may = may || h.Response != nil && strings.ContainsAny(h.Response.Location, "=@")
		may = may || h.Rewrite != nil && h.Rewrite.Path != nil && strings.Contains(h.Rewrite.Path.To, "=")
	}
	return may
}

// configured are the credentials in the headers that the configuration sets.
func configured(h *simulate.HeaderOps) []string {
	var all []string
	if h == nil {
		return nil
	}
	for _, change := range []*simulate.HeaderChange{h.Request, h.Response} {
		if change == nil {
			continue
		}
		for _, values := range []map[string]string{change.Set, change.Add} {
			for name, value := range values {
				if secretHeader().MatchString(name) {
					all = append(all, secretParts(value)...)
				}
			}
		}
	}
	return all
}

// scheme is how the value of Authorization begins: Bearer, Basic, Digest and the like.
var scheme = lazy.Regexp(`^([A-Za-z][A-Za-z0-9-]*) +(\S.*)$`)

// cookieAttribute are the names in a Set-Cookie header that say where and how long a cookie is sent.
var cookieAttribute = lazy.Regexp(`(?i)^\s*(max-age|path|domain|samesite|expires)$`)

// secretParts are the parts of a header's value that are secret: what follows a scheme, the value of each cookie, or all of it.
func secretParts(value string) []string {
	if m := scheme().FindStringSubmatch(value); m != nil && !strings.Contains(value, ";") {
		return []string{m[2]}
	}
	if !strings.Contains(value, "=") || strings.HasSuffix(value, "=") {
		return []string{value}
	}
	var all []string
	for part := range strings.SplitSeq(value, ";") {
		if name, v, found := strings.Cut(part, "="); found && !cookieAttribute().MatchString(name) && !strings.Contains(v, simulate.MadeValue) {
			all = append(all, strings.Trim(strings.TrimSpace(v), `"`))
		}
	}
	return all
}

// hidden is the value of a header without its credentials.
func hidden(value string) string {
	for _, part := range secretParts(value) {
		if part != "" {
			value = strings.ReplaceAll(value, part, redacted)
		}
	}
	return value
}

// Hide returns a text without the credentials, and without those that a URL in it has.
func (set Set) Hide(s string) string {
	for _, secret := range set {
		s = without(s, secret)
	}
	if strings.Contains(s, "=") {
		s = parameter().ReplaceAllStringFunc(s, func(p string) string {
			if m := parameter().FindStringSubmatch(p); secretParameter().MatchString(m[2]) && !strings.HasPrefix(redacted, m[3]) {
				return m[1] + m[2] + "=" + redacted
			}
			return p
		})
	}
	if strings.Contains(s, "@") {
		s = userInfo().ReplaceAllString(s, "${1}"+redacted+"@")
	}
	return s
}

// without replaces a secret in a text, unless it is part of a longer word.
func without(s, secret string) string {
	var b strings.Builder
	for {
		at := strings.Index(s, secret)
		if at < 0 {
			b.WriteString(s)
			return b.String()
		}
		end := at + len(secret)
		b.WriteString(s[:at])
		if at > 0 && wordly(s[at-1]) && wordly(secret[0]) || end < len(s) && wordly(s[end]) && wordly(secret[len(secret)-1]) {
			b.WriteString(secret)
		} else {
			b.WriteString(redacted)
		}
		s = s[end:]
	}
}

func wordly(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
}

// Call returns a call without its credentials.
func Call(c simulate.Call) simulate.Call {
	secrets := Of(&c, nil)
	c.Headers = Headers(c.Headers)
	for name, values := range c.Headers {
		for i := range values {
			c.Headers[name][i] = secrets.Hide(values[i])
		}
	}
	c.URL = secrets.Hide(c.URL)
	return c
}

// Headers returns headers without credentials.
func Headers(headers map[string][]string) map[string][]string {
	if headers == nil {
		return nil
	}
	out := map[string][]string{}
	for name, values := range headers {
		values = slices.Clone(values)
		if secretHeader().MatchString(name) {
			for i := range values {
				values[i] = hidden(values[i])
			}
		}
		out[name] = values
	}
	return out
}

// Operations returns operations on headers without credentials.
func Operations(h *simulate.HeaderOps) *simulate.HeaderOps {
	if len(configured(h)) == 0 {
		return h
	}
	return &simulate.HeaderOps{Request: change(h.Request), Response: change(h.Response)}
}

// Response returns a response without credentials in its body and in the URL of a redirect.
func (set Set) Response(r *simulate.Response) *simulate.Response {
	if r == nil {
		return nil
	}
	out := *r
	out.Location, out.Body = set.Hide(r.Location), set.Hide(r.Body)
	return &out
}

// Rewrite returns a rewrite without the credentials in its paths.
func (set Set) Rewrite(r *simulate.Rewrite) *simulate.Rewrite {
	if r == nil || r.Path == nil {
		return r
	}
	return &simulate.Rewrite{Path: &simulate.Change{From: set.Hide(r.Path.From), To: set.Hide(r.Path.To)}, Authority: r.Authority}
}

func change(c *simulate.HeaderChange) *simulate.HeaderChange {
	if c == nil {
		return nil
	}
	return &simulate.HeaderChange{Set: values(c.Set), Add: values(c.Add), Remove: c.Remove}
}

// values returns the values of headers, by their names, without credentials.
func values(of map[string]string) map[string]string {
	out := maps.Clone(of)
	for name, value := range out {
		if secretHeader().MatchString(name) {
			out[name] = hidden(value)
		}
	}
	return out
}
