package callgen

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	jwtv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/jwt_authn/v3"
	matcherv3 "github.com/envoyproxy/go-control-plane/envoy/type/matcher/v3"
	"google.golang.org/protobuf/proto"
)

func provider(keys string) *jwtv3.JwtProvider {
	return &jwtv3.JwtProvider{
		Issuer:      "https://issuer.example",
		FromHeaders: []*jwtv3.JwtHeader{{Name: "X-Jwt", ValuePrefix: "jwt="}},
		JwksSourceSpecifier: &jwtv3.JwtProvider_LocalJwks{LocalJwks: &corev3.DataSource{
			Specifier: &corev3.DataSource_InlineString{InlineString: keys},
		}},
	}
}

// Tokens are signed with the secret of their provider and are where it looks for them.
func TestTokens(t *testing.T) {
	p := provider(`{"keys": [{"kty": "RSA", "n": "AQAB", "e": "AQAB"}, {"kty": "oct", "k": "c2VjcmV0"}]}`)
	key := secret(p)
	if string(key) != "secret" {
		t.Fatalf("the secret is %q", key)
	}
	r := request{}.with(func(r *request) { bear(r, p, signed(claims{"iss": p.Issuer}, key)) })
	text, ok := strings.CutPrefix(r.headers["x-jwt"], "jwt=")
	parts := strings.Split(text, ".")
	if !ok || len(parts) != 3 {
		t.Fatalf("the header is %q", r.headers["x-jwt"])
	}
	sum := hmac.New(sha256.New, key)
	sum.Write([]byte(parts[0] + "." + parts[1]))
	if parts[2] != base64.RawURLEncoding.EncodeToString(sum.Sum(nil)) {
		t.Error("the signature is not that of the secret")
	}
	if secret(provider(`{"keys": [{"kty": "RSA", "n": "AQAB", "e": "AQAB"}]}`)) != nil {
		t.Error("a public key is taken for a secret")
	}
}

// For a claim that is asked for there are tokens with it, with a list that has it, and with another.
func TestVariants(t *testing.T) {
	g := sampler{rand.New(rand.NewPCG(1, 1))}
	asked := &matcherv3.MetadataMatcher{
		Path: []*matcherv3.MetadataMatcher_PathSegment{segment("payload"), segment("outer"), segment("inner")},
		Value: &matcherv3.ValueMatcher{MatchPattern: &matcherv3.ValueMatcher_StringMatch{
			StringMatch: &matcherv3.StringMatcher{MatchPattern: &matcherv3.StringMatcher_Exact{Exact: "deep"}},
		}},
	}
	var found []string
	for _, c := range g.variants(provider(""), []*matcherv3.MetadataMatcher{proto.CloneOf(asked)}) {
		text, err := json.Marshal(c["outer"])
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, string(text))
	}
	all := strings.Join(found, " ")
	for _, want := range []string{`{"inner":"deep"}`, `{"inner":["other","deep"]}`, `{"inner":7}`} {
		if !strings.Contains(all, want) {
			t.Errorf("no token claims %s, but %s", want, all)
		}
	}
}

func segment(key string) *matcherv3.MetadataMatcher_PathSegment {
	return &matcherv3.MetadataMatcher_PathSegment{Segment: &matcherv3.MetadataMatcher_PathSegment_Key{Key: key}}
}
