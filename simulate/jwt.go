package simulate

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	jwtv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/jwt_authn/v3"
)

// A jwtFilter demands tokens of requests.
type jwtFilter struct {
	config *jwtv3.JwtAuthentication
	rules  []jwtRule
}

// A jwtRule is what the requests that meet its conditions need.
type jwtRule struct {
	conditions []condition
	require    *jwtv3.JwtRequirement
}

func newJWTFilter(c *jwtv3.JwtAuthentication) *jwtFilter {
	out := &jwtFilter{config: c}
	for _, r := range c.GetRules() {
		need := r.GetRequires()
		if name := r.GetRequirementName(); name != "" {
			need = c.GetRequirementMap()[name]
		}
		conditions := append([]condition{newPathRule(r.GetMatch()).condition}, newConditions(r.GetMatch())...)
		out.rules = append(out.rules, jwtRule{conditions, need})
	}
	return out
}

// requirement is that of the first rule whose conditions the request meets, or nil.
func (f *jwtFilter) requirement(r *request) *jwtv3.JwtRequirement {
	for _, rule := range f.rules {
		if allOf(rule.conditions, func(c condition) bool { return c.test(r) }) {
			return rule.require
		}
	}
	return nil
}

// errToken is the error of a request without the token that is needed.
const errToken = "unauthenticated"

// A tokenState is how a request stands against a requirement, from good to bad.
type tokenState int

const (
	tokenGood tokenState = iota
	tokenMissing
	tokenBad
)

// A tokenCheck is the outcome of a requirement.
type tokenCheck struct {
	state    tokenState
	status   int    // the answer to a bad token
	reason   string // Envoy's words
	provider *jwtv3.JwtProvider
	name     string
	token    *token
}

// authenticate runs the filter: a request without the token that is needed, or with one that is not accepted, is
// answered. What a good token claims is kept for the filters and routes that ask.
func (x *exchange) authenticate(f *httpFilter) *outcome {
	need := f.jwt.requirement(x.req)
	if p, ok := perRoute[*jwtv3.PerRouteConfig](x.route, f.name); ok {
		if p.GetDisabled() {
			return nil
		}
		need = f.jwt.config.GetRequirementMap()[p.GetRequirementName()]
	}
	_, preflight := x.req.get("access-control-request-method")
	if need == nil || f.jwt.config.GetBypassCorsPreflight() && x.req.method == http.MethodOptions && preflight {
		return nil
	}
	check := x.require(f.jwt.config, need)
	where := part(x.chain, "jwt/"+check.name)
	if check.state != tokenGood {
		x.step("authentication", "refused", check.reason, where)
		x.hop.Response = &Response{Status: check.status, Body: check.reason}
		return &outcome{verdict: Denied, status: check.status, err: errToken, details: "jwt_authn_access_denied{" + strings.ReplaceAll(check.reason, " ", "_") + "}", reason: "the request's token is not accepted: " + check.reason}
	}
	if check.token != nil {
		x.accepted(f.name, &check)
	}
	return nil
}

// accepted keeps the claims of a token, and does to the request what the provider asks.
func (x *exchange) accepted(filter string, c *tokenCheck) {
	x.step("authentication", "accepted", fmt.Sprintf("a token of issuer %v", c.token.claims["iss"]), part(x.chain, "jwt/"+c.name))
	x.foreign("signature and lifetime of the request's token (taken to be good)")
	if key := c.provider.GetPayloadInMetadata(); key != "" {
		x.req.metadata = maps.Clone(x.req.metadata)
		if x.req.metadata == nil {
			x.req.metadata = map[string]any{}
		}
		x.req.metadata[filter] = map[string]any{key: normalClaims(c.token.claims, c.provider.GetNormalizePayloadInMetadata().GetSpaceDelimitedClaims())}
	}
	if !c.provider.GetForward() {
		x.withhold(c.token)
	}
	if c.provider.GetClearRouteCache() {
		x.again()
	}
}

// withhold takes a token off the request.
func (x *exchange) withhold(t *token) {
	switch {
	case t.header != "":
		delete(x.req.headers, t.header)
		x.stripped = append(x.stripped, t.header)
	case t.param != "":
		x.req.drop(t.param)
	}
}

// normalClaims splits the claims that are lists in one string.
func normalClaims(claims map[string]any, spaced []string) map[string]any {
	out := maps.Clone(claims)
	for _, name := range spaced {
		if text, ok := out[name].(string); ok {
			out[name] = mapped(strings.Fields(text), func(s string) any { return s })
		}
	}
	return out
}

// require checks a requirement, which may be made of others.
func (x *exchange) require(c *jwtv3.JwtAuthentication, need *jwtv3.JwtRequirement) tokenCheck {
	switch n := need.GetRequiresType().(type) {
	case *jwtv3.JwtRequirement_ProviderName:
		return x.provided(n.ProviderName, c.GetProviders()[n.ProviderName], nil)
	case *jwtv3.JwtRequirement_ProviderAndAudiences:
		name := n.ProviderAndAudiences.GetProviderName()
		return x.provided(name, c.GetProviders()[name], n.ProviderAndAudiences.GetAudiences())
	case *jwtv3.JwtRequirement_RequiresAny:
		return x.requireAny(c, n.RequiresAny.GetRequirements())
	case *jwtv3.JwtRequirement_RequiresAll:
		return x.requireAll(c, n.RequiresAll.GetRequirements())
	}
	return tokenCheck{} // allow_missing and allow_missing_or_failed by themselves demand nothing
}

// requireAny is content with one good token. Where all are missing, the permission to miss them decides.
func (x *exchange) requireAny(c *jwtv3.JwtAuthentication, needs []*jwtv3.JwtRequirement) tokenCheck {
	worst := tokenCheck{state: tokenMissing, status: 401, reason: "Jwt is missing"}
	mayMiss, mayFail := false, false
	for _, n := range needs {
		switch n.GetRequiresType().(type) {
		case *jwtv3.JwtRequirement_AllowMissing:
			mayMiss = true
			continue
		case *jwtv3.JwtRequirement_AllowMissingOrFailed:
			mayFail = true
			continue
		}
		check := x.require(c, n)
		if check.state == tokenGood {
			return check
		}
		if check.state >= worst.state {
			worst = check
		}
	}
	if mayFail || mayMiss && worst.state == tokenMissing {
		return tokenCheck{}
	}
	return worst
}

func (x *exchange) requireAll(c *jwtv3.JwtAuthentication, needs []*jwtv3.JwtRequirement) tokenCheck {
	var last tokenCheck
	for _, n := range needs {
		check := x.require(c, n)
		if check.state != tokenGood {
			return check
		}
		if check.token != nil {
			last = check
		}
	}
	return last
}

// provided checks the token that a provider finds in the request.
func (x *exchange) provided(name string, p *jwtv3.JwtProvider, audiences []string) tokenCheck {
	check := tokenCheck{state: tokenBad, status: 401, provider: p, name: name}
	token, found := findToken(x.req, p)
	switch {
	case !found:
		check.state, check.reason = tokenMissing, "Jwt is missing"
	case token.claims == nil:
		check.reason = "Jwt is not in the form of Header.Payload.Signature with two dots and 3 sections"
	case p.GetIssuer() != "" && token.claims["iss"] != p.GetIssuer():
		check.reason = "Jwt issuer is not configured"
	case !token.isFor(append(slices.Clone(p.GetAudiences()), audiences...)):
		check.status, check.reason = 403, "Audiences in Jwt are not allowed"
	default:
		check.state, check.token = tokenGood, token
	}
	return check
}
