package security

import (
	"cmp"
	"fmt"
	"slices"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	jwtv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/jwt_authn/v3"
	hcmv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	"google.golang.org/protobuf/types/known/emptypb"
	security "istio.io/api/security/v1beta1"

	"sem.example/internal/compile/origin"
	"sem.example/internal/compile/xds"
	"sem.example/internal/config"
	"sem.example/internal/envoy"
	"sem.example/internal/mesh"
	"sem.example/internal/source"
)

// An Authentication is what RequestAuthentications say about the requests that a proxy receives.
type Authentication struct {
	Filters []*hcmv3.HttpFilter // one, or none
	Shared  origin.Shared
	Remote  []envoy.NotModelled // issuers whose keys would be fetched
}

// A tokenRule is a JWT rule and where it is written.
type tokenRule struct {
	*security.JWTRule
	at config.Place
}

// authenticationOf translates the JWT rules of all policies that select the proxy, by issuer.
func authenticationOf(view *mesh.View) Authentication {
	var rules []tokenRule
	for _, o := range view.RequestAuthentications() {
		for i, r := range config.Spec[*security.RequestAuthentication](o).GetJwtRules() {
			rules = append(rules, tokenRule{r, config.Place{Object: o, Field: source.Index("spec.jwtRules", i)}})
		}
	}
	if len(rules) == 0 {
		return Authentication{}
	}
	slices.SortStableFunc(rules, func(a, b tokenRule) int { return cmp.Compare(a.Issuer, b.Issuer) })
	out := Authentication{Filters: []*hcmv3.HttpFilter{xds.HTTPFilter(xds.JWTFilter, tokenConfig(view, rules))}}
	var origins origin.List
	for i, r := range rules {
		origins.Add("jwt/"+providerName(i), origin.DefinesTree(r.at.Object, r.at.Field)...)
		if r.Jwks == "" {
			out.Remote = append(out.Remote, remoteKeys(r))
		}
	}
	out.Shared = origins.Share()
	return out
}

func remoteKeys(r tokenRule) envoy.NotModelled {
	return envoy.NotModelled{
		What:   "the signing keys of token issuer " + r.Issuer,
		Reason: "istiod fetches them over the network; without them the proxy rejects every token of this issuer",
		Issuer: r.Issuer,
		Origin: origin.Defines(r.at.Object, r.at.Field+".jwksUri"),
	}
}

func providerName(rule int) string { return fmt.Sprintf("origins-%d", rule) }

// tokenConfig demands that a token, if a request has one, is valid for the rule that it belongs to.
//
// With several rules each has to be met by a valid token or by none in its place; or one of them is met, which lets
// rules share the place that the token is taken from. Where a rule demands its token, each has to be met: no other token
// takes its place.
func tokenConfig(view *mesh.View, rules []tokenRule) *jwtv3.JwtAuthentication {
	out := &jwtv3.JwtAuthentication{Providers: map[string]*jwtv3.JwtProvider{}, BypassCorsPreflight: true}
	var one, each []*jwtv3.JwtRequirement
	mandatory := false
	for i, r := range rules {
		name := providerName(i)
		out.Providers[name] = tokenProvider(view, r.JWTRule)
		one = append(one, provided(name))
		if r.GetPresence() == security.JWTRule_REQUIRED {
			each, mandatory = append(each, provided(name)), true
			continue
		}
		each = append(each, anyOf(provided(name), &jwtv3.JwtRequirement{
			RequiresType: &jwtv3.JwtRequirement_AllowMissing{AllowMissing: &emptypb.Empty{}},
		}))
	}
	required := each[0]
	if len(rules) > 1 {
		required = &jwtv3.JwtRequirement{RequiresType: &jwtv3.JwtRequirement_RequiresAll{
			RequiresAll: &jwtv3.JwtRequirementAndList{Requirements: each},
		}}
		if !mandatory {
			required = anyOf(append(one, required)...)
		}
	}
	out.Rules = []*jwtv3.RequirementRule{{
		Match:           &routev3.RouteMatch{PathSpecifier: &routev3.RouteMatch_Prefix{Prefix: "/"}},
		RequirementType: &jwtv3.RequirementRule_Requires{Requires: required},
	}}
	return out
}

func provided(name string) *jwtv3.JwtRequirement {
	return &jwtv3.JwtRequirement{RequiresType: &jwtv3.JwtRequirement_ProviderName{ProviderName: name}}
}

func anyOf(rs ...*jwtv3.JwtRequirement) *jwtv3.JwtRequirement {
	return &jwtv3.JwtRequirement{RequiresType: &jwtv3.JwtRequirement_RequiresAny{
		RequiresAny: &jwtv3.JwtRequirementOrList{Requirements: rs},
	}}
}

// tokenProvider returns where tokens of an issuer are found, how they are checked, and what happens to them. A gateway
// chooses the route again, as routes may ask for claims.
func tokenProvider(view *mesh.View, r *security.JWTRule) *jwtv3.JwtProvider {
	keys := r.GetJwks()
	if keys == "" {
		keys = unusableKeys
	}
	spaced := append([]string{"permission", "scope"}, r.GetSpaceDelimitedClaims()...)
	slices.Sort(spaced)
	out := &jwtv3.JwtProvider{
		Issuer:                     r.GetIssuer(),
		Audiences:                  r.GetAudiences(),
		Forward:                    r.GetForwardOriginalToken(),
		ForwardPayloadHeader:       r.GetOutputPayloadToHeader(),
		PayloadInMetadata:          xds.JWTPayload,
		NormalizePayloadInMetadata: &jwtv3.JwtProvider_NormalizePayload{SpaceDelimitedClaims: slices.Compact(spaced)},
		ClearRouteCache:            view.IsGateway(),
		FromParams:                 r.GetFromParams(),
		FromCookies:                r.GetFromCookies(),
		JwksSourceSpecifier: &jwtv3.JwtProvider_LocalJwks{LocalJwks: &corev3.DataSource{
			Specifier: &corev3.DataSource_InlineString{InlineString: keys},
		}},
	}
	for _, h := range r.GetFromHeaders() {
		out.FromHeaders = append(out.FromHeaders, &jwtv3.JwtHeader{Name: h.GetName(), ValuePrefix: h.GetPrefix()})
	}
	for _, h := range r.GetOutputClaimToHeaders() {
		out.ClaimToHeaders = append(out.ClaimToHeaders, &jwtv3.JwtClaimToHeader{HeaderName: h.GetHeader(), ClaimName: h.GetClaim()})
	}
	return out
}

// unusableKeys stand in for keys that cannot be fetched: the public key, always the same, that istiod then sends. Its
// private half was never kept, so it lets no token through.
const unusableKeys = `{
  "keys": [
    {
      "kty": "RSA",
      "e": "AQAB",
      "n": "0xObjM0UvS_oaazjpEYlAbwctEJ4L8pH3OuTb7qth7gUwqet-EzQB4dgFdvSdMgrLnSncQGRjpEYz3F3viIbH-3EN3TxSlPNviHxeOdyiBVfumN8dMxbLvVJUpfNOnvmMxJcl-8NNjAwcOjk4otSALaYgYYyOPyvKtgVdrQr-FoubWX4yrjxW-MJ2-7OBeepUUNOsVwGV23YX03sVkkyvY3otRflkBcY3_HKpBxJl9wk2GyOShN4_PNUF9-vwfnvOXMbCDX-w4PTef4geeb_GiT40YCKHTKMSPVanGRn5GExIWmki-mmqh94-mPTJyBR74ShspL3BxPZitDL574T1w"
    }
  ]
}`
