package request_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sem.example/internal/request"
	"sem.example/simulate"
)

func TestJSON(t *testing.T) {
	web := simulate.Proxy{Type: "sidecar", Namespace: "shop", Name: "web"}
	got, err := request.JSON([]byte(`{"id": "1", "url": "http://a/", "headers": {"x": ["y"]}}`), web)
	if want := (simulate.Call{ID: "1", Proxy: web, URL: "http://a/", Headers: map[string][]string{"x": {"y"}}}); err != nil || !cmp.Equal(got, want) {
		t.Errorf("%v, %s", err, cmp.Diff(want, got))
	}
	for line, want := range map[string]string{
		`{"url": "http://a/", "header": {"x": ["y"]}}`: `a request has no field "header": did you mean "headers"?`,
		`{"proxy": {"namspace": "a"}}`:                 `a request has no field "namspace": did you mean "namespace"?`,
		`{"observed": {}}`:                             `a request has no field "observed": use id, proxy,`,
		`{"url": "http://a/"} {"url": "http://b/"}`:    "text after the request",
		`{"url": 1}`:              "url: want a string, not number",
		`{"headers": {"x": "y"}}`: `headers: want a list, such as ["a"], not string`,
		`{"proxy": "a"}`:          "proxy: want an object, not string",
		`[]`:                      "this line is not a request",
		``:                        "this line is not a request",
	} {
		if _, err := request.JSON([]byte(line), web); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s gives %v, want %q", line, err, want)
		}
	}
	if id := request.ID([]byte(`{"id": "7", "hedders": {}}`)); id != "7" {
		t.Errorf("the id is %q", id)
	}
}

// FuzzJSON holds requests to what is read of them.
func FuzzJSON(f *testing.F) {
	f.Add(`{"id": "1", "url": "http://a/", "headers": {"x": ["y"]}}`)
	f.Add(`{"header": {}} {}`)
	f.Fuzz(func(t *testing.T, line string) {
		if _, err := request.JSON([]byte(line), simulate.Proxy{}); err != nil && strings.Contains(err.Error(), "json: unknown") {
			t.Error(err)
		}
	})
}
