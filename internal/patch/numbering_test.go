package patch

import (
	"testing"

	"sem.example/internal/envoy"
)

// An address leads to what the member of a list was before, and back; what is not in a list stays.
func TestNumbering(t *testing.T) {
	o := numbering{"route/80/vhost/a:80": {2, 0}, "listener/l/chain": {1}}
	for _, test := range []struct{ before, after envoy.Addr }{
		{"route/80/vhost/a:80/2", "route/80/vhost/a:80/0"},
		{"route/80/vhost/a:80/0/match", "route/80/vhost/a:80/1/match"},
		{"route/80/vhost/a:80/1", ""},
		{"route/80/vhost/a:80", "route/80/vhost/a:80"},
		{"route/80/vhost/a:80/listener", "route/80/vhost/a:80/listener"},
		{"route/80/vhost/b:80/1", "route/80/vhost/b:80/1"},
		{"listener/l/chain/1/http/x", "listener/l/chain/0/http/x"},
		{"listener/l/chain/-1", "listener/l/chain/-1"},
	} {
		if got := o.after(test.before); got != test.after {
			t.Errorf("%s becomes %q, want %q", test.before, got, test.after)
		}
		if got := o.before(test.after); test.after != "" && got != test.before {
			t.Errorf("%s was %q, want %q", test.after, got, test.before)
		}
	}
}
