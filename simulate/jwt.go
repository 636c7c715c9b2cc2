package simulate

import (
	"fmt"
	"maps"
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

// A tokenState is how a request stands against a requirement.
type tokenState int

const (
	tokenGood     tokenState = iota
	tokenMissing             // there is none where the provider looks
	tokenStranger            // it is of an issuer that the provider does not know
	tokenBad
)

// A tokenCheck is the outcome of a requirement.
type tokenCheck struct {
	state  tokenState
	status int    // the answer to a bad token
	reason string // Envoy's words
	name   string // of the provider
	tokens []verified
}

// A verified token is one that a provider accepts.
type verified struct {
	*token
	provider *jwtv3.JwtProvider
	name     string
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
	if need == nil || f.jwt.config.GetBypassCorsPreflight() && x.req.preflight() {
		return nil
	}
	check := x.require(f.jwt.config, need)
	where := part(x.chain, "jwt/"+check.name)
	if check.state != tokenGood {
		x.step("authentication", "refused", check.reason, where)
		x.hop.Response = &Response{Status: check.status, Body: check.reason}
		return &outcome{verdict: Denied, status: check.status, err: errToken, details: "jwt_authn_access_denied{" + strings.ReplaceAll(check.reason, " ", "_") + "}", reason: "the request's token is not accepted: " + check.reason}
	}
	x.accepted(f.name, check.tokens)
	return nil
}

// accepted keeps the claims of tokens, of which the last counts where several have the same place, and looks for the
// route again where a provider asks for it.
func (x *exchange) accepted(filter string, tokens []verified) {
	again := false
	for _, t := range tokens {
		x.step("authentication", "accepted", fmt.Sprintf("a token of issuer %v", t.claims["iss"]), part(x.chain, "jwt/"+t.name))
		x.foreign("signature and lifetime of the request's token (taken to be good)")
		if key := t.provider.GetPayloadInMetadata(); key != "" {
			x.keep(filter, key, normalClaims(t.claims, t.provider.GetNormalizePayloadInMetadata().GetSpaceDelimitedClaims()))
		}
		again = again || t.provider.GetClearRouteCache()
	}
	if again {
		x.again()
	}
}

// keep sets a value of the request's metadata.
func (x *exchange) keep(filter, key string, value any) {
	x.req.metadata = maps.Clone(x.req.metadata)
	if x.req.metadata == nil {
		x.req.metadata = map[string]any{}
	}
	of := map[string]any{}
	if before, ok := x.req.metadata[filter].(map[string]any); ok {
		of = maps.Clone(before)
	}
	of[key] = value
	x.req.metadata[filter] = of
}

// grants are the headers in which a provider tells the upstream what a token says.
func grants(p *jwtv3.JwtProvider) []string {
	var out []string
	if name := p.GetForwardPayloadHeader(); name != "" {
		out = append(out, strings.ToLower(name))
	}
	for _, h := range p.GetClaimToHeaders() {
		out = append(out, strings.ToLower(h.GetHeaderName()))
	}
	return out
}

// sanitize takes off a request the headers that only a provider may set.
func (x *exchange) sanitize(p *jwtv3.JwtProvider) {
	for _, name := range grants(p) {
		if _, there := x.req.headers[name]; there {
			delete(x.req.headers, name)
			delete(x.granted, name)
			x.stripped = appendNew(x.stripped, name)
		}
	}
}

// pass does to the request what a provider wants done with a token that it accepts.
func (x *exchange) pass(t verified) {
	if name := t.provider.GetForwardPayloadHeader(); name != "" {
		x.grant(name, strings.FieldsFunc(t.text, func(c rune) bool { return c == '.' })[1])
	}
	for _, h := range t.provider.GetClaimToHeaders() {
		if value, there := claimAt(t.claims, h.GetClaimName()); there && claimText(value) != "" {
			x.grant(h.GetHeaderName(), claimText(value))
		}
	}
	if !t.provider.GetForward() {
		x.withhold(t.token)
	}
}

// grant adds a header to the request.
func (x *exchange) grant(name, value string) {
	name = strings.ToLower(name)
	x.req.headers[name] = append(slices.Clone(x.req.headers[name]), value)
	put(&x.granted, name, strings.Join(x.req.headers[name], ","))
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

// requireAny is content with one good token. Where there is none, an error counts for more than a token of a stranger,
// and that for more than a missing one, which may be permitted.
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
		if check.state == tokenBad || worst.state == tokenMissing {
			worst = check
		}
	}
	if mayFail || mayMiss && worst.state == tokenMissing {
		return tokenCheck{}
	}
	return worst
}

func (x *exchange) requireAll(c *jwtv3.JwtAuthentication, needs []*jwtv3.JwtRequirement) tokenCheck {
	var all tokenCheck
	for _, n := range needs {
		check := x.require(c, n)
		if check.state != tokenGood {
			return check
		}
		all.tokens = append(all.tokens, check.tokens...)
	}
	return all
}

// provided checks the tokens that a provider finds in the request. All have to be good: the upstream may read any.
func (x *exchange) provided(name string, p *jwtv3.JwtProvider, audiences []string) tokenCheck {
	if len(audiences) == 0 {
		audiences = p.GetAudiences()
	}
	x.req.headers = maps.Clone(x.req.headers)
	x.sanitize(p)
	out := tokenCheck{status: 401, name: name}
	tokens := findTokens(x.req, p)
	if len(tokens) == 0 {
		out.state, out.reason = tokenMissing, "Jwt is missing"
	}
	for _, t := range tokens {
		switch {
		case t.fault != "":
			out.state, out.reason = tokenBad, t.fault
		case p.GetIssuer() != "" && t.claims["iss"] != p.GetIssuer():
			out.state, out.reason = tokenStranger, "Jwt issuer is not configured"
		case !t.isFor(audiences):
			out.state, out.status, out.reason = tokenBad, 403, "Audiences in Jwt are not allowed"
		}
		if out.state != tokenGood {
			return out
		}
		good := verified{t, p, name}
		x.pass(good)
		out.tokens = append(out.tokens, good)
	}
	return out
}
