package route

import (
	"regexp"
	"strings"

	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	rewritev3 "github.com/envoyproxy/go-control-plane/envoy/extensions/path/rewrite/uri_template/v3"
	matcherv3 "github.com/envoyproxy/go-control-plane/envoy/type/matcher/v3"

	"sem.example/simulate/internal/match"
	"sem.example/simulate/internal/request"
)

// A rewrite is what a route does to path and authority before the request leaves.
type rewrite struct {
	prefix   string        // replaces what the path test matched
	regex    *Substitution // replaces each hit in the path
	template *pathTemplate
	whole    string // replaces the path
	host     string
	hostFrom string        // a header that names the host
	hostPath *Substitution // makes the host of the path
	AutoHost bool          // the host is the name of the endpoint
}

func newRewrite(a *routev3.RouteAction, m *routev3.RouteMatch) rewrite {
	return rewrite{
		prefix: a.GetPrefixRewrite(), regex: NewSubstitution(a.GetRegexRewrite()), whole: a.GetPathRewrite(),
		template: newPathTemplate(m, a),
		host:     a.GetHostRewriteLiteral(), hostFrom: strings.ToLower(a.GetHostRewriteHeader()),
		hostPath: NewSubstitution(a.GetHostRewritePathRegex()), AutoHost: a.GetAutoHostRewrite().GetValue(),
	}
}

// Apply changes path and authority in place. The host comes first: it may be made of the path as the client sent it.
func (w *rewrite) Apply(r *request.Request, matched func(string) int) {
	w.authority(r)
	r.Path = w.newPath(r.Path, matched)
}

func (w *rewrite) authority(r *request.Request) {
	switch {
	case w.host != "":
		r.Authority = w.host
	case w.hostFrom != "":
		if host, ok := r.Get(w.hostFrom); ok && host != "" {
			r.Authority = host
		}
	case w.hostPath != nil:
		r.Authority = w.hostPath.Replace(r.PathOnly())
	}
}

// newPath is the path after the rewrite; the query stays.
func (w *rewrite) newPath(path string, matched func(string) int) string {
	only := request.CutQuery(path)
	query := path[len(only):]
	switch {
	case w.prefix != "":
		return w.prefix + path[min(matched(path), len(path)):]
	case w.regex != nil:
		return w.regex.Replace(only) + query
	case w.template != nil:
		return w.template.rewrite(only) + query
	case w.whole != "":
		return w.whole + query
	}
	return path
}

// lastReference is the highest group that a substitution can name.
const lastReference = 9

// A Substitution replaces every hit of a regular expression.
type Substitution struct {
	pattern *regexp.Regexp
	with    string // in Go's form
}

// NewSubstitution compiles a substitution. It is nil where there is none.
func NewSubstitution(m *matcherv3.RegexMatchAndSubstitute) *Substitution {
	if m == nil {
		return nil
	}
	re, err := match.Compile(m.GetPattern().GetRegex(), lastReference)
	if err != nil {
		return nil
	}
	return &Substitution{re, backReferences(m.GetSubstitution())}
}

// Replace returns a text with every hit replaced.
func (s *Substitution) Replace(text string) string { return s.pattern.ReplaceAllString(text, s.with) }

// backReferences turns RE2's "\1" into Go's "${1}".
func backReferences(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '$':
			b.WriteString("$$")
		case s[i] == '\\' && i+1 < len(s):
			i++
			if s[i] >= '0' && s[i] <= '9' {
				b.WriteString("${" + s[i:i+1] + "}")
			} else {
				b.WriteByte(s[i])
			}
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

// A pathTemplate rewrites a path by the variables that its template matched.
type pathTemplate struct{ Substitution }

func newPathTemplate(m *routev3.RouteMatch, a *routev3.RouteAction) *pathTemplate {
	to := &rewritev3.UriTemplateRewriteConfig{}
	if a.GetPathRewritePolicy().GetTypedConfig().UnmarshalTo(to) != nil {
		return nil
	}
	re, ok := match.TemplateRegex(match.TemplateOf(m.GetPathMatchPolicy().GetTypedConfig()))
	if !ok {
		return nil
	}
	with := match.TemplateVariable().ReplaceAllString(strings.ReplaceAll(to.GetPathTemplateRewrite(), "$", "$$"), "$${$1}")
	return &pathTemplate{Substitution{re, with}}
}

func (t *pathTemplate) rewrite(path string) string { return t.Replace(path) }
