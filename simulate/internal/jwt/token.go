package jwt

import (
	"maps"
	"slices"
	"strings"

	jwtv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/jwt_authn/v3"

	"sem.example/simulate/internal/match"
	"sem.example/simulate/internal/request"
)

// A token is a JSON Web Token of a request.
type token struct {
	text   string
	Claims map[string]any // nil where the token cannot be read
	fault  string         // what is wrong with its form, in Envoy's words
	header string         // that it was in
	param  string         // that it was in
}

// findTokens looks where the provider says: by default in the Authorization header and the parameter access_token. The
// tokens are in the order in which they are verified: those of cookies, of parameters and of headers.
func findTokens(r *request.Request, p *jwtv3.JwtProvider) []*token {
	headers, params := p.GetFromHeaders(), p.GetFromParams()
	if len(headers)+len(params)+len(p.GetFromCookies()) == 0 {
		headers, params = []*jwtv3.JwtHeader{{Name: "authorization", ValuePrefix: "Bearer "}}, []string{"access_token"}
	}
	var out []*token
	for _, h := range sortedHeaders(headers) {
		name := strings.ToLower(h.GetName())
		for _, value := range r.Headers[name] {
			if text, ok := tokenIn(value, h.GetValuePrefix()); ok {
				out = append(out, &token{text: text, header: name})
			}
		}
	}
	for _, name := range distinct(params) {
		if value, ok := r.Parameter(name); ok {
			out = append(out, &token{text: value, param: name})
		}
	}
	for _, name := range distinct(p.GetFromCookies()) {
		if value, ok := r.Cookie(name); ok {
			out = append(out, &token{text: value})
		}
	}
	slices.Reverse(out)
	for _, t := range out {
		t.read()
	}
	return out
}

// sortedHeaders are the places in headers, each once, in the order of their names and prefixes.
func sortedHeaders(headers []*jwtv3.JwtHeader) []*jwtv3.JwtHeader {
	byKey := map[string]*jwtv3.JwtHeader{}
	for _, h := range headers {
		byKey[strings.ToLower(h.GetName())+h.GetValuePrefix()] = h
	}
	var out []*jwtv3.JwtHeader
	for _, key := range slices.Sorted(maps.Keys(byKey)) {
		out = append(out, byKey[key])
	}
	return out
}

// distinct returns names sorted, each once.
func distinct(names []string) []string { return slices.Compact(slices.Sorted(slices.Values(names))) }

// letters are those of a token.
const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."

// tokenIn is the token of a header's value: what follows the prefix, from the first character on that a token may have.
// Where none follows it is the whole value.
func tokenIn(value, prefix string) (string, bool) {
	i := strings.Index(value, prefix)
	if i < 0 || prefix == "" {
		return value, i >= 0
	}
	after := value[i+len(prefix):]
	if start := strings.IndexAny(after, letters); start >= 0 {
		return after[start:], true
	}
	return value, true
}

// isFor reports whether the token's audience is one of a list; an empty list takes every token. The scheme and a slash at
// the end do not count.
func (t *token) isFor(audiences []string) bool {
	if len(audiences) == 0 {
		return true
	}
	wanted := match.Mapped(audiences, plainAudience)
	has := func(a any) bool { s, ok := a.(string); return ok && slices.Contains(wanted, plainAudience(s)) }
	if list, ok := t.Claims["aud"].([]any); ok {
		return slices.ContainsFunc(list, has)
	}
	return has(t.Claims["aud"])
}

func plainAudience(a string) string {
	if rest, ok := strings.CutPrefix(a, "http://"); ok {
		a = rest
	} else {
		a = strings.TrimPrefix(a, "https://")
	}
	return strings.TrimSuffix(a, "/")
}

// read decodes the token, without verifying its signature, and notes what is wrong with its form.
func (t *token) read() {
	parts := strings.FieldsFunc(t.text, func(c rune) bool { return c == '.' })
	if len(parts) != 3 {
		t.fault = "Jwt is not in the form of Header.Payload.Signature with two dots and 3 sections"
		return
	}
	header, payload := map[string]any{}, map[string]any{}
	if t.fault = tokenPart("header", parts[0], &header); t.fault != "" {
		return
	}
	if _, ok := header["alg"].(string); !ok {
		t.fault = "Jwt header [alg] field is required and must be a string"
		return
	}
	if t.fault = tokenPart("payload", parts[1], &payload); t.fault != "" {
		return
	}
	if t.fault = misshapen(payload); t.fault == "" {
		t.Claims = payload
	}
}
