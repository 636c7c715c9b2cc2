package jwt

import (
	"maps"
	"slices"
	"strings"

	jwtv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/jwt_authn/v3"

	"sem.example/simulate/internal/match"
	"sem.example/simulate/internal/request"
)

// A Filter demands tokens of requests.
type Filter struct {
	Config *jwtv3.JwtAuthentication
	rules  []rule
}

// A rule is what the requests that meet its conditions need.
type rule struct {
	conditions []match.Condition
	require    *jwtv3.JwtRequirement
}

// NewFilter compiles the rules of a filter.
func NewFilter(c *jwtv3.JwtAuthentication) *Filter {
	out := &Filter{Config: c}
	for _, r := range c.GetRules() {
		need := r.GetRequires()
		if name := r.GetRequirementName(); name != "" {
			need = c.GetRequirementMap()[name]
		}
		conditions := append([]match.Condition{match.NewPathRule(r.GetMatch()).Condition}, match.NewConditions(r.GetMatch())...)
		out.rules = append(out.rules, rule{conditions, need})
	}
	return out
}

// Check checks what a requirement demands of a request. It does to the request what the providers want done, and notes
// that in edits.
func (f *Filter) Check(need *jwtv3.JwtRequirement, r *request.Request, edits *request.Edits) Result {
	v := verifier{f.Config, r, edits}
	return v.require(need)
}

// A verifier checks the tokens of one request, and does to the request what the providers want done.
type verifier struct {
	config *jwtv3.JwtAuthentication
	req    *request.Request
	edits  *request.Edits
}

// Requirement is that of the first rule whose conditions the request meets, or nil.
func (f *Filter) Requirement(r *request.Request) *jwtv3.JwtRequirement {
	for _, rule := range f.rules {
		if match.AllOf(rule.conditions, func(c match.Condition) bool { return c.Test(r) }) {
			return rule.require
		}
	}
	return nil
}

// A tokenState is how a request stands against a requirement.
type tokenState int

const (
	TokenGood          tokenState = iota
	tokenMissing                  // there is none where the provider looks
	tokenUnknownIssuer            // it is of an issuer that the provider does not know
	tokenBad
)

// A Result is the outcome of a requirement.
type Result struct {
	State  tokenState
	Status int    // the answer to a bad token
	Reason string // Envoy's words
	Name   string // of the provider
	Tokens []Verified
}

// A Verified token is one that a provider accepts.
type Verified struct {
	*token
	Provider *jwtv3.JwtProvider
	Name     string
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
func (v *verifier) sanitize(p *jwtv3.JwtProvider) {
	for _, name := range grants(p) {
		if _, there := v.req.Headers[name]; there {
			delete(v.req.Headers, name)
			v.edits.Remove(name)
		}
	}
}

// pass does to the request what a provider wants done with a token that it accepts.
func (v *verifier) pass(t Verified) {
	if name := t.Provider.GetForwardPayloadHeader(); name != "" {
		v.grant(name, strings.FieldsFunc(t.text, func(c rune) bool { return c == '.' })[1])
	}
	for _, h := range t.Provider.GetClaimToHeaders() {
		if value, there := claimAt(t.Claims, h.GetClaimName()); there && claimText(value) != "" {
			v.grant(h.GetHeaderName(), claimText(value))
		}
	}
	if !t.Provider.GetForward() {
		v.withhold(t.token)
	}
}

// grant adds a header to the request.
func (v *verifier) grant(name, value string) {
	name = strings.ToLower(name)
	v.req.Headers[name] = append(slices.Clone(v.req.Headers[name]), value)
	v.edits.Set(name, strings.Join(v.req.Headers[name], ","))
}

// withhold takes a token off the request.
func (v *verifier) withhold(t *token) {
	switch {
	case t.header != "":
		delete(v.req.Headers, t.header)
		v.edits.Removed = append(v.edits.Removed, t.header)
	case t.param != "":
		v.req.Drop(t.param)
	}
}

// NormalClaims splits the claims that are lists in one string.
func NormalClaims(claims map[string]any, spaced []string) map[string]any {
	out := maps.Clone(claims)
	for _, name := range spaced {
		if text, ok := out[name].(string); ok {
			list := []any{}
			for _, word := range strings.Fields(text) {
				list = append(list, word)
			}
			out[name] = list
		}
	}
	return out
}

// require checks a requirement, which may be made of others.
func (v *verifier) require(need *jwtv3.JwtRequirement) Result {
	switch n := need.GetRequiresType().(type) {
	case *jwtv3.JwtRequirement_ProviderName:
		return v.provided(n.ProviderName, v.config.GetProviders()[n.ProviderName], nil)
	case *jwtv3.JwtRequirement_ProviderAndAudiences:
		name := n.ProviderAndAudiences.GetProviderName()
		return v.provided(name, v.config.GetProviders()[name], n.ProviderAndAudiences.GetAudiences())
	case *jwtv3.JwtRequirement_RequiresAny:
		return v.requireAny(n.RequiresAny.GetRequirements())
	case *jwtv3.JwtRequirement_RequiresAll:
		return v.requireAll(n.RequiresAll.GetRequirements())
	}
	return Result{} // allow_missing and allow_missing_or_failed by themselves demand nothing
}

// requireAny is content with one good token. Where there is none, an error counts for more than a token of a stranger,
// and that for more than a missing one, which may be permitted.
func (v *verifier) requireAny(needs []*jwtv3.JwtRequirement) Result {
	worst := Result{State: tokenMissing, Status: 401, Reason: "Jwt is missing"}
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
		check := v.require(n)
		if check.State == TokenGood {
			return check
		}
		if check.State == tokenBad || worst.State == tokenMissing {
			worst = check
		}
	}
	if mayFail || mayMiss && worst.State == tokenMissing {
		return Result{}
	}
	return worst
}

func (v *verifier) requireAll(needs []*jwtv3.JwtRequirement) Result {
	var all Result
	for _, n := range needs {
		check := v.require(n)
		if check.State != TokenGood {
			return check
		}
		all.Tokens = append(all.Tokens, check.Tokens...)
	}
	return all
}

// provided checks the tokens that a provider finds in the request. All have to be good: the upstream may read any.
func (v *verifier) provided(name string, p *jwtv3.JwtProvider, audiences []string) Result {
	if len(audiences) == 0 {
		audiences = p.GetAudiences()
	}
	v.req.Headers = maps.Clone(v.req.Headers)
	v.sanitize(p)
	out := Result{Status: 401, Name: name}
	tokens := findTokens(v.req, p)
	if len(tokens) == 0 {
		out.State, out.Reason = tokenMissing, "Jwt is missing"
	}
	for _, t := range tokens {
		switch {
		case t.fault != "":
			out.State, out.Reason = tokenBad, t.fault
		case p.GetIssuer() != "" && t.Claims["iss"] != p.GetIssuer():
			out.State, out.Reason = tokenUnknownIssuer, "Jwt issuer is not configured"
		case !t.isFor(audiences):
			out.State, out.Status, out.Reason = tokenBad, 403, "Audiences in Jwt are not allowed"
		}
		if out.State != TokenGood {
			return out
		}
		good := Verified{t, p, name}
		v.pass(good)
		out.Tokens = append(out.Tokens, good)
	}
	return out
}
