package mesh

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	networking "istio.io/api/networking/v1alpha3"
	"sigs.k8s.io/yaml"

	"sem.example/internal/config"
	"sem.example/internal/mesh/routing"
)

func parseRoute(t *testing.T, text string) httpRoute {
	t.Helper()
	in := &networking.HTTPRoute{}
	if err := yaml.Unmarshal([]byte(text), in); err != nil {
		t.Fatal(err)
	}
	return names{"", ""}.httpRoute(in, config.Place{Object: &config.Object{}, Field: "rule"})
}

func TestMirrorShares(t *testing.T) {
	for _, test := range []struct {
		route string
		want  []routing.Fraction
	}{
		{`{mirror: {host: a}}`, []routing.Fraction{{Numerator: 100, Denominator: 100}}},
		{`{mirror: {host: a}, mirrorPercent: 1}`, []routing.Fraction{{Numerator: 1, Denominator: 100}}},
		{`{mirror: {host: a}, mirrorPercent: 0}`, nil},
		{`{mirror: {host: a}, mirrorPercentage: {value: 0.5}}`, []routing.Fraction{{Numerator: 5000, Denominator: 1e6}}},
		{`{mirror: {host: a}, mirrorPercent: 7, mirrorPercentage: {value: 0.5}}`, []routing.Fraction{{Numerator: 5000, Denominator: 1e6}}},
		{`{mirrors: [{destination: {host: a}}, {destination: {host: b}, percentage: {value: 0}}, {percentage: {value: 1}}]}`, []routing.Fraction{{Numerator: 100, Denominator: 100}}},
	} {
		var got []routing.Fraction
		for _, m := range parseRoute(t, test.route).rule().Mirrors {
			got = append(got, m.Share)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: %s", test.route, diff)
		}
	}
}

// A rule of a delegate takes each setting from the rule that delegates to it where it has none of its own.
func TestMergeRule(t *testing.T) {
	root := parseRoute(t, `
name: root
directResponse: {status: 200}
rewrite: {uri: /}
timeout: 1s
retries: {attempts: 1}
fault: {abort: {httpStatus: 500}}
corsPolicy: {maxAge: 1s}
headers: {request: {remove: [a]}}
mirror: {host: a}
mirrorPercent: 3
`)
	merged, conflict := mergeRule(root, parseRoute(t, `{}`))
	if conflict != "" {
		t.Fatal(conflict)
	}
	got := merged.rule()
	for what, pair := range map[string][2]config.Place{
		"name": {got.Name.At, root.Name.At}, "directResponse": {got.DirectResponse.At, root.DirectResponse.At}, "rewrite": {got.Rewrite.At, root.Rewrite.At},
		"timeout": {got.Timeout.At, root.Timeout.At}, "retries": {got.Retries.At, root.Retries.At}, "fault": {got.Fault.At, root.Fault.At},
		"corsPolicy": {got.CORS.At, root.CORS.At}, "headers": {got.Headers.At, root.Headers.At},
	} {
		if pair[0] != pair[1] || !pair[0].Known() {
			t.Errorf("%s is written at %v, want %v", what, pair[0], pair[1])
		}
	}
	if len(got.Mirrors) != 1 || got.Mirrors[0].Share != routing.Percent(3) {
		t.Errorf("mirrors: %+v", got.Mirrors)
	}
	own, _ := mergeRule(root, parseRoute(t, `{timeout: 2s, mirrorPercentage: {value: 1}}`))
	if rule := own.rule(); rule.Timeout.Value.AsDuration().Seconds() != 2 || rule.Mirrors[0].Share.Denominator != 1e6 {
		t.Errorf("the delegate's own settings: %+v", rule)
	}
}

func TestFromNamespace(t *testing.T) {
	in := func(namespaces ...string) (list []routing.HTTPMatch) {
		for _, ns := range namespaces {
			list = append(list, routing.HTTPMatch{Client: routing.Client{Namespace: ns}})
		}
		return list
	}
	for _, test := range []struct {
		matches []routing.HTTPMatch
		client  string
		want    bool
	}{
		{nil, "a", true}, {in(""), "a", true}, {in("a"), "a", true}, {in("b"), "a", false}, {in("b", "a"), "a", true},
		{in("b", ""), "a", false}, {in("", "b"), "", false},
	} {
		if got := fromNamespace(test.matches, test.client); got != test.want {
			t.Errorf("%v from %q: %v", test.matches, test.client, got)
		}
	}
}

func TestPrivateOnly(t *testing.T) {
	for _, test := range []struct {
		exportTo []string
		want     bool
	}{{nil, false}, {[]string{"."}, true}, {[]string{"home"}, true}, {[]string{"other"}, false}, {[]string{".", "other"}, false}} {
		if got := privateOnly(test.exportTo, "home", Settings{}.Complete()); got != test.want {
			t.Errorf("%v: %v", test.exportTo, got)
		}
	}
}
