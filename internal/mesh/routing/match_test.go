package routing

import (
	"testing"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
)

func TestStringMatch(t *testing.T) {
	exact := &networking.StringMatch{MatchType: &networking.StringMatch_Exact{Exact: "a"}}
	prefix := &networking.StringMatch{MatchType: &networking.StringMatch_Prefix{Prefix: "*"}}
	star := &networking.StringMatch{MatchType: &networking.StringMatch_Regex{Regex: "*"}}
	for _, test := range []struct {
		in       *networking.StringMatch
		want     StringMatch
		presence bool
	}{
		{nil, StringMatch{}, true},
		{&networking.StringMatch{}, StringMatch{Kind: Present}, true},
		{exact, StringMatch{Exact, "a"}, false},
		{prefix, StringMatch{Prefix, "*"}, false},
		{star, StringMatch{Regex, "*"}, true},
	} {
		got := StringMatchOf(test.in)
		if got != test.want || got.PresenceOnly() != test.presence {
			t.Errorf("%v: %v, presence %v", test.in, got, got.PresenceOnly())
		}
	}
}

// A key is the same for equal conditions only: every part of a match makes another one.
func TestKey(t *testing.T) {
	named := []NamedMatch{{Name: "x", StringMatch: StringMatch{Exact, "1"}}}
	seen := map[string]int{}
	for i, m := range []HTTPMatch{
		{},
		{Client: Client{Gateways: []string{"g"}}}, {Client: Client{Labels: map[string]string{"a": "b"}}}, {Client: Client{Namespace: "n"}}, {Client: Client{Port: 80}},
		{Path: StringMatch{Exact, "/"}}, {Path: StringMatch{Prefix, "/"}}, {IgnorePathCase: true},
		{Method: StringMatch{Exact, "a"}}, {Authority: StringMatch{Exact, "a"}}, {Scheme: StringMatch{Exact, "a"}},
		{Headers: named}, {WithoutHeaders: named}, {QueryParams: named},
	} {
		if j, again := seen[m.Key()]; again {
			t.Errorf("matches %d and %d have one key %s", i, j, m.Key())
		}
		seen[m.Key()] = i
	}
	here := HTTPMatch{Name: "here", At: []config.Place{{Object: &config.Object{}, Field: "spec"}}}
	if here.Key() != (HTTPMatch{}).Key() {
		t.Error("name or place is part of the key")
	}
}
