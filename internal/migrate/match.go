package migrate

import (
	"regexp"
	"slices"
	"strings"

	"sem.example/internal/config"
	"sem.example/internal/mesh/routing"
	"sem.example/internal/source"
)

// match translates a match, which may become several. It is false where the Gateway API cannot say it: without it fewer requests match,
// which is safer than more.
func (c *remarks) match(m routing.HTTPMatch) (all []*source.Node, ok bool) {
	at := m.At[0]
	for _, f := range []struct {
		set   bool
		field string
		why   string
	}{
		{len(m.Client.Labels) > 0, "sourceLabels", "a route has no condition on the labels of clients"},
		{m.Client.Namespace != "", "sourceNamespace", "a route in the namespace of its Service is for all clients"},
		{m.Authority.Kind != "", "authority", "a match cannot ask for the authority; the hostnames of a route at a gateway can"},
		{m.Scheme.Kind != "", "scheme", "a match cannot ask for the scheme"},
		{len(m.WithoutHeaders) > 0, "withoutHeaders", "a match cannot ask for the absence of a header"},
	} {
		if f.set {
			c.lost(at.Sub(f.field), f.field+": "+f.why+"; the match is left out")
			return nil, false
		}
	}
	for _, field := range []string{"name", "statPrefix"} {
		if at.Object.Doc != nil && at.Object.Doc.Lookup(at.Field+"."+field) != nil {
			c.changed(at.Sub(field), field+": a match of a route has no name for logs and statistics")
		}
	}
	methods, ok := methodsOf(m.Method)
	if !ok {
		c.lost(at.Sub("method"), "method: a match asks for one method; the match is left out")
		return nil, false
	}
	out := object()
	if m.Path.Kind != "" && !(m.Path.Kind == routing.Prefix && m.Path.Value == "/") {
		path, ok := c.path(m, at)
		if !ok {
			return nil, false
		}
		out = out.With("path", path)
	}
	if headers := c.conditions(m.Headers); headers != nil {
		out = out.With("headers", headers)
	}
	if params := c.conditions(m.QueryParams); params != nil {
		out = out.With("queryParams", params)
	}
	if len(methods) == 0 {
		return []*source.Node{out}, true
	}
	for _, method := range methods {
		all = append(all, out.With("method", source.Text(method)))
	}
	return all, true
}

// known are the methods that a match may ask for.
var known = []string{"GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"}

// methodsOf are the methods that a condition is for; none are all.
func methodsOf(m routing.StringMatch) (out []string, ok bool) {
	switch {
	case m.PresenceOnly():
		return nil, true
	case m.Kind == routing.Exact:
		out = []string{m.Value}
	case m.Kind == routing.Regex:
		out = strings.Split(strings.TrimSuffix(strings.TrimPrefix(m.Value, "("), ")"), "|")
	}
	return out, len(out) > 0 && !slices.ContainsFunc(out, func(s string) bool { return !slices.Contains(known, s) })
}

// path translates the condition on the path.
func (c *remarks) path(m routing.HTTPMatch, at config.Place) (*source.Node, bool) {
	at = at.Sub("uri")
	kind, text := "RegularExpression", m.Path.Value
	switch {
	case m.Path.Kind == routing.Present:
		return object("type", "PathPrefix", "value", "/"), true
	case m.Path.Kind != routing.Regex && !strings.HasPrefix(text, "/"):
		c.lost(at, "uri: the path of a match begins with a slash; the match is left out")
		return nil, false
	case m.Path.Kind == routing.Exact && !m.IgnorePathCase:
		kind = "Exact"
	case m.Path.Kind == routing.Prefix && !m.IgnorePathCase:
		kind = "PathPrefix"
		if rest, slash := strings.CutSuffix(text, "/"); slash {
			c.changed(at, "uri: PathPrefix "+text+" also matches "+rest)
		} else {
			c.changed(at, "uri: PathPrefix "+text+" matches whole segments: "+text+" and "+text+"/…, not "+text+"…")
		}
	case m.Path.Kind == routing.Exact:
		text = "(?i)" + regexp.QuoteMeta(text)
	case m.Path.Kind == routing.Prefix:
		text = "(?i)" + regexp.QuoteMeta(text) + ".*"
	case m.Path.Kind == routing.Regex && m.IgnorePathCase:
		text = "(?i)" + text
	}
	return object("type", kind, "value", text), true
}

// conditions translates conditions on headers or query parameters.
func (c *remarks) conditions(in []routing.NamedMatch) *source.Node {
	var out []*source.Node
	for _, m := range in {
		kind, text := "RegularExpression", m.Value
		switch {
		case m.PresenceOnly():
			text = ".*"
		case m.Kind == routing.Exact:
			kind = "Exact"
		case m.Kind == routing.Prefix:
			text = regexp.QuoteMeta(text) + ".*"
		}
		out = append(out, object("type", kind, "name", m.Name, "value", text))
	}
	return list(out)
}

// covers reports whether each request that a match is for is one that an earlier match is for, as far as this is plain.
func covers(earlier, m routing.HTTPMatch) bool {
	if len(earlier.Headers)+len(earlier.QueryParams) > 0 || earlier.Method.Kind != "" {
		earlier.Client, m.Client = routing.Client{}, routing.Client{}
		return earlier.Key() == m.Key()
	}
	e, p := earlier.Path, m.Path
	switch {
	case e.Kind == "", e.Kind == routing.Present, e.Kind == routing.Prefix && e.Value == "/":
		return true
	case earlier.IgnorePathCase || m.IgnorePathCase:
		return false
	case e.Kind == routing.Prefix:
		return (p.Kind == routing.Exact || p.Kind == routing.Prefix) && strings.HasPrefix(p.Value, e.Value)
	}
	return e == p
}
