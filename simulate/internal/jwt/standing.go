package jwt

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	jwtv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/jwt_authn/v3"

	"sem.example/simulate/decision"
	"sem.example/simulate/internal/request"
)

// Rules returns what each provider makes of the tokens of a request, before any is taken off it: the provider's name in Policy, and
// what is compared where it does not accept one.
func (f *Filter) Rules(r *request.Request) []decision.PolicyRule {
	var out []decision.PolicyRule
	for _, name := range slices.Sorted(maps.Keys(f.Config.GetProviders())) {
		failed := refusal(f.Config.GetProviders()[name], r)
		out = append(out, decision.PolicyRule{Name: name, Policy: name, Action: decision.Authenticate, Matched: failed == nil, Failed: failed})
	}
	return out
}

// refusal is why a provider accepts no token of a request, nil where it does.
func refusal(p *jwtv3.JwtProvider, r *request.Request) *decision.FailedClause {
	is := func(attribute string, want ...string) *decision.FailedClause {
		out := &decision.FailedClause{Attribute: attribute}
		for _, w := range want {
			out.Tests = append(out.Tests, decision.TextTest{Test: decision.Is, Value: w})
		}
		return out
	}
	tokens := findTokens(r, p)
	if len(tokens) == 0 {
		return is(decision.TokenIssuer, p.GetIssuer())
	}
	for _, t := range tokens {
		var failed *decision.FailedClause
		switch {
		case t.fault != "":
			failed = is(decision.TokenForm, "well-formed")
			failed.Got = t.fault
		case p.GetIssuer() != "" && t.Claims["iss"] != p.GetIssuer():
			failed = is(decision.TokenIssuer, p.GetIssuer())
			failed.Got = fmt.Sprint(t.Claims["iss"])
		case !t.isFor(p.GetAudiences()):
			failed = is(decision.TokenAudiences, p.GetAudiences()...)
			failed.Got = audienceText(t.Claims["aud"])
		}
		if failed != nil {
			return failed
		}
	}
	return nil
}

// audienceText is the audiences of a token, one or a list.
func audienceText(claim any) string {
	list, ok := claim.([]any)
	if !ok {
		return fmt.Sprint(claim)
	}
	var out []string
	for _, a := range list {
		out = append(out, fmt.Sprint(a))
	}
	return strings.Join(out, ", ")
}
