package credential_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"sem.example/internal/credential"
	"sem.example/simulate"
)

func TestCall(t *testing.T) {
	for name, test := range map[string]struct{ call, want simulate.Call }{
		"nothing to hide": {simulate.Call{URL: "http://a/b?page=2"}, simulate.Call{URL: "http://a/b?page=2"}},
		"a header": {
			simulate.Call{URL: "http://a/", Headers: map[string][]string{"authorization": {"Bearer abc"}, "x-tenant": {"one"}}},
			simulate.Call{URL: "http://a/", Headers: map[string][]string{"authorization": {"Bearer [redacted]"}, "x-tenant": {"one"}}},
		},
		"a value elsewhere, too": {
			simulate.Call{URL: "http://a/long-value?x-api-key=long-value", Headers: map[string][]string{"x-copy": {"long-value"}}},
			simulate.Call{URL: "http://a/[redacted]?x-api-key=[redacted]", Headers: map[string][]string{"x-copy": {"[redacted]"}}},
		},
		"who asks": {simulate.Call{URL: "http://me:word@a/"}, simulate.Call{URL: "http://[redacted]@a/"}},
		"cookies": {
			simulate.Call{Headers: map[string][]string{"Cookie": {"theme=dark; id=1234567"}}},
			simulate.Call{Headers: map[string][]string{"Cookie": {"theme=[redacted]; id=[redacted]"}}},
		},
	} {
		before := cmp.Diff(test.call, simulate.Call{})
		if diff := cmp.Diff(test.want, credential.Call(test.call)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if cmp.Diff(test.call, simulate.Call{}) != before {
			t.Errorf("%s: the call itself has changed", name)
		}
	}
}

func TestOperations(t *testing.T) {
	ops := &simulate.HeaderOps{Request: &simulate.HeaderChange{Set: map[string]string{"x-api-key": "abc", "x-to": "two"}, Remove: []string{"cookie"}}}
	want := &simulate.HeaderOps{Request: &simulate.HeaderChange{Set: map[string]string{"x-api-key": "[redacted]", "x-to": "two"}, Remove: []string{"cookie"}}}
	if diff := cmp.Diff(want, credential.Operations(ops)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if ops.Request.Set["x-api-key"] != "abc" {
		t.Error("the operations themselves have changed")
	}
}
