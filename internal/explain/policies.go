package explain

import (
	"fmt"
	"strconv"
	"strings"

	"sem.example/internal/lazy"
	"sem.example/simulate"
	"sem.example/simulate/decision"
)

// wordPolicy names a rule of access control as its document does, and words the clause that failed.
func wordPolicy(r *simulate.PolicyRule) {
	if m := policyRule().FindStringSubmatch(r.Policy); m != nil {
		n, _ := strconv.Atoi(m[3])
		r.Kind, r.Namespace, r.Name, r.Rule = "AuthorizationPolicy", m[1], m[2], n+1
	}
	if m := missingProvider().FindStringSubmatch(r.Policy); m != nil {
		n, _ := strconv.Atoi(m[4])
		r.Kind, r.Namespace, r.Name, r.Rule, r.Action = "AuthorizationPolicy", m[2], m[3], n+1, "CUSTOM"
	}
	if r.Origin != nil && r.Origin.Field == "spec" {
		r.Rule = 0 // istiod writes a rule that matches nothing for a policy without rules
	}
	if r.Action == decision.Authenticate {
		wordTokenRule(r)
	}
	if c := r.Failed; c != nil {
		c.Field = clauseField(c)
		for _, t := range c.Tests {
			c.Want = append(c.Want, wanted(t))
		}
		c.Got = strings.TrimPrefix(c.Got, "spiffe://")
	}
}

// tokenRule is the field of a rule of a RequestAuthentication.
var tokenRule = lazy.Regexp(`^spec\.jwtRules\[(\d+)\]`)

// wordTokenRule names a rule about tokens as its document does.
func wordTokenRule(r *simulate.PolicyRule) {
	if r.Origin == nil {
		return
	}
	r.Kind, r.Namespace, r.Name = r.Origin.Kind, r.Origin.Namespace, r.Origin.Name
	if m := tokenRule().FindStringSubmatch(r.Origin.Field); m != nil {
		n, _ := strconv.Atoi(m[1])
		r.Rule = n + 1
	}
}

// fields are where an AuthorizationPolicy writes clauses about attributes that have fields.
var fields = map[string][2]string{
	"source.ip":        {"from.source.", "ipBlocks"},
	"remote.ip":        {"from.source.", "remoteIpBlocks"},
	"destination.port": {"to.operation.", "ports"},
	"request.path":     {"to.operation.", "paths"},
	"request.method":   {"to.operation.", "methods"},
	"request.host":     {"to.operation.", "hosts"},

	decision.TokenIssuer:    {"jwtRules.", "issuer"},
	decision.TokenAudiences: {"jwtRules.", "audiences"},
	decision.TokenForm:      {"jwtRules.", "token"},
}

// tokenPayload is where the proxy keeps the claims of a request's token.
const tokenPayload = "metadata.payload."

// tokenFields are the fields that an AuthorizationPolicy has for claims: istiod splits "issuer/subject" at the slash.
var tokenFields = map[string][2]string{
	"iss": {"from.source.", "requestPrincipals (issuer)"},
	"sub": {"from.source.", "requestPrincipals (subject)"},
}

// claimAttribute is the key of the condition of an AuthorizationPolicy about a claim.
func claimAttribute(claim string) string {
	switch claim {
	case "aud":
		return "request.auth.audiences"
	case "azp":
		return "request.auth.presenter"
	}
	return "request.auth.claims[" + strings.ReplaceAll(claim, ".", "][") + "]"
}

// Patterns that Istio makes of namespaces and service accounts, as they are tests of the client's identity.
var (
	namespacePattern = lazy.Regexp(`^\.\*/ns/([^/]+)/\.\*$`)
	accountPattern   = lazy.Regexp(`/ns/([^/]+)/sa/([^/]+)$`)
)

// clauseField is the field of a rule that a clause is written in, else the key of its condition.
func clauseField(c *decision.FailedClause) string {
	field, ok := fields[c.Attribute]
	if c.Attribute == "source.principal" {
		field, ok = [2]string{"from.source.", "principals"}, true
		switch value := c.Tests[0].Value; {
		case c.Tests[0].Test != decision.Matches:
		case namespacePattern().MatchString(value):
			field[1] = "namespaces"
		case accountPattern().MatchString(value):
			field[1] = "serviceAccounts"
		}
	}
	attribute := c.Attribute
	if claim, isClaim := strings.CutPrefix(attribute, tokenPayload); isClaim {
		field, ok = tokenFields[claim]
		attribute = claimAttribute(claim)
	}
	switch {
	case !ok && c.Not:
		return fmt.Sprintf("when[%s].notValues", attribute)
	case !ok:
		return fmt.Sprintf("when[%s].values", attribute)
	case c.Not:
		return field[0] + "not" + strings.ToUpper(field[1][:1]) + field[1][1:]
	}
	return field[0] + field[1]
}

// wanted is a test in the notation of an AuthorizationPolicy, in which a star stands for any text.
func wanted(t decision.TextTest) string {
	value := strings.TrimPrefix(t.Value, "spiffe://")
	switch t.Test {
	case decision.Is:
		return value
	case decision.StartsWith:
		return value + "*"
	case decision.EndsWith:
		return "*" + value
	case decision.Present:
		return "*"
	case decision.InRange:
		if t.End == t.Start+1 {
			return strconv.FormatInt(t.Start, 10)
		}
	case decision.Matches:
		if m := namespacePattern().FindStringSubmatch(value); m != nil {
			return plain(m[1])
		}
		if m := accountPattern().FindStringSubmatch(value); m != nil {
			return plain(m[1] + "/" + m[2])
		}
	}
	return t.String()
}

// plain takes the escapes out of a regular expression that stands for a text.
func plain(pattern string) string { return strings.ReplaceAll(pattern, `\`, "") }
