package simulate

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"

	jwtv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/jwt_authn/v3"
)

// A token is a JSON Web Token of a request.
type token struct {
	claims map[string]any // nil where the token cannot be read
	header string         // that it was in
	param  string         // that it was in
}

// findToken looks where the provider says: by default in the Authorization header and the parameter access_token.
func findToken(r *request, p *jwtv3.JwtProvider) (*token, bool) {
	headers, params := p.GetFromHeaders(), p.GetFromParams()
	if len(headers)+len(params)+len(p.GetFromCookies()) == 0 {
		headers, params = []*jwtv3.JwtHeader{{Name: "authorization", ValuePrefix: "Bearer "}}, []string{"access_token"}
	}
	for _, h := range headers {
		name := strings.ToLower(h.GetName())
		value, ok := r.get(name)
		if _, after, found := strings.Cut(value, h.GetValuePrefix()); ok && found {
			return &token{claims: readClaims(after), header: name}, true
		}
	}
	for _, name := range params {
		if value, ok := r.parameter(name); ok {
			return &token{claims: readClaims(value), param: name}, true
		}
	}
	for _, name := range p.GetFromCookies() {
		if value, ok := r.cookie(name); ok {
			return &token{claims: readClaims(value)}, true
		}
	}
	return nil, false
}

// readClaims decodes the payload of a token, without verifying its signature.
func readClaims(text string) map[string]any {
	parts := strings.Split(strings.TrimSpace(text), ".")
	if len(parts) != 3 {
		return nil
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return nil
	}
	var claims map[string]any
	if json.Unmarshal(payload, &claims) != nil {
		return nil
	}
	return claims
}

// isFor says whether the token's audience is one of a list; an empty list takes every token.
func (t *token) isFor(audiences []string) bool {
	if len(audiences) == 0 {
		return true
	}
	switch aud := t.claims["aud"].(type) {
	case string:
		return slices.Contains(audiences, aud)
	case []any:
		return anyOf(aud, func(a any) bool { s, _ := a.(string); return slices.Contains(audiences, s) })
	}
	return false
}
