package route

import (
	"slices"

	corsv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/cors/v3"

	"sem.example/simulate/internal/match"
)

// A CorsRule is which origins a route allows.
type CorsRule struct {
	Policy  *corsv3.CorsPolicy
	origins []match.Text
	all     bool // a matcher that takes "*" takes every origin
}

func newCorsRule(p *corsv3.CorsPolicy) *CorsRule {
	origins := p.GetAllowOriginStringMatch()
	tests := match.Mapped(origins, match.NewText)
	return &CorsRule{p, tests, slices.ContainsFunc(tests, func(t match.Text) bool { return t.Test("*") })}
}

// Allows reports whether scripts of an origin may read responses.
func (c *CorsRule) Allows(origin string) bool {
	return c.all || slices.ContainsFunc(c.origins, func(t match.Text) bool { return t.Test(origin) })
}
