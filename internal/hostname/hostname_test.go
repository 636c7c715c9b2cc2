package hostname

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestOverlapAndCovers(t *testing.T) {
	tests := []struct {
		a, b             string
		overlap          bool
		aCovers, bCovers bool
	}{
		{"foo.com", "foo.com", true, true, true},
		{"foo.com", "bar.com", false, false, false},
		{"*.com", "foo.com", true, true, false},
		{"*.foo.com", "foo.com", false, false, false},
		{"*", "foo.com", true, true, false},
		{"*", "*.com", true, true, false},
		{"*.com", "*.foo.com", true, true, false},
		{"*.bar.com", "*.foo.com", false, false, false},
		{"*foo.com", "xfoo.com", true, true, false},
		{"Foo.com", "foo.com", false, false, false},
	}
	for _, test := range tests {
		if got := Overlap(test.a, test.b); got != test.overlap {
			t.Errorf("Overlap(%q, %q) = %v", test.a, test.b, got)
		}
		if got := Overlap(test.b, test.a); got != test.overlap {
			t.Errorf("Overlap(%q, %q) = %v", test.b, test.a, got)
		}
		if got := Covers(test.a, test.b); got != test.aCovers {
			t.Errorf("Covers(%q, %q) = %v", test.a, test.b, got)
		}
		if got := Covers(test.b, test.a); got != test.bCovers {
			t.Errorf("Covers(%q, %q) = %v", test.b, test.a, got)
		}
	}
}

func TestCompare(t *testing.T) {
	got := []string{"*", "*.com", "b.com", "a.com", "*.foo.com", "long.foo.com"}
	slices.SortFunc(got, Compare)
	want := []string{"long.foo.com", "a.com", "b.com", "*.foo.com", "*.com", "*"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestFull(t *testing.T) {
	for host, want := range map[string]string{
		"web": "web.shop.svc.cluster.local", "web.other": "web.other", "*": "*", "*.com": "*.com", "": "", "10.0.0.1": "10.0.0.1",
		"::1": "::1",
	} {
		if got := Full(host, "shop", "cluster.local"); got != want {
			t.Errorf("Full(%q) = %q, want %q", host, got, want)
		}
	}
}

func TestIndex(t *testing.T) {
	var x Index[string]
	for _, host := range []string{"a.foo.com", "*.foo.com", "*.com", "*", "*bar.com"} {
		x.Put(host, host)
	}
	for host, want := range map[string][]string{
		"a.foo.com":   {"a.foo.com", "*.foo.com", "*.com", "*"},
		"b.foo.com":   {"*.foo.com", "*.com", "*"},
		"*.foo.com":   {"*.foo.com", "*.com", "*"},
		"*.b.foo.com": {"*.foo.com", "*.com", "*"},
		"xbar.com":    {"*bar.com", "*.com", "*"},
		"foo.com":     {"*.com", "*"},
		"other":       {"*"},
	} {
		if diff := cmp.Diff(want, slices.Collect(x.Covering(host))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", host, diff)
		}
		if got, _ := x.Find(host); got != want[0] {
			t.Errorf("Find(%q) = %q, want %q", host, got, want[0])
		}
	}
}
