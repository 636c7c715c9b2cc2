package compile

import (
	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	matcherv3 "github.com/envoyproxy/go-control-plane/envoy/type/matcher/v3"
	networking "istio.io/api/networking/v1alpha3"
)

// rewritePath changes the path on its way to the upstream: by a regular expression, or from the matched part on.
func rewritePath(out *routev3.RouteAction, in *networking.HTTPRewrite) {
	if regex := in.GetUriRegexRewrite(); regex != nil {
		out.RegexRewrite = &matcherv3.RegexMatchAndSubstitute{
			Pattern:      &matcherv3.RegexMatcher{Regex: regex.Match},
			Substitution: regex.Rewrite,
		}
		return
	}
	out.PrefixRewrite = in.GetUri()
}

// rewriteHost replaces the authority that the upstream receives, unless something replaced it before.
func rewriteHost(out *routev3.RouteAction, authority string) {
	if authority != "" && out.HostRewriteSpecifier == nil {
		out.HostRewriteSpecifier = &routev3.RouteAction_HostRewriteLiteral{HostRewriteLiteral: authority}
	}
}
