package route

import (
	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	matcherv3 "github.com/envoyproxy/go-control-plane/envoy/type/matcher/v3"

	"sem.example/internal/mesh/routing"
)

// rewritePath changes the path on its way to the upstream: by a regular expression, or from the matched part on.
func rewritePath(out *routev3.RouteAction, in routing.Rewrite) {
	if regex := in.Regex.Value; regex != nil {
		out.RegexRewrite = &matcherv3.RegexMatchAndSubstitute{
			Pattern:      &matcherv3.RegexMatcher{Regex: regex.Match},
			Substitution: regex.Rewrite,
		}
		return
	}
	out.PrefixRewrite = in.Path.Value
}

// rewriteHost replaces the authority that the upstream receives, unless something replaced it before.
func rewriteHost(out *routev3.RouteAction, authority string) {
	if authority != "" && out.HostRewriteSpecifier == nil {
		out.HostRewriteSpecifier = &routev3.RouteAction_HostRewriteLiteral{HostRewriteLiteral: authority}
	}
}
