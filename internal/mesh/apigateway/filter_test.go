package apigateway

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"
	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/gatewayapi"
)

// TestOriginMatch matches the origins of a CORS filter, which may have an asterisk anywhere.
func TestOriginMatch(t *testing.T) {
	exact := func(s string) *networking.StringMatch {
		return &networking.StringMatch{MatchType: &networking.StringMatch_Exact{Exact: s}}
	}
	prefix := func(s string) *networking.StringMatch {
		return &networking.StringMatch{MatchType: &networking.StringMatch_Prefix{Prefix: s}}
	}
	regex := func(s string) *networking.StringMatch {
		return &networking.StringMatch{MatchType: &networking.StringMatch_Regex{Regex: s}}
	}
	for origin, want := range map[string]*networking.StringMatch{
		"*":                       regex(anyOrigin),
		"https://shop.example":    exact("https://shop.example"),
		"https://shop.example:*":  prefix("https://shop.example:"),
		"https://*.shop.example":  regex(`^https://.*\.shop\.example$`),
		"https://*.shop.example*": regex(`^https://.*\.shop\.example.*$`),
	} {
		if diff := cmp.Diff(want, originMatch(origin), protocmp.Transform()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", origin, diff)
		}
	}
}

// TestSetHeaders takes the headers of the filter's own type, and of several of one name the first.
func TestSetHeaders(t *testing.T) {
	two := &gatewayapi.HeaderFilter{Set: []gatewayapi.Header{{Name: "X-Team", Value: "a"}, {Name: "x-team", Value: "b"}}, Remove: []string{"x-old"}}
	operations := &networking.Headers_HeaderOperations{Set: map[string]string{"x-team": "a"}, Remove: []string{"x-old"}}
	for name, test := range map[string]struct {
		filter gatewayapi.Filter
		want   *networking.Headers
	}{
		"of requests":      {gatewayapi.Filter{Type: "RequestHeaderModifier", RequestHeaderModifier: two}, &networking.Headers{Request: operations}},
		"of responses":     {gatewayapi.Filter{Type: "ResponseHeaderModifier", ResponseHeaderModifier: two}, &networking.Headers{Response: operations}},
		"of another type":  {gatewayapi.Filter{Type: "ResponseHeaderModifier", RequestHeaderModifier: two}, &networking.Headers{}},
		"without settings": {gatewayapi.Filter{Type: "RequestHeaderModifier"}, &networking.Headers{}},
	} {
		t.Run(name, func(t *testing.T) {
			got := &networking.Headers{}
			setHeaders(got, test.filter)
			if diff := cmp.Diff(test.want, got, protocmp.Transform()); diff != "" {
				t.Errorf("headers (-want +got):\n%s", diff)
			}
		})
	}
}
