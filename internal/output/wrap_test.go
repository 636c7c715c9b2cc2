package output

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		text string
		want []string
	}{
		{"short", []string{"short"}},
		{"", []string{""}},
		{"a path must be /admin* here", []string{"a path must be", "/admin* here"}},
		{"the workload shop/reviews-v2", []string{"the workload", "shop/reviews-v2"}},
		{"  10%  two  columns", []string{"  10%  two  columns"}},
		{"at outbound|443||api.example.com", []string{"at", "outbound|443||", "api.example.com"}},
	} {
		if diff := cmp.Diff(c.want, wrap(c.text, 20)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", c.text, diff)
		}
	}
}
