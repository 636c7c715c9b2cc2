package apigateway

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"
	networking "istio.io/api/networking/v1alpha3"
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
