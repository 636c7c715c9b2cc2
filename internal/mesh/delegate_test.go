package mesh

import (
	"testing"

	networking "istio.io/api/networking/v1alpha3"

	"sem.example/internal/config"
	"sem.example/internal/mesh/routing"
)

func exact(s string) *networking.StringMatch {
	return &networking.StringMatch{MatchType: &networking.StringMatch_Exact{Exact: s}}
}

func prefix(s string) *networking.StringMatch {
	return &networking.StringMatch{MatchType: &networking.StringMatch_Prefix{Prefix: s}}
}

func regex(s string) *networking.StringMatch {
	return &networking.StringMatch{MatchType: &networking.StringMatch_Regex{Regex: s}}
}

func TestStringConflict(t *testing.T) {
	any := &networking.StringMatch{}
	tests := []struct {
		name       string
		root, leaf *networking.StringMatch
		want       bool
	}{
		{"nothing", nil, nil, false},
		{"no root", nil, exact("/a"), false},
		{"no leaf", exact("/a"), nil, false},
		{"equal", exact("/a"), exact("/a"), false},
		{"different", exact("/a"), exact("/b"), true},
		{"wider leaf", exact("/a"), prefix("/a"), true},
		{"narrower prefix", prefix("/a"), prefix("/a/b"), false},
		{"wider prefix", prefix("/a/b"), prefix("/a"), true},
		{"exact in prefix", prefix("/a"), exact("/ab"), false},
		{"exact outside", prefix("/a"), exact("/b"), true},
		{"regex root", regex("/a"), prefix("/a"), true},
		{"regex leaf", prefix("/a"), regex("/a"), true},
		{"both regex", regex("/a"), regex("/a"), true},
		{"presence below exact", exact("/a"), any, true},
		{"presence below prefix", prefix("/a"), any, true},
		{"exact below presence", any, exact("/a"), true},
		{"both presence", any, any, true},
	}
	for _, test := range tests {
		if got := stringConflict(routing.StringMatchOf(test.root), routing.StringMatchOf(test.leaf)); got != test.want {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}

func TestMatchConflict(t *testing.T) {
	type match = networking.HTTPMatchRequest
	tests := []struct {
		root, leaf *match
		want       string
	}{
		{&match{}, &match{Uri: exact("/")}, ""},
		{&match{Uri: prefix("/a")}, &match{Uri: prefix("/b")}, "uri"},
		{&match{Method: exact("GET")}, &match{Method: exact("PUT")}, "method"},
		{&match{Scheme: exact("http")}, &match{Scheme: exact("https")}, "scheme"},
		{&match{Authority: exact("a")}, &match{Authority: exact("b")}, "authority"},
		{&match{Headers: map[string]*networking.StringMatch{"x": exact("1")}}, &match{Headers: map[string]*networking.StringMatch{"y": exact("2")}}, ""},
		{&match{Headers: map[string]*networking.StringMatch{"x": exact("1")}}, &match{Headers: map[string]*networking.StringMatch{"x": exact("2")}}, "headers"},
		{&match{QueryParams: map[string]*networking.StringMatch{"q": exact("1")}}, &match{QueryParams: map[string]*networking.StringMatch{"q": exact("2")}}, "queryParams"},
		{&match{IgnoreUriCase: true}, &match{}, "ignoreUriCase"},
		{&match{Port: 80}, &match{Port: 81}, "port"},
		{&match{Port: 80}, &match{}, ""},
		{&match{SourceNamespace: "a"}, &match{}, "sourceNamespace"},
		{&match{}, &match{SourceNamespace: "a"}, ""},
		{&match{SourceLabels: map[string]string{"a": "1"}}, &match{SourceLabels: map[string]string{"a": "2"}}, "sourceLabels"},
		{&match{SourceLabels: map[string]string{"a": "1"}}, &match{SourceLabels: map[string]string{"b": "2"}}, ""},
		{&match{Gateways: []string{"a", "b"}}, &match{Gateways: []string{"b"}}, ""},
		{&match{Gateways: []string{"a"}}, &match{Gateways: []string{"b"}}, "gateways"},
		{&match{Gateways: []string{"a"}}, &match{Gateways: []string{"a", "a"}}, "gateways"},
		{&match{Gateways: []string{"a"}}, &match{}, ""},
	}
	for i, test := range tests {
		matches := names{"", ""}.httpMatches([]*match{test.root, test.leaf}, config.Place{})
		if got := matchConflict(matches[0], matches[1]); got != test.want {
			t.Errorf("%d: %q, want %q", i, got, test.want)
		}
	}
}
