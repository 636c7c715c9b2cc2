package suite

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sem.example/internal/source"
	"sem.example/simulate"
)

func read(t *testing.T, text string) *File {
	t.Helper()
	f, found := Read(&source.File{Name: "mesh/x_test.yaml", Data: []byte(text)})
	for _, d := range found {
		t.Errorf("%d: %s", d.At.Range().Line, d.Message)
	}
	return f
}

func TestRequests(t *testing.T) {
	f := read(t, `
config: [.., /etc/mesh]
meshConfig: settings.yaml
namespace: shop
request:
  from: shop/web
  url: https://api.example.com:8443/v1?q=1
tests:
- request: {method: [GET, PUT], path: [/, a/b], headers: [{}, {x-user: [a, b], y: no}]}
- request: {gateway: istio-system/edge, host: b.example.com}
- request: {url: "tcp://db:5432", path: null, proxy: {type: sidecar, namespace: a, name: b, dnsCapture: true}, random: [0, 99]}
`)
	type row struct{ Name, Method, URL, Proxy string }
	var got []row
	for _, c := range f.Cases {
		for _, r := range c.Requests {
			got = append(got, row{r.Name, r.Call.Method, r.Call.URL, r.Call.Proxy.Type + " " + strings.TrimPrefix(r.Call.Proxy.Namespace+"/"+r.Call.Proxy.Name, "/")})
		}
	}
	const sidecar = "sidecar shop/web"
	want := []row{
		{"GET no headers /", "GET", "https://api.example.com:8443/", sidecar},
		{"GET no headers a/b", "GET", "https://api.example.com:8443/a/b", sidecar},
		{"GET x-user=a,b,y=no /", "GET", "https://api.example.com:8443/", sidecar},
		{"GET x-user=a,b,y=no a/b", "GET", "https://api.example.com:8443/a/b", sidecar},
		{"PUT no headers /", "PUT", "https://api.example.com:8443/", sidecar},
		{"PUT no headers a/b", "PUT", "https://api.example.com:8443/a/b", sidecar},
		{"PUT x-user=a,b,y=no /", "PUT", "https://api.example.com:8443/", sidecar},
		{"PUT x-user=a,b,y=no a/b", "PUT", "https://api.example.com:8443/a/b", sidecar},
		{"", "", "https://b.example.com/v1?q=1", "gateway istio-system/edge"},
		{"0", "", "tcp://db:5432", "sidecar a/b"},
		{"99", "", "tcp://db:5432", "sidecar a/b"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
	headers := f.Cases[0].Requests[2].Call.Headers
	if diff := cmp.Diff(map[string][]string{"x-user": {"a", "b"}, "y": {"no"}}, headers); diff != "" {
		t.Errorf("headers (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{".", "/etc/mesh", "mesh/settings.yaml", "shop"}, append(f.Config, f.MeshConfig, f.Namespace)); diff != "" {
		t.Errorf("configuration (-want +got):\n%s", diff)
	}
}

// trace is what the expectations of TestExpectations are held against.
var trace = &simulate.Trace{
	Verdict: simulate.Delivered, Summary: "two\nlines", Call: simulate.Call{Headers: map[string][]string{"b": {"2"}, "a": {"1", "x: y"}}},
	Hops: []simulate.Hop{
		{
			Cluster: "outbound|80||x", TLS: &simulate.TLS{Mode: "SIMPLE", ALPN: []string{"h2", "http/1.1"}, Verified: true},
			Endpoints: []simulate.Endpoint{{Address: "10.0.0.1", Port: 80, Share: 1. / 3}, {Address: "10.0.0.2", Port: 80, Share: 2. / 3}},
			Headers:   &simulate.HeaderOps{Request: &simulate.HeaderChange{Set: map[string]string{"x.y": "1", "regex": "a"}}},
		},
		{Cluster: "inbound|80||"},
	},
}

func TestExpectations(t *testing.T) {
	for text, want := range map[string][]string{
		"verdict: DELIVERED":                            nil,
		"verdict: DENIED":                               {"verdict: want DENIED, got DELIVERED"},
		"cluster: outbound|80||x":                       nil,
		"cluster: {regex: .*80.*}":                      nil,
		"cluster: {regex: '80'}":                        {"cluster: want what fits 80, got outbound|80||x"},
		"cluster: {absent: true}":                       {"cluster: want nothing, got outbound|80||x"},
		"cluster: {absent: false}":                      nil,
		"route: {absent: true}":                         nil,
		"route: ''":                                     nil,
		"route: {absent: false}":                        {"route: want anything, got nothing"},
		"rewrite: null":                                 nil,
		"rewrite: {path: {to: /}}":                      {"rewrite.path.to: want /, got nothing"},
		"tls: {mode: SIMPLE, verified: true}":           nil,
		"tls.mode: SIMPLE":                              nil,
		"tls.verified: false":                           {"tls.verified: want false, got true"},
		"tls: {alpn: [h2, http/1.1]}":                   nil,
		"tls: {alpn: [h2]}":                             {"tls.alpn: want [h2], got [h2, http/1.1]"},
		"tls: {alpn: [h2, h3]}":                         {"tls.alpn.1: want h3, got http/1.1"},
		"tls: {alpn: {contains: h2}}":                   nil,
		"tls: {alpn: {contains: [h2, h3]}}":             {"tls.alpn: want a list with [h2, h3], got [h2, http/1.1]"},
		"endpoints: [{share: 0.333}, {share: 0.667}]":   nil,
		"endpoints: [{share: 0.3}, {}]":                 {"endpoints.0.share: want 0.3, got 0.3333333333333333"},
		"endpoints: {contains: {address: 10.0.0.2}}":    nil,
		"endpoints: {contains: {address: 10.0.0.3}}":    {"endpoints: want a list with [{address: 10.0.0.3}], got [{address: 10.0.0.1}, {address: 10.0.0.2}]"},
		"endpoints.1.port: 80":                          nil,
		"hops: [{}, {cluster: 'inbound|80||'}]":         nil,
		"hops.1.cluster: {regex: outbound.*}":           {"hops.1.cluster: want what fits outbound.*, got inbound|80||"},
		"headers: {request: {set: {x.y: '1'}}}":         nil,
		"headers: {request: {set: {regex: a}}}":         nil,
		"headers.request.set: {x.z: '1'}":               {"headers.request.set.x.z: want 1, got nothing"},
		"headers: {request: {remove: {absent: false}}}": {"headers.request.remove: want anything, got nothing"},
		"call.headers: {a: [1, 'x: y']}":                nil,
		"call: {headers: {absent: true}}":               {`call.headers: want nothing, got {a: ["1", "x: y"], b: ["2"]}`},
		"endpoints: []":                                 {"endpoints: want [], got [{address: 10.0.0.1, port: 80, share: 0.3333}, {address: 10.0.0.2, port: 80, share: 0.6667}]"},
		`summary: "two\nlines"`:                         nil,
	} {
		f := read(t, "tests: [{request: {url: http://x}, expect: {"+text+"}}]")
		if got := said(f.Cases[0].check(trace)); !cmp.Equal(want, got) {
			t.Errorf("expect %s: %q, want %q", text, got, want)
		}
		f = read(t, "tests: [{request: {url: http://x}, expectNot: {"+text+"}}]")
		if got := f.Cases[0].check(trace); len(got) == 0 && want == nil {
			t.Errorf("expectNot %s passes as well", text)
		}
	}
}

func said(failures []Failure) []string {
	var out []string
	for _, f := range failures {
		out = append(out, f.Field+": want "+f.Want+", got "+f.Got)
	}
	return out
}

// Each mistake is told at its own place, and no test with one is run.
func TestMistakes(t *testing.T) {
	for text, want := range map[string]string{
		"":                                      "1: the file holds no tests",
		"tests: {}":                             "1: tests is a list, not a map",
		"test: []":                              `1: a file of tests has no field "test": did you mean tests?`,
		"tests:\n- a":                           "2: a test is a map, not a string",
		"tests:\n- {request: []}":               "2: a request is a map, not a list",
		"tests: []\n---\ntests: 1":              "3: a second document: one file of tests is one document",
		"tests:\n- request: {proxy: {typo: a}}": `2: proxy: unknown field "typo"`,
		"tests:\n- request: {url: {a: b}}":      "2: url: it takes a string (in quotes), not a map",
		"tests:\n- request: {method: yes}":      "2: method: it takes a string (in quotes), not a boolean",
		"tests:\n- expect: [verdict]":           "2: an expectation is a map of fields of the trace, not a list",
		"tests:\n- expect: {endpoints: {address: a}}":     "2: this field is a list, not a map",
		"tests:\n- expect:\n    tls.mod: a":               `3: a trace has no field "tls.mod" here: use `,
		"tests:\n- expectNot: {endpoints: [{adress: a}]}": `2: a trace has no field "adress" here: did you mean address?`,
		"tests:\n- expect: {tls: {verified: maybe}}":      `2: this field is a boolean, not "maybe"`,
		"follow: 1\ntests: []":                            "1: follow is true or false, not a number",
		"tests:\n- {name: [a], request: {}}":              "2: name is a text, not a list",
		"request: [a]\ntests: []":                         "1: a request is a map, not a list",
		"tests:\n- request: {from: a/b/c}":                `2: from "a/b/c" does not name a workload: write NAMESPACE/NAME`,
		"tests: [":                                        "1: a value is missing here",
	} {
		f, found := Read(&source.File{Name: "x_test.yaml", Data: []byte(text)})
		var got []string
		for i := range found {
			got = append(got, fmt.Sprintf("%d: %s", max(1, found[i].At.Range().Line), found[i].Message))
		}
		if len(got) == 0 || !strings.HasPrefix(got[0], want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
		if len(f.Cases) > 0 {
			t.Errorf("%q: the test is run all the same", text)
		}
	}
}

// The lists of a case must not come to more requests than anybody means.
func TestTooManyRequests(t *testing.T) {
	many := "[" + strings.TrimSuffix(strings.Repeat("/,", 101), ",") + "]"
	_, found := Read(&source.File{Name: "x_test.yaml", Data: []byte("tests: [{request: {path: " + many + ", method: " + many + "}}]")})
	if len(found) != 1 || !strings.Contains(found[0].Message, "more than 10000 requests") {
		t.Errorf("found %v", found)
	}
}

// A mistake of the common request is told once, and keeps every test from being run.
func TestMistakeOfAll(t *testing.T) {
	f, found := Read(&source.File{Name: "x_test.yaml", Data: []byte("request: {urk: x}\ntests:\n- expect: {route: a}\n- expect: {route: b}\n")})
	if len(found) != 1 || len(f.Cases) != 0 {
		t.Errorf("%d findings, %d tests", len(found), len(f.Cases))
	}
}

// Tests that share an expectation by an alias are changed together.
func TestUpdateOfAlias(t *testing.T) {
	file := read(t, "tests: [{request: {url: a}, expect: &e {verdict: DENIED}}, {request: {url: b}, expect: *e}]")
	result := FileResult{File: file}
	for _, c := range file.Cases {
		result.Results = append(result.Results, Result{Case: c, Request: c.Requests[0], Trace: trace, Failures: c.check(trace)})
	}
	const want = "tests: [{request: {url: a}, expect: &e {verdict: DELIVERED}}, {request: {url: b}, expect: *e}]"
	if out, n, err := result.Update(); err != nil || n != 1 || string(out) != want {
		t.Errorf("%d changes, %v:\n%s\nwant\n%s", n, err, out, want)
	}
}

// FuzzRead holds the reader to what it promises of any text: no panic, and an update that the reader still understands.
func FuzzRead(f *testing.F) {
	scripts, err := filepath.Glob("../../testdata/script/test_*.txtar")
	if err != nil || len(scripts) == 0 {
		f.Fatal("no scripts to begin with", err)
	}
	for _, name := range scripts {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for _, part := range strings.Split(string(data), "\n-- ") {
			if head, text, _ := strings.Cut(part, " --\n"); strings.HasSuffix(head, "_test.yaml") {
				f.Add(text)
			}
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		file, _ := Read(&source.File{Name: "x_test.yaml", Data: []byte(text)})
		result := FileResult{File: file}
		for _, c := range file.Cases {
			for _, r := range c.Requests[:min(3, len(c.Requests))] {
				result.Results = append(result.Results, Result{Case: c, Request: r, Trace: trace, Failures: c.check(trace)})
			}
		}
		if out, n, err := result.Update(); err == nil && n > 0 {
			if again, _ := Read(&source.File{Name: "x_test.yaml", Data: out}); len(again.Cases) < len(file.Cases) {
				t.Errorf("the update of %q lost a test:\n%s", text, out)
			}
		}
	})
}
