package callgen

import (
	"math/rand/v2"
	"slices"
	"testing"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	corsv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/cors/v3"
	matchv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/path/match/uri_template/v3"
	matcherv3 "github.com/envoyproxy/go-control-plane/envoy/type/matcher/v3"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"
)

func packed(t *testing.T, m proto.Message) *anypb.Any {
	t.Helper()
	out, err := anypb.New(m)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestTemplated(t *testing.T) {
	config := &corev3.TypedExtensionConfig{TypedConfig: packed(t, &matchv3.UriTemplateMatchConfig{PathTemplate: "/api/*/item"})}
	paths := templated(config)
	for _, want := range []string{"/api/a/item", "/api/a/b/item", "/api//item", "/api/*/item", "/api/a/itemx"} {
		if !slices.Contains(paths, want) {
			t.Errorf("%s is not among %q", want, paths)
		}
	}
}

// A route with a CORS policy is asked by an allowed origin and by another, before and after the preflight.
func TestCrossOrigin(t *testing.T) {
	g := sampler{rand.New(rand.NewPCG(1, 1))}
	policy := &corsv3.CorsPolicy{AllowOriginStringMatch: []*matcherv3.StringMatcher{
		{MatchPattern: &matcherv3.StringMatcher_Exact{Exact: "https://a.example"}},
	}}
	r := &routev3.Route{TypedPerFilterConfig: map[string]*anypb.Any{"envoy.filters.http.cors": packed(t, policy)}}
	allowed, preflights := 0, 0
	requests := g.crossOrigin(request{authority: "web", path: "/"}, r)
	for _, r := range requests {
		if r.headers["origin"] == "https://a.example" {
			allowed++
		}
		if r.method == "OPTIONS" && r.headers["access-control-request-method"] != "" {
			preflights++
		}
	}
	if len(requests) != 6 || allowed != 3 || preflights != 4 {
		t.Errorf("%d requests, %d of an allowed origin, %d preflights", len(requests), allowed, preflights)
	}
}
