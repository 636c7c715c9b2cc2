package simulate

import (
	"regexp"
	"strings"

	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
)

// near says how little the path of a request lacks to match a route, "" where it lacks more than that.
func (t *route) near(r *request) string {
	if t.path.condition.test(r) {
		return ""
	}
	path := r.pathOnly()
	switch p := t.proto.GetMatch().GetPathSpecifier().(type) {
	case *routev3.RouteMatch_Prefix:
		return nearText(path[:min(len(path), len(p.Prefix))], p.Prefix)
	case *routev3.RouteMatch_PathSeparatedPrefix:
		return nearText(path[:min(len(path), len(p.PathSeparatedPrefix))], p.PathSeparatedPrefix)
	case *routev3.RouteMatch_Path:
		return nearText(path, p.Path)
	case *routev3.RouteMatch_SafeRegex:
		return nearRegex(r.path, path, p.SafeRegex.GetRegex())
	}
	return ""
}

func nearText(got, want string) string {
	switch {
	case strings.EqualFold(got, want):
		return "only the case differs, which counts unless ignoreUriCase is set"
	case strings.TrimSuffix(got, "/") == strings.TrimSuffix(want, "/"):
		return "only the slash at the end differs"
	}
	return ""
}

func nearRegex(whole, path, pattern string) string {
	re, err := regexp.Compile(pattern)
	switch {
	case err != nil:
		return ""
	case fullRegex(pattern).test(whole):
		return "it would match with the query, but paths are matched without it"
	case re.MatchString(path):
		return "it matches a part of the path, and must match the whole"
	}
	return ""
}

// nearest is the first route of the virtual host that the request nearly matches, in words; "" where there is none.
func (x *exchange) nearest() string {
	for _, t := range x.host.routes {
		if near := t.near(x.req); near != "" {
			return "; " + t.label + " nearly does (" + t.path.says + "): " + near
		}
	}
	return ""
}

// nearChain is the first filter chain for the connection's server name that does not take it all the same, in words.
func (l *listener) nearChain(s *sight) string {
	if s.sni == "" {
		return ""
	}
	for _, c := range l.index.names[s.sni] {
		return "; " + c.label + " is for this server name as well: it " + c.words()
	}
	return ""
}
