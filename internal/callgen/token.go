package callgen

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	rbacv3 "github.com/envoyproxy/go-control-plane/envoy/config/rbac/v3"
	jwtv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/jwt_authn/v3"
	matcherv3 "github.com/envoyproxy/go-control-plane/envoy/type/matcher/v3"
)

type claims = map[string]any

// tokens returns requests that have tokens: good ones, with each claim that rules and routes ask for, and some that
// just miss what the providers of the chain ask for. Only a provider whose keys hold a shared secret can be signed for.
func (s sampler) tokens(chain *listenerv3.FilterChain, requests []request) []request {
	var providers []*jwtv3.JwtProvider
	within(chain, func(a *jwtv3.JwtAuthentication) {
		for _, name := range slices.Sorted(maps.Keys(a.GetProviders())) {
			providers = append(providers, a.GetProviders()[name])
		}
	})
	asked := claimsOf(chain)
	var out []request
	for _, p := range providers {
		bearers := s.bearers(requests)
		if len(bearers) == 0 {
			continue
		}
		out = append(out, bearers[0].with(func(r *request) { bear(r, p, "a.b") }), bearers[0].with(func(r *request) { bear(r, p, "") }))
		key := secret(p)
		if key == nil {
			continue
		}
		for _, base := range bearers {
			for _, c := range s.variants(p, slices.Concat(asked, base.claims)) {
				token := signed(c, key)
				out = append(out, base.with(func(r *request) { bear(r, p, token) }))
			}
		}
	}
	return out
}

// bearers are requests that are worth making with a token: those for routes that ask for claims, and two more.
func (s sampler) bearers(requests []request) []request {
	out := s.some(requests)
	for _, r := range requests {
		if len(r.claims) > 0 {
			out = append(out, r)
		}
	}
	return out
}

// claimsOf are what the authorization rules of a chain ask of tokens.
func claimsOf(chain *listenerv3.FilterChain) []*matcherv3.MetadataMatcher {
	var out []*matcherv3.MetadataMatcher
	within(chain, func(p *rbacv3.Principal) {
		if m := p.GetMetadata(); m != nil {
			out = append(out, m)
		}
	})
	return out
}

// variants are the claims of tokens of a provider: plain ones, and for each condition some that meet it, as a text and
// in a list, and some that just do not.
func (s sampler) variants(p *jwtv3.JwtProvider, asked []*matcherv3.MetadataMatcher) []claims {
	base := func() claims {
		audience := "web"
		if a := p.GetAudiences(); len(a) > 0 {
			audience = a[0]
		}
		return claims{"iss": p.GetIssuer(), "sub": "alice", "aud": audience, "exp": 4102444800, "roles": "one two", "scope": "write read"}
	}
	changed := func(f func(claims)) claims {
		c := base()
		f(c)
		return c
	}
	out := []claims{
		base(),
		changed(func(c claims) { c["aud"] = []string{"nobody", "other"} }),
		changed(func(c claims) { delete(c, "aud") }),
		changed(func(c claims) { c["iss"] = "https://stranger.example" }),
		changed(func(c claims) { delete(c, "sub") }),
	}
	for _, m := range asked {
		path := keysOf(m)
		within(m.GetValue(), func(m *matcherv3.StringMatcher) {
			take, miss := s.text(m, true), s.text(m, false)
			for _, value := range []any{take, []string{"other", take}, miss, 7} {
				out = append(out, changed(func(c claims) { set(c, path, value) }))
			}
		})
	}
	return out
}

// keysOf is the path of the claim, without the key under which the claims of a token are kept.
func keysOf(m *matcherv3.MetadataMatcher) []string {
	var out []string
	for _, s := range m.GetPath() {
		out = append(out, s.GetKey())
	}
	return out[min(1, len(out)):]
}

func set(c claims, path []string, value any) {
	for len(path) > 1 {
		inner := claims{}
		c[path[0]], c, path = inner, inner, path[1:]
	}
	if len(path) == 1 {
		c[path[0]] = value
	}
}

// bear puts a token where a provider looks for it.
func bear(r *request, p *jwtv3.JwtProvider, token string) {
	switch {
	case len(p.GetFromHeaders()) > 0:
		h := p.GetFromHeaders()[0]
		r.headers[strings.ToLower(h.GetName())] = h.GetValuePrefix() + token
	case len(p.GetFromParams()) > 0:
		r.query = append(r.query, p.GetFromParams()[0]+"="+token)
	case len(p.GetFromCookies()) > 0:
		r.headers["cookie"] = p.GetFromCookies()[0] + "=" + token
	default:
		r.headers["authorization"] = "Bearer " + token
	}
}

// secret is the shared secret among the keys of a provider, nil where there is none.
func secret(p *jwtv3.JwtProvider) []byte {
	var set struct {
		Keys []struct{ K, Kty string }
	}
	if json.Unmarshal([]byte(p.GetLocalJwks().GetInlineString()), &set) != nil {
		return nil
	}
	for _, k := range set.Keys {
		if text, err := base64.RawURLEncoding.DecodeString(k.K); err == nil && k.Kty == "oct" {
			return text
		}
	}
	return nil
}

// signed is the token of claims.
func signed(c claims, key []byte) string {
	payload, err := json.Marshal(c)
	if err != nil {
		panic(err) // claims are made up here, of texts, lists and numbers
	}
	text := encoded([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + encoded(payload)
	sum := hmac.New(sha256.New, key)
	sum.Write([]byte(text))
	return text + "." + encoded(sum.Sum(nil))
}

func encoded(text []byte) string { return base64.RawURLEncoding.EncodeToString(text) }
