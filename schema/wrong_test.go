package schema

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sem.example/internal/source"
)

func only(tb testing.TB, text string) *source.Document {
	tb.Helper()
	docs, problems := source.Parse(&source.File{Name: "x.yaml", Data: []byte(text)})
	if len(docs) != 1 || len(problems) > 0 {
		tb.Fatal(len(docs), problems)
	}
	return docs[0]
}

// rules is a VirtualService of so many rules, with other ones in place of some.
func rules(n int, instead map[int]string) string {
	var b strings.Builder
	b.WriteString("apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: web, namespace: shop}\nspec:\n  hosts: [web]\n  http:\n")
	for i := range n {
		rule := "{match: [{uri: {prefix: /a}}], route: [{destination: {host: web}}]}"
		if instead[i] != "" {
			rule = instead[i]
		}
		fmt.Fprintf(&b, "  - %s\n", rule)
	}
	return b.String()
}

// What is wrong in a long list is told at its own position, and the same as in a short one.
func TestLongList(t *testing.T) {
	tests := map[string]struct {
		doc  string
		want []string
	}{
		"one of many": {rules(300, map[int]string{250: "{timeout: x}"}), []string{
			`spec.http[250].route: a rule needs a route, redirect, directResponse or delegate`,
			`spec.http[250].timeout: timeout "x" must be a duration such as 500ms, 1.5s or 1h30m`}},
		"the rest is counted": {rules(300, everySecond("{timeouts: 5s, route: [{destination: {host: web}}]}", 300)), []string{
			`spec.http[1].timeouts: unknown field "timeouts" in http[1]`,
			`spec.http[41]: 130 more items of http do not fit either; the first 20 are explained`}},
		"too many items": {"apiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: {name: a, namespace: b}\nspec:\n" +
			"  hosts: [" + strings.Repeat("a.example.com, ", 20_000) + "]\n  resolution: NONE\n  ports: [{number: 80, name: http, protocol: HTTP}]\n", []string{
			`spec.hosts: hosts must have at most 256 items`}},
		"many unknown fields": {unknownFields(30), []string{
			`spec.x0: unknown field "x0" in spec`, `spec.x20: 10 more fields of spec are not known; the first 20 are named`}},
		"below an unknown field": {"apiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: {name: a, namespace: b}\nspec:\n" +
			"  hosts: [a.example.com]\n  resolution: NONE\n  ports: [{number: 80, name: http, protocol: HTTP}]\n  hostz: [" + strings.Repeat("{a: b}, ", 1000) + "x]\n", []string{
			`spec.hostz: unknown field "hostz" in spec`}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, d := range Check(only(t, test.doc)) {
				got = append(got, d.At.Field+": "+d.Message)
			}
			if len(got) > 3 {
				got = []string{got[0], got[len(got)-1]}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func unknownFields(n int) string {
	var b strings.Builder
	b.WriteString(rules(1, nil))
	for i := range n {
		fmt.Fprintf(&b, "  x%d: 1\n", i)
	}
	return b.String()
}

func everySecond(rule string, n int) map[int]string {
	out := map[int]string{}
	for i := 1; i < n; i += 2 {
		out[i] = rule
	}
	return out
}

// TestWrongOfAllItems: the items of a list that may not be empty are bounded where none of them fits.
func TestWrongOfAllItems(t *testing.T) {
	doc := only(t, "apiVersion: networking.istio.io/v1\nkind: Gateway\nmetadata: {name: a, namespace: b}\nspec:\n  servers:\n"+
		strings.Repeat("  - {port: {number: 80, name: http, protocol: HTTP}, hosts: [h]}\n", 300))
	if found := len(Check(doc)); found != wrongItems+1 {
		t.Errorf("%d findings, want %d and one that counts the others", found, wrongItems)
	}
}

// BenchmarkWrong is what documents cost that have one mistake, small and large: the cost grows with the size of the document
// as that of a right one does.
func BenchmarkWrong(b *testing.B) {
	subsets := func(n int) string {
		return "apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: a, namespace: b}\nspec:\n  host: web\n  subsets:\n" +
			strings.Repeat("  - {name: v1, labels: {version: v1}}\n", n) + "  - {labels: {version: v1}}\n"
	}
	unknown := func(n int) string {
		return rules(1, nil) + "  exports: [" + strings.Repeat("{a: b}, ", n) + "x]\n"
	}
	cases := []struct {
		name string
		doc  func(n int) string
	}{
		{"rules", func(n int) string { return rules(n, map[int]string{n / 2: "{timeout: x}"}) }},
		{"rulesAllWrong", func(n int) string { return rules(n, everySecond("{timeout: x}", n)) }},
		{"subsets", subsets}, {"unknownField", unknown}, {"unknownFields", unknownFields},
	}
	for _, c := range cases {
		for _, n := range []int{20, 4_000} {
			doc := only(b, c.doc(n))
			b.Run(fmt.Sprintf("%s/%d", c.name, n), func(b *testing.B) {
				for b.Loop() {
					if len(Check(doc)) == 0 {
						b.Fatal("nothing found")
					}
				}
			})
		}
	}
}
